package org.jengine.runtime.opencl;

import static org.jocl.CL.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.spi.Lwjgl;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_buffer_region;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_device_partition_property;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;
import org.lwjgl.system.APIUtil;
import org.lwjgl.system.JNI;
import org.lwjgl.system.SharedLibrary;

/**
 * The OpenCL calls that the device uses, one method a call, each checked on the line that makes it; nothing else of the project sees the
 * binding. An object is one context on one device; what is made through it must be released before it is closed. Calls for a device that
 * is not opened yet are static.
 *
 * <p>Copies go to the driver without JOCL, which would start a thread for each that is not waited for. Calls that may load a driver or
 * make it compile, but for those of the step loop, keep the {@link SignalHandlers}.
 *
 * @see <a href="https://registry.khronos.org/OpenCL/specs/3.0-unified/html/OpenCL_API.html">The OpenCL specification</a>
 */
final class Cl implements AutoCloseable {
    /**
     * Makes JOCL unpack its natives under a name of their own. Under the name that it takes otherwise, a program may find in the temporary
     * folder what another has only half written, or somebody else has put there.
     */
    private static final String OWN_NAMES = "uniqueLibraryNames";
    private static final long LAST_EVENTS_NANOS = 5_000_000;

    static {
        Lwjgl.prepare();
    }

    private final Device device;
    private final cl_context context;
    private final SharedLibrary loader;
    private final long enqueueRead;
    private final long enqueueWrite;
    private final long enqueueUnmap;

    /** A platform, numbered as the loader lists it. */
    record Platform(cl_platform_id handle, int number) {
    }

    /** A device, or some compute units of one, with its name on the command line. */
    record Device(cl_platform_id platform, cl_device_id handle, String id) {
        /** Text that the device or, for a platform's fact, its platform tells of itself. */
        String text(Fact fact) {
            long[] size = new long[1];
            check(fact.call(), fact.name(), id, fact.get(this, 0, null, size));
            if (size[0] == 0) {
                return "";
            }
            byte[] text = new byte[(int) size[0]];
            check(fact.call(), fact.name(), id, fact.get(this, text.length, Pointer.to(text), null));
            return new String(text, 0, text.length - 1, StandardCharsets.UTF_8).strip();
        }

        /** A number, a size, a truth value or flags. */
        long number(Fact fact) {
            // Some are of four bytes and some of eight; the upper half of the shorter ones stays 0.
            ByteBuffer value = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            check(fact.call(), fact.name(), id, fact.get(this, Long.BYTES, Pointer.to(value), null));
            return value.getLong(0);
        }

        /** Numbers as of {@link #number}, each of eight bytes. */
        List<Long> numbers(Fact fact) {
            long[] size = new long[1];
            check(fact.call(), fact.name(), id, fact.get(this, 0, null, size));
            if (size[0] == 0) {
                return List.of();
            }
            long[] values = new long[(int) size[0] / Long.BYTES];
            check(fact.call(), fact.name(), id, fact.get(this, size[0], Pointer.to(values), null));
            return Arrays.stream(values).boxed().toList();
        }
    }

    /** What devices tell of themselves, under the names that OpenCL has for it. */
    enum Fact {
        PLATFORM_NAME(CL_PLATFORM_NAME), PLATFORM_VERSION(CL_PLATFORM_VERSION), DEVICE_NAME(CL_DEVICE_NAME),
        DEVICE_VERSION(CL_DEVICE_VERSION), DRIVER_VERSION(CL_DRIVER_VERSION), DEVICE_EXTENSIONS(CL_DEVICE_EXTENSIONS),
        DEVICE_TYPE(CL_DEVICE_TYPE), DEVICE_AVAILABLE(CL_DEVICE_AVAILABLE), DEVICE_COMPILER_AVAILABLE(CL_DEVICE_COMPILER_AVAILABLE),
        DEVICE_MAX_COMPUTE_UNITS(CL_DEVICE_MAX_COMPUTE_UNITS), DEVICE_MAX_WORK_GROUP_SIZE(CL_DEVICE_MAX_WORK_GROUP_SIZE),
        DEVICE_MAX_WORK_ITEM_SIZES(CL_DEVICE_MAX_WORK_ITEM_SIZES), DEVICE_LOCAL_MEM_SIZE(CL_DEVICE_LOCAL_MEM_SIZE),
        DEVICE_GLOBAL_MEM_SIZE(CL_DEVICE_GLOBAL_MEM_SIZE), DEVICE_MAX_MEM_ALLOC_SIZE(CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        DEVICE_MEM_BASE_ADDR_ALIGN(CL_DEVICE_MEM_BASE_ADDR_ALIGN), DEVICE_SINGLE_FP_CONFIG(CL_DEVICE_SINGLE_FP_CONFIG),
        DEVICE_PARTITION_PROPERTIES(CL_DEVICE_PARTITION_PROPERTIES);

        private final int code;

        Fact(int code) {
            this.code = code;
        }

        private boolean ofPlatform() {
            return this == PLATFORM_NAME || this == PLATFORM_VERSION;
        }

        private String call() {
            return ofPlatform() ? "clGetPlatformInfo" : "clGetDeviceInfo";
        }

        private int get(Device d, long size, Pointer value, long[] needed) {
            return ofPlatform() ? clGetPlatformInfo(d.platform, code, size, value, needed)
                    : clGetDeviceInfo(d.handle, code, size, value, needed);
        }
    }

    /** Flags among the values of facts. */
    static final long TYPE_CPU = CL_DEVICE_TYPE_CPU;
    static final long TYPE_GPU = CL_DEVICE_TYPE_GPU;
    static final long TYPE_ACCELERATOR = CL_DEVICE_TYPE_ACCELERATOR;
    static final long PARTITION_BY_COUNTS = CL_DEVICE_PARTITION_BY_COUNTS;
    static final long CORRECTLY_ROUNDED_DIVISION = CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT;
    static final long FUSED_MULTIPLY_ADD = CL_FP_FMA;

    /** Device memory, or a range of it. */
    record Memory(cl_mem handle) {
    }

    /** An in-order queue. */
    record Queue(cl_command_queue handle) {
    }

    /** A built program. */
    record Program(cl_program handle) {
    }

    /** A kernel with arguments of its own. */
    record Function(cl_kernel handle, String name) {
    }

    /** The end of all that was queued before it. */
    record Marker(cl_event handle) {
    }

    /** Bytes to repeat. */
    record Pattern(Pointer pointer, int bytes) {
        static Pattern of(byte value, int bytes) {
            byte[] pattern = new byte[bytes];
            Arrays.fill(pattern, value);
            return new Pattern(Pointer.to(pattern), bytes);
        }
    }

    /** A call that did not succeed. */
    static final class Failure extends DeviceException {
        private final int status;

        private Failure(String call, String about, String device, int status) {
            super(call + " -> " + stringFor_errorCode(status) + " (" + status + ") on " + device
                    + (about.isEmpty() ? "" : ": " + about));
            this.status = status;
        }

        /** Whether there was not enough memory, which drivers say in several ways. */
        boolean isOutOfMemory() {
            return status == CL_MEM_OBJECT_ALLOCATION_FAILURE || status == CL_OUT_OF_RESOURCES || status == CL_OUT_OF_HOST_MEMORY
                    || status == CL_INVALID_BUFFER_SIZE;
        }
    }

    private static void check(String call, String about, String device, int status) {
        if (status != CL_SUCCESS) {
            throw new Failure(call, about, device, status);
        }
    }

    private void check(String call, String about, int status) {
        check(call, about, device.id, status);
    }

    /** @throws DeviceUnavailable if there is no OpenCL loader on the machine, or the binding does not load */
    static synchronized void load() {
        loader().free();
        String before = System.getProperty(OWN_NAMES);
        System.setProperty(OWN_NAMES, "true");
        try {
            CL.setExceptionsEnabled(false);
            CL.setLogLevel(CL.LogLevel.LOG_QUIET);
        } catch (LinkageError e) {
            throw new DeviceUnavailable("JOCL does not load on this machine (" + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch") + "): " + firstLine(e)
                    + "\nIt is unpacked into java.io.tmpdir (" + System.getProperty("java.io.tmpdir")
                    + "), where files must be writable and executable.", e);
        } finally {
            if (before == null) {
                System.clearProperty(OWN_NAMES);
            } else {
                System.setProperty(OWN_NAMES, before);
            }
        }
    }

    private static SharedLibrary loader() {
        String system = System.getProperty("os.name");
        String name = system.startsWith("Windows") ? "OpenCL.dll"
                : system.startsWith("Mac") ? "/System/Library/Frameworks/OpenCL.framework/OpenCL" : "libOpenCL.so.1";
        try {
            return APIUtil.apiCreateLibrary(name);
        } catch (LinkageError e) {
            throw new DeviceUnavailable("the OpenCL loader " + name + " is not on this machine or does not load: " + firstLine(e)
                    + "\nInstall it (Debian, Ubuntu: sudo apt-get install ocl-icd-libopencl1) and a driver for the device.", e);
        }
    }

    /**
     * Where the loader lies; its name alone if the system does not tell.
     *
     * @throws DeviceUnavailable if there is none
     */
    static String path() {
        SharedLibrary library = loader();
        String path = library.getPath() == null ? library.getName() : library.getPath();
        library.free();
        return path;
    }

    /** What the innermost cause says; JOCL adds pages to it. */
    private static String firstLine(Throwable e) {
        return e.getCause() == null || e.getCause() == e ? e.toString().lines().findFirst().orElse("") : firstLine(e.getCause());
    }

    /** All platforms; {@link #load} comes first. */
    static List<Platform> platforms() {
        int[] count = new int[1];
        int status = SignalHandlers.kept(() -> clGetPlatformIDs(0, null, count));
        if (status == CL_PLATFORM_NOT_FOUND_KHR || status == CL_SUCCESS && count[0] == 0) {
            return List.of();
        }
        check("clGetPlatformIDs", "", "opencl", status);
        cl_platform_id[] found = new cl_platform_id[count[0]];
        check("clGetPlatformIDs", "", "opencl", clGetPlatformIDs(found.length, found, null));
        return IntStream.range(0, found.length).mapToObj(p -> new Platform(found[p], p)).toList();
    }

    /** All devices of a platform. */
    static List<Device> devices(Platform p) {
        int[] count = new int[1];
        int status = SignalHandlers.kept(() -> clGetDeviceIDs(p.handle, CL_DEVICE_TYPE_ALL, 0, null, count));
        if (status == CL_DEVICE_NOT_FOUND || status == CL_SUCCESS && count[0] == 0) {
            return List.of();
        }
        check("clGetDeviceIDs", "", "opencl:" + p.number, status);
        cl_device_id[] found = new cl_device_id[count[0]];
        check("clGetDeviceIDs", "", "opencl:" + p.number, clGetDeviceIDs(p.handle, CL_DEVICE_TYPE_ALL, found.length, found, null));
        return IntStream.range(0, found.length)
                .mapToObj(d -> new Device(p.handle, found[d], "opencl:" + p.number + "." + d)).toList();
    }

    /** The name of a platform that has no device to ask. */
    static String name(Platform p) {
        return new Device(p.handle, null, "opencl:" + p.number).text(Fact.PLATFORM_NAME);
    }

    /** A device of some of the compute units; to be released. */
    static Device subDevice(Device whole, int units) {
        cl_device_partition_property how = new cl_device_partition_property();
        how.addProperty(CL_DEVICE_PARTITION_BY_COUNTS, units);
        how.addProperty(CL_DEVICE_PARTITION_BY_COUNTS_LIST_END, 0);
        cl_device_id[] parts = new cl_device_id[1];
        check("clCreateSubDevices", units + " compute units", whole.id, clCreateSubDevices(whole.handle, how, 1, parts, null));
        return new Device(whole.platform, parts[0], whole.id);
    }

    static void release(Device subDevice) {
        check("clReleaseDevice", "", subDevice.id, clReleaseDevice(subDevice.handle));
    }

    /** A context on the device. */
    Cl(Device device) {
        this.device = device;
        loader = loader();
        enqueueRead = loader.getFunctionAddress("clEnqueueReadBuffer");
        enqueueWrite = loader.getFunctionAddress("clEnqueueWriteBuffer");
        enqueueUnmap = loader.getFunctionAddress("clEnqueueUnmapMemObject");
        cl_context_properties properties = new cl_context_properties();
        properties.addProperty(CL_CONTEXT_PLATFORM, device.platform);
        int[] status = new int[1];
        context = SignalHandlers.kept(() -> clCreateContext(properties, 1, new cl_device_id[] {device.handle}, null, null, status));
        if (status[0] != CL_SUCCESS) {
            loader.free();
        }
        check("clCreateContext", "", status[0]);
    }

    @Override
    public void close() {
        try {
            check("clReleaseContext", "", clReleaseContext(context));
        } finally {
            loader.free();
        }
    }

    /** By the call of OpenCL 1.2, which every driver has; the one that took its place came with 2.0. */
    @SuppressWarnings("deprecation")
    Queue queue(String name) {
        int[] status = new int[1];
        Queue queue = new Queue(clCreateCommandQueue(context, device.handle, CL_QUEUE_PROFILING_ENABLE, status));
        check("clCreateCommandQueue", name, status[0]);
        return queue;
    }

    /**
     * Lets a finished queue go. PoCL's threads drop their last events a moment after clFinish has returned, and look at the queue then
     * (PoCL 3.1: POclReleaseEvent crashed in one of three programs that opened and closed devices at once), so they are given that moment.
     */
    void release(Queue q) {
        LockSupport.parkNanos(LAST_EVENTS_NANOS);
        check("clReleaseCommandQueue", "", clReleaseCommandQueue(q.handle));
    }

    void flush(Queue q) {
        check("clFlush", "", clFlush(q.handle));
    }

    void finish(Queue q) {
        check("clFinish", "", clFinish(q.handle));
    }

    Memory buffer(String name, long bytes) {
        return buffer(name, bytes, CL_MEM_READ_WRITE);
    }

    /** Memory of the host's that the driver can copy from and to by itself; to be mapped. */
    Memory hostBuffer(String name, long bytes) {
        return buffer(name, bytes, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR);
    }

    private Memory buffer(String name, long bytes, long flags) {
        int[] status = new int[1];
        Memory memory = new Memory(clCreateBuffer(context, flags, bytes, null, status));
        check("clCreateBuffer", name + " of " + bytes + " bytes", status[0]);
        return memory;
    }

    Memory part(Memory whole, long offset, long bytes) {
        int[] status = new int[1];
        cl_buffer_region region = new cl_buffer_region(offset, bytes);
        Memory part = new Memory(clCreateSubBuffer(whole.handle, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, region, status));
        check("clCreateSubBuffer", bytes + " bytes at " + offset, status[0]);
        return part;
    }

    void release(Memory m) {
        check("clReleaseMemObject", "", clReleaseMemObject(m.handle));
    }

    /** Makes a host buffer's memory visible; waits. */
    ByteBuffer map(Queue q, Memory m, long bytes) {
        int[] status = new int[1];
        ByteBuffer mapped = clEnqueueMapBuffer(q.handle, m.handle, true, CL_MAP_READ | CL_MAP_WRITE, 0, bytes, 0, null, null, status);
        check("clEnqueueMapBuffer", bytes + " bytes", status[0]);
        return mapped.order(ByteOrder.nativeOrder());
    }

    void unmap(Queue q, Memory m, long address) {
        check("clEnqueueUnmapMemObject", "", JNI.callPPPPPI(q.handle.getNativePointer(), m.handle.getNativePointer(),
                address, 0, 0L, 0L, enqueueUnmap));
    }

    /** Queues a copy of host memory, which must stay as it is until it is done. */
    void write(Queue q, Memory to, long address, long bytes, String about) {
        check("clEnqueueWriteBuffer", about, JNI.callPPPPPPPI(q.handle.getNativePointer(), to.handle.getNativePointer(), 0, 0L, bytes,
                address, 0, 0L, 0L, enqueueWrite));
    }

    /** Queues a copy to host memory. */
    void read(Queue q, long address, Memory from, long bytes, String about) {
        check("clEnqueueReadBuffer", about, JNI.callPPPPPPPI(q.handle.getNativePointer(), from.handle.getNativePointer(), 0, 0L, bytes,
                address, 0, 0L, 0L, enqueueRead));
    }

    /** Copies to a Java array; waits. */
    void read(Queue q, byte[] to, Memory from, long offset) {
        check("clEnqueueReadBuffer", to.length + " bytes at " + offset,
                clEnqueueReadBuffer(q.handle, from.handle, true, offset, to.length, Pointer.to(to), 0, null, null));
    }

    /** Queues a fill of a multiple of the pattern's bytes. */
    void fill(Queue q, Memory m, Pattern pattern, long offset, long bytes, String about) {
        check("clEnqueueFillBuffer", about,
                clEnqueueFillBuffer(q.handle, m.handle, pattern.pointer, pattern.bytes, offset, bytes, 0, null, null));
    }

    Marker marker(Queue q) {
        Marker marker = new Marker(new cl_event());
        check("clEnqueueMarkerWithWaitList", "", clEnqueueMarkerWithWaitList(q.handle, 0, null, marker.handle));
        return marker;
    }

    /** What is queued from now on waits for the marker, which may be on another queue that was flushed. */
    void barrier(Queue q, Marker m) {
        check("clEnqueueBarrierWithWaitList", "", clEnqueueBarrierWithWaitList(q.handle, 1, new cl_event[] {m.handle}, null));
    }

    boolean isDone(Marker m) {
        int[] state = new int[1];
        check("clGetEventInfo", "", clGetEventInfo(m.handle, CL_EVENT_COMMAND_EXECUTION_STATUS, Sizeof.cl_int, Pointer.to(state), null));
        return state[0] <= CL_COMPLETE;
    }

    void await(Marker m) {
        check("clWaitForEvents", "", clWaitForEvents(1, new cl_event[] {m.handle}));
    }

    /** When the marker was passed, on the device's clock. */
    long nanos(Marker m) {
        long[] time = new long[1];
        check("clGetEventProfilingInfo", "",
                clGetEventProfilingInfo(m.handle, CL_PROFILING_COMMAND_END, Sizeof.cl_ulong, Pointer.to(time), null));
        return time[0];
    }

    void retain(Marker m) {
        check("clRetainEvent", "", clRetainEvent(m.handle));
    }

    void release(Marker m) {
        check("clReleaseEvent", "", clReleaseEvent(m.handle));
    }

    Program program(String name, String source) {
        int[] status = new int[1];
        Program program = new Program(clCreateProgramWithSource(context, 1, new String[] {source}, null, status));
        check("clCreateProgramWithSource", name, status[0]);
        return program;
    }

    Program program(String name, byte[] binary) {
        int[] status = new int[1];
        Program program = new Program(clCreateProgramWithBinary(context, 1, new cl_device_id[] {device.handle},
                new long[] {binary.length}, new byte[][] {binary}, null, status));
        check("clCreateProgramWithBinary", name, status[0]);
        return program;
    }

    /** @throws Failure with the build log */
    void build(Program p, String name, String options) {
        cl_device_id[] devices = {device.handle};
        int status = SignalHandlers.kept(() -> clBuildProgram(p.handle, 1, devices, options, null, null));
        check("clBuildProgram", status == CL_SUCCESS ? "" : name + "\n" + buildLog(p), status);
    }

    private String buildLog(Program p) {
        long[] size = new long[1];
        check("clGetProgramBuildInfo", "",
                clGetProgramBuildInfo(p.handle, device.handle, CL_PROGRAM_BUILD_LOG, 0, null, size));
        byte[] log = new byte[(int) size[0]];
        check("clGetProgramBuildInfo", "",
                clGetProgramBuildInfo(p.handle, device.handle, CL_PROGRAM_BUILD_LOG, log.length, Pointer.to(log), null));
        return new String(log, StandardCharsets.UTF_8).replace("\0", "").strip();
    }

    byte[] binary(Program p) {
        long[] size = new long[1];
        check("clGetProgramInfo", "", SignalHandlers.kept(
                () -> clGetProgramInfo(p.handle, CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null)));
        byte[] binary = new byte[Math.toIntExact(size[0])];
        check("clGetProgramInfo", "", SignalHandlers.kept(
                () -> clGetProgramInfo(p.handle, CL_PROGRAM_BINARIES, Sizeof.POINTER, Pointer.to(Pointer.to(binary)), null)));
        return binary;
    }

    void release(Program p) {
        check("clReleaseProgram", "", clReleaseProgram(p.handle));
    }

    Function function(Program p, String name) {
        int[] status = new int[1];
        Function function = new Function(clCreateKernel(p.handle, name, status), name);
        check("clCreateKernel", name, status[0]);
        return function;
    }

    /** Work items that a work-group of the kernel may have at most. */
    long groupLimit(Function f) {
        long[] limit = new long[1];
        check("clGetKernelWorkGroupInfo", f.name,
                clGetKernelWorkGroupInfo(f.handle, device.handle, CL_KERNEL_WORK_GROUP_SIZE, Sizeof.size_t, Pointer.to(limit), null));
        return limit[0];
    }

    /** Bytes that a work-group of the kernel shares. */
    long sharedBytes(Function f) {
        long[] bytes = new long[1];
        check("clGetKernelWorkGroupInfo", f.name,
                clGetKernelWorkGroupInfo(f.handle, device.handle, CL_KERNEL_LOCAL_MEM_SIZE, Sizeof.cl_ulong, Pointer.to(bytes), null));
        return bytes[0];
    }

    void argument(Function f, int index, Memory value) {
        check("clSetKernelArg", f.name, clSetKernelArg(f.handle, index, Sizeof.cl_mem, Pointer.to(value.handle)));
    }

    void argument(Function f, int index, int value) {
        check("clSetKernelArg", f.name, clSetKernelArg(f.handle, index, Sizeof.cl_int, Pointer.to(new int[] {value})));
    }

    void argument(Function f, int index, float value) {
        check("clSetKernelArg", f.name, clSetKernelArg(f.handle, index, Sizeof.cl_float, Pointer.to(new float[] {value})));
    }

    /** Queues a launch over {@code global} work items in groups of {@code local}. */
    void launch(Queue q, Function f, long[] global, long[] local) {
        check("clEnqueueNDRangeKernel", f.name,
                clEnqueueNDRangeKernel(q.handle, f.handle, global.length, null, global, local, 0, null, null));
    }

    void release(Function f) {
        check("clReleaseKernel", f.name, clReleaseKernel(f.handle));
    }
}

package org.jengine.runtime.cuda;

import static jcuda.driver.CUdevice_attribute.*;
import static jcuda.driver.CUresult.*;
import static jcuda.driver.JCudaDriver.*;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.CUuuid;
import org.jengine.kernels.Grid;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.OutOfDeviceMemory;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/**
 * The calls of the CUDA driver that the device uses, one method a call, each checked on the line that makes it; nothing else of the
 * project sees the binding. An object is one holder of a device's primary context, which it makes current on whichever thread calls; what
 * is made through it must be released before it is closed. Calls for a device that is not opened yet are static, and {@link #load} comes
 * before them.
 *
 * <p>Some faults end a context: whatever was called then fails for ever. The first is kept, told again by every later call, and releases
 * do nothing from then on, since the memory went with the context.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cuda-driver-api/">The CUDA driver API</a>
 */
final class Cu implements AutoCloseable {
    private static final int LOG_BYTES = 8192;

    private final Device device;
    private final CUcontext context = new CUcontext();
    private volatile Failure lost;
    private volatile boolean closed;

    /** What {@link Device#attribute} tells. */
    enum Attribute {
        MAJOR(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR), MINOR(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        MULTIPROCESSORS(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT), PCI_DOMAIN(CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID),
        PCI_BUS(CU_DEVICE_ATTRIBUTE_PCI_BUS_ID), PCI_DEVICE(CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID),
        BLOCKS_X(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X), BLOCKS_Y(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y),
        BLOCKS_Z(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z);

        private final int code;

        Attribute(int code) {
            this.code = code;
        }
    }

    /** A device with the name that messages have for it. */
    record Device(CUdevice handle, String id) {
        Device named(String other) {
            return new Device(handle, other);
        }

        String name() {
            byte[] text = new byte[256];
            check("cuDeviceGetName", "", id, cuDeviceGetName(text, text.length, handle));
            return new String(text, StandardCharsets.UTF_8).replaceFirst("(?s)\0.*", "").strip();
        }

        long memory() {
            long[] bytes = new long[1];
            check("cuDeviceTotalMem", "", id, cuDeviceTotalMem(bytes, handle));
            return bytes[0];
        }

        byte[] uuid() {
            CUuuid uuid = new CUuuid();
            check("cuDeviceGetUuid", "", id, cuDeviceGetUuid(uuid, handle));
            return uuid.bytes;
        }

        int attribute(Attribute a) {
            int[] value = new int[1];
            check("cuDeviceGetAttribute", a.name(), id, cuDeviceGetAttribute(value, a.code, handle));
            return value[0];
        }
    }

    /** Device memory, or a place in it. */
    record Memory(CUdeviceptr handle, long address) {
        Memory at(long offset) {
            return new Memory(handle.withByteOffset(offset), address + offset);
        }
    }

    /** Host memory that the device copies from and to by itself. */
    record HostMemory(Pointer handle, ByteBuffer bytes) {
    }

    /** An in-order queue. */
    record Stream(CUstream handle, String name) {
    }

    /** A point in a queue. */
    record Event(CUevent handle) {
    }

    /** Translated PTX. */
    record Module(CUmodule handle) {
    }

    /** An entry of a module. */
    record Function(CUfunction handle, String name) {
    }

    /** The addresses of a launch's arguments. */
    record Arguments(Pointer pointer) {
        /** @param addresses direct memory that stays where it is, and holds an address for each parameter */
        static Arguments of(ByteBuffer addresses) {
            return new Arguments(Pointer.to(addresses));
        }
    }

    /**
     * A graph ready to be launched.
     *
     * @param about what messages call it, made once since launches may leave nothing on the heap
     */
    record Executable(CUgraphExec handle, String name, String about) {
        Executable(String name) {
            this(new CUgraphExec(), name, "graph " + name);
        }
    }

    /** The binding's own pointer, which keeps the address to itself otherwise. */
    private static final class Address extends CUdeviceptr {
        long value() {
            return getNativePointer();
        }
    }

    /** A call that did not succeed. */
    static final class Failure extends DeviceException {
        private final int status;

        private Failure(String call, String about, String device, int status) {
            super(call + " -> " + CUresult.stringFor(status) + " (" + status + ") on " + device + (about.isEmpty() ? "" : ": " + about)
                    + (endsContext(status) ? hint() : ""));
            this.status = status;
        }

        private static String hint() {
            return "\nWork that was queued before failed on the GPU; -D" + CudaDevice.SYNC + "=true names the kernel.";
        }

        boolean isNoDevice() {
            return status == CUDA_ERROR_NO_DEVICE;
        }

        boolean isMismatch() {
            return status == CUDA_ERROR_SYSTEM_DRIVER_MISMATCH;
        }

        boolean isBusy() {
            return status == CUDA_ERROR_DEVICE_UNAVAILABLE;
        }

        boolean isOldDriver() {
            return status == CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
        }

        /** As the driver's manual has it: "the process must be terminated and relaunched". */
        private static boolean endsContext(int status) {
            return switch (status) {
                case CUDA_ERROR_ECC_UNCORRECTABLE, CUDA_ERROR_NVLINK_UNCORRECTABLE, CUDA_ERROR_ILLEGAL_ADDRESS, CUDA_ERROR_LAUNCH_TIMEOUT,
                    CUDA_ERROR_CONTEXT_IS_DESTROYED, CUDA_ERROR_ASSERT, CUDA_ERROR_HARDWARE_STACK_ERROR, CUDA_ERROR_ILLEGAL_INSTRUCTION,
                    CUDA_ERROR_MISALIGNED_ADDRESS, CUDA_ERROR_INVALID_ADDRESS_SPACE, CUDA_ERROR_INVALID_PC, CUDA_ERROR_LAUNCH_FAILED,
                    CUDA_ERROR_EXTERNAL_DEVICE, CUDA_ERROR_MPS_CLIENT_TERMINATED, CUDA_ERROR_UNKNOWN -> true;
                default -> false;
            };
        }
    }

    private static void check(String call, String about, String device, int status) {
        if (status != CUDA_SUCCESS) {
            throw new Failure(call, about, device, status);
        }
    }

    /** @throws OutOfDeviceMemory if there is not enough of it, whatever it was for */
    private void check(String call, String about, int status) {
        if (status == CUDA_ERROR_OUT_OF_MEMORY) {
            throw new OutOfDeviceMemory(new Failure(call, about, device.id, status).getMessage()
                    + "\nnvidia-smi shows who has the GPU's memory; a smaller batch needs less", -1, -1);
        }
        if (status != CUDA_SUCCESS) {
            Failure failure = new Failure(call, about, device.id, status);
            if (Failure.endsContext(status)) {
                lost = failure;
            }
            throw failure;
        }
    }

    /** Loads with its first use, which must find the driver loaded and new enough. */
    private static final class Binding {
        /** Why the binding does not load; empty if it does. */
        static final String FAULT = Natives.load(() -> setExceptionsEnabled(false));
    }

    /**
     * Makes the calls possible; the driver must be loaded, and new enough.
     *
     * @throws DeviceUnavailable if the binding does not load
     * @throws Failure           if the driver does not start
     */
    static void load() {
        if (!Binding.FAULT.isEmpty()) {
            throw new DeviceUnavailable(Binding.FAULT);
        }
        check("cuInit", "", "cuda", cuInit(0));
    }

    /** All devices, in the driver's order. */
    static List<Device> devices() {
        int[] count = new int[1];
        check("cuDeviceGetCount", "", "cuda", cuDeviceGetCount(count));
        return IntStream.range(0, count[0]).mapToObj(Cu::device).toList();
    }

    private static Device device(int ordinal) {
        CUdevice handle = new CUdevice();
        check("cuDeviceGet", "", "cuda", cuDeviceGet(handle, ordinal));
        return new Device(handle, "device " + ordinal);
    }

    /**
     * Takes hold of the primary context.
     *
     * @throws Failure if the device is busy, or has too little memory left for a context
     */
    Cu(Device device) {
        this.device = device;
        check("cuDevicePrimaryCtxRetain", "", cuDevicePrimaryCtxRetain(context, device.handle));
    }

    /** Lets go of the context, which ends with its last holder. */
    @Override
    public void close() {
        closed = true;
        int status = cuDevicePrimaryCtxRelease(device.handle);
        if (lost == null) {
            check("cuDevicePrimaryCtxRelease", "", status);
        }
    }

    /** Whether a fault ended the context. */
    boolean isLost() {
        return lost != null;
    }

    /**
     * Other code may have made another context current on this thread; asking which one costs as much as setting it.
     *
     * @throws IllegalStateException if the device is closed
     * @throws DeviceException       with the first fault, if one ended the context
     */
    void enter() {
        if (closed) {
            throw new IllegalStateException("device " + device.id + " is closed");
        }
        if (lost != null) {
            throw new DeviceException(device.id + " cannot be used any more, since it failed before: " + lost.getMessage(), lost);
        }
        check("cuCtxSetCurrent", "", cuCtxSetCurrent(context));
    }

    /** As {@link #enter}, for releases; false if there is nothing left to release. */
    boolean enterToRelease() {
        boolean there = lost == null && !closed;
        if (there) {
            check("cuCtxSetCurrent", "", cuCtxSetCurrent(context));
        }
        return there;
    }

    /** Bytes of device memory that nobody has taken. */
    long freeMemory() {
        enter();
        long[] free = new long[1];
        check("cuMemGetInfo", "", cuMemGetInfo(free, new long[1]));
        return free[0];
    }

    Memory allocate(String name, long bytes) {
        enter();
        Address start = new Address();
        check("cuMemAlloc", name + " of " + bytes + " bytes", cuMemAlloc(start, bytes));
        return new Memory(start, start.value());
    }

    void free(Memory m) {
        if (enterToRelease()) {
            check("cuMemFree", "", cuMemFree(m.handle));
        }
    }

    HostMemory allocateHost(String name, long bytes) {
        enter();
        Pointer start = new Pointer();
        check("cuMemAllocHost", name + " of " + bytes + " bytes", cuMemAllocHost(start, bytes));
        return new HostMemory(start, start.getByteBuffer());
    }

    void free(HostMemory m) {
        if (enterToRelease()) {
            check("cuMemFreeHost", "", cuMemFreeHost(m.handle));
        }
    }

    /** A queue that does not wait for the one that all programs in the context share. */
    Stream stream(String name) {
        enter();
        Stream stream = new Stream(new CUstream(), name);
        check("cuStreamCreate", name, cuStreamCreate(stream.handle, CUstream_flags.CU_STREAM_NON_BLOCKING));
        return stream;
    }

    void synchronize(Stream s, String about) {
        enter();
        check("cuStreamSynchronize", about, cuStreamSynchronize(s.handle));
    }

    void release(Stream s) {
        if (enterToRelease()) {
            check("cuStreamDestroy", s.name, cuStreamDestroy(s.handle));
        }
    }

    /** Queues a copy of host memory, which must stay as it is until it is done. */
    void write(Stream s, Memory to, HostMemory from, long bytes, String about) {
        enter();
        check("cuMemcpyHtoDAsync", about, cuMemcpyHtoDAsync(to.handle, from.handle, bytes, s.handle));
    }

    /** Queues a copy to host memory. */
    void read(Stream s, HostMemory to, Memory from, long bytes, String about) {
        enter();
        check("cuMemcpyDtoHAsync", about, cuMemcpyDtoHAsync(to.handle, from.handle, bytes, s.handle));
    }

    /** Copies a few bytes; waits. */
    byte[] read(Stream s, Memory from, int length, String about) {
        enter();
        ByteBuffer between = MemoryUtil.memAlloc(length);
        try {
            check("cuMemcpyDtoHAsync", about, cuMemcpyDtoHAsync(Pointer.to(between), from.handle, length, s.handle));
            check("cuStreamSynchronize", about, cuStreamSynchronize(s.handle));
            byte[] bytes = new byte[length];
            between.get(bytes);
            return bytes;
        } finally {
            MemoryUtil.memFree(between);
        }
    }

    /** Queues a fill; in a capture it becomes a node of the graph. */
    void fill(Stream s, Memory m, byte value, long bytes, String about) {
        enter();
        check("cuMemsetD8Async", about, cuMemsetD8Async(m.handle, value, bytes, s.handle));
    }

    Event event() {
        enter();
        Event event = new Event(new CUevent());
        check("cuEventCreate", "", cuEventCreate(event.handle, 0));
        return event;
    }

    void record(Event e, Stream s) {
        enter();
        check("cuEventRecord", s.name, cuEventRecord(e.handle, s.handle));
    }

    /** What is queued from now on waits for what was queued before the event's last record. */
    void await(Stream s, Event e) {
        enter();
        check("cuStreamWaitEvent", s.name, cuStreamWaitEvent(s.handle, e.handle, 0));
    }

    boolean isDone(Event e, String about) {
        enter();
        int status = cuEventQuery(e.handle);
        if (status != CUDA_ERROR_NOT_READY) {
            check("cuEventQuery", about, status);
        }
        return status == CUDA_SUCCESS;
    }

    void synchronize(Event e, String about) {
        enter();
        check("cuEventSynchronize", about, cuEventSynchronize(e.handle));
    }

    double seconds(Event from, Event to) {
        enter();
        float[] millis = new float[1];
        check("cuEventElapsedTime", "", cuEventElapsedTime(millis, from.handle, to.handle));
        return millis[0] * 1e-3;
    }

    void release(Event e) {
        if (enterToRelease()) {
            check("cuEventDestroy", "", cuEventDestroy(e.handle));
        }
    }

    /** @throws Failure with the translator's log if the driver does not take the text */
    Module module(String name, String ptx) {
        enter();
        Module module = new Module(new CUmodule());
        int[] options = {CUjit_option.CU_JIT_ERROR_LOG_BUFFER, CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
        ByteBuffer text = MemoryUtil.memUTF8(ptx);
        ByteBuffer log = MemoryUtil.memCalloc(LOG_BYTES);
        try (MemoryStack stack = MemoryStack.stackPush()) {
            ByteBuffer values = stack.malloc(Long.BYTES, 2 * Long.BYTES);
            values.putLong(0, MemoryUtil.memAddress(log)).putLong(Long.BYTES, LOG_BYTES);
            int status = cuModuleLoadDataEx(module.handle, Pointer.to(text), options.length, options, Pointer.to(values));
            check("cuModuleLoadDataEx", status == CUDA_SUCCESS ? "" : name + "\n" + MemoryUtil.memUTF8(MemoryUtil.memAddress(log)), status);
        } finally {
            MemoryUtil.memFree(log);
            MemoryUtil.memFree(text);
        }
        return module;
    }

    void release(Module m) {
        if (enterToRelease()) {
            check("cuModuleUnload", "", cuModuleUnload(m.handle));
        }
    }

    Function function(Module m, String name) {
        enter();
        Function function = new Function(new CUfunction(), name);
        check("cuModuleGetFunction", name, cuModuleGetFunction(function.handle, m.handle, name));
        return function;
    }

    /** Threads that a block of the function may have at most. */
    int threadLimit(Function f) {
        enter();
        int[] limit = new int[1];
        int what = CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK;
        check("cuFuncGetAttribute", f.name, cuFuncGetAttribute(limit, what, f.handle));
        return limit[0];
    }

    /** Queues a launch. */
    void launch(Stream s, Function f, Grid g, Arguments a) {
        enter();
        check("cuLaunchKernel", f.name, cuLaunchKernel(f.handle, g.blocksX(), g.blocksY(), g.blocksZ(), g.threads(), 1, 1, 0, s.handle,
                a.pointer, null));
    }

    /** From now on what this thread queues is taken down in place of being done, and calls that a graph cannot hold fail. */
    void beginCapture(Stream s) {
        enter();
        check("cuStreamBeginCapture", s.name, cuStreamBeginCapture(s.handle, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    }

    /**
     * Ends a capture whose work failed; what was taken down is thrown away. Also where the context is lost: it binds this thread, and so
     * what the thread does with other devices.
     */
    void abandonCapture(Stream s) {
        CUgraph graph = new CUgraph();
        boolean ended = !closed && cuStreamEndCapture(s.handle, graph) == CUDA_SUCCESS;
        if (ended && enterToRelease()) {
            check("cuGraphDestroy", s.name, cuGraphDestroy(graph));
        }
    }

    /** Ends a capture and makes a graph of it. */
    Executable endCapture(Stream s, String name) {
        enter();
        CUgraph graph = new CUgraph();
        check("cuStreamEndCapture", "graph " + name, cuStreamEndCapture(s.handle, graph));
        Executable made = new Executable(name);
        try {
            check("cuGraphInstantiate", "graph " + name, cuGraphInstantiate(made.handle, graph, 0));
        } finally {
            if (enterToRelease()) {
                check("cuGraphDestroy", "graph " + name, cuGraphDestroy(graph));
            }
        }
        return made;
    }

    /** Brings a graph to the device, so that its first launch costs no more than the others. */
    void upload(Executable x, Stream s) {
        enter();
        check("cuGraphUpload", x.about, cuGraphUpload(x.handle, s.handle));
    }

    void launch(Executable x, Stream s) {
        enter();
        check("cuGraphLaunch", x.about, cuGraphLaunch(x.handle, s.handle));
    }

    void release(Executable x) {
        if (enterToRelease()) {
            check("cuGraphExecDestroy", x.about, cuGraphExecDestroy(x.handle));
        }
    }
}

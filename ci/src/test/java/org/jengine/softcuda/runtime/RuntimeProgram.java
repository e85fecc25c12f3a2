package org.jengine.softcuda.runtime;

import static jcuda.runtime.cudaMemcpyKind.cudaMemcpyDeviceToDevice;
import static jcuda.runtime.cudaMemcpyKind.cudaMemcpyDeviceToHost;
import static jcuda.runtime.cudaMemcpyKind.cudaMemcpyHostToDevice;
import static jcuda.runtime.cudaMemcpyKind.cudaMemcpyHostToHost;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.runtime.JCuda;
import jcuda.runtime.cudaDeviceProp;
import jcuda.runtime.cudaError;
import jcuda.runtime.cudaEvent_t;
import jcuda.runtime.cudaMemoryType;
import jcuda.runtime.cudaPointerAttributes;
import jcuda.runtime.cudaStream_t;

/** What programs do through JCuda's binding of the runtime API. Wants two devices, an H100 first. */
final class RuntimeProgram {
    private static final int COUNT = 1000;
    private static final int BYTES = COUNT * Sizeof.FLOAT;

    private RuntimeProgram() {
    }

    /** Ends with an exception where an answer is wrong. */
    public static void main(String[] arguments) throws InterruptedException {
        devices();
        arrays();
        buffers();
        rows();
        streams();
        calls();
        graph();
        threads();
        check(JCuda.cudaSetDevice(0));
        check(JCuda.cudaDeviceReset());
        // A device that was reset is used again as if nothing had been.
        Pointer again = allocate(COUNT);
        check(JCuda.cudaFree(again));
        System.out.println("all is well");
    }

    static void check(int status) {
        expect(cudaError.cudaSuccess, status);
    }

    static void expect(int expected, int status) {
        if (status != expected) {
            throw new IllegalStateException(cudaError.stringFor(status) + " instead of " + cudaError.stringFor(expected));
        }
    }

    static void require(boolean right, String what) {
        if (!right) {
            throw new IllegalStateException(what);
        }
    }

    static Pointer allocate(int floats) {
        Pointer made = new Pointer();
        check(JCuda.cudaMalloc(made, (long) floats * Sizeof.FLOAT));
        return made;
    }

    private static float[] numbers(int first) {
        float[] made = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            made[i] = first + i;
        }
        return made;
    }

    private static float[] download(Pointer from) {
        float[] found = new float[COUNT];
        check(JCuda.cudaMemcpy(Pointer.to(found), from, BYTES, cudaMemcpyDeviceToHost));
        return found;
    }

    private static void equal(float[] expected, float[] found) {
        require(Arrays.equals(expected, found), Arrays.toString(found));
    }

    private static void devices() {
        int[] value = new int[1];
        check(JCuda.cudaGetDeviceCount(value));
        require(value[0] == 2, "there are " + value[0] + " devices");
        cudaDeviceProp first = new cudaDeviceProp();
        check(JCuda.cudaGetDeviceProperties(first, 0));
        require(first.getName().startsWith("NVIDIA H100") && first.major == 9 && first.minor == 0, first.toString());
        require(first.multiProcessorCount == 132 && first.warpSize == 32 && first.totalGlobalMem > 80e9, first.toString());
        require(Arrays.equals(new int[] {1024, 1024, 64}, first.maxThreadsDim) && first.sharedMemPerBlockOptin == 232448, first.toString());
        require(Arrays.equals(new int[] {131072, 65536}, first.maxTexture2D), Arrays.toString(first.maxTexture2D));
        check(JCuda.cudaDeviceGetAttribute(value, jcuda.runtime.cudaDeviceAttr.cudaDevAttrMaxThreadsPerMultiProcessor, 1));
        require(value[0] == 1024, "a T4 has " + value[0] + " threads on a multiprocessor");
        String[] bus = {null};
        check(JCuda.cudaDeviceGetPCIBusId(bus, 32, 1));
        check(JCuda.cudaDeviceGetByPCIBusId(value, bus[0]));
        require(value[0] == 1, bus[0] + " is device " + value[0]);
        check(JCuda.cudaRuntimeGetVersion(value));
        require(value[0] == 12060, "version " + value[0]);
    }

    private static void arrays() {
        Pointer x = allocate(COUNT);
        Pointer y = allocate(COUNT);
        check(JCuda.cudaMemcpy(x, Pointer.to(numbers(1)), BYTES, cudaMemcpyHostToDevice));
        check(JCuda.cudaMemcpy(y, x, BYTES, cudaMemcpyDeviceToDevice));
        equal(numbers(1), download(y));
        // An offset on either side; what is not copied stays as it was.
        float[] part = new float[COUNT];
        check(JCuda.cudaMemcpy(Pointer.to(part).withByteOffset(40L), y.withByteOffset(80L), 12, cudaMemcpyDeviceToHost));
        require(part[9] == 0 && part[10] == 21 && part[12] == 23 && part[13] == 0, Arrays.toString(part));
        check(JCuda.cudaMemset(x, 0x101, BYTES));
        byte[] bytes = new byte[BYTES];
        check(JCuda.cudaMemcpy(Pointer.to(bytes), x, BYTES, cudaMemcpyDeviceToHost));
        for (byte one : bytes) {
            require(one == 1, Arrays.toString(bytes));
        }
        long[] longs = new long[4];
        check(JCuda.cudaMemcpy(Pointer.to(longs), x, 32, cudaMemcpyDeviceToHost));
        require(longs[3] == 0x0101010101010101L, Arrays.toString(longs));
        // Addresses go to the device as an array of pointers.
        Pointer table = allocate(4);
        check(JCuda.cudaMemcpy(table, Pointer.to(x, y), 16, cudaMemcpyHostToDevice));
        check(JCuda.cudaMemcpy(Pointer.to(longs), table, 16, cudaMemcpyDeviceToHost));
        require(longs[0] == address(x) && longs[1] == address(y), Arrays.toString(longs));
        Pointer nothing = new Pointer();
        check(JCuda.cudaMalloc(nothing, 0));
        for (Pointer one : List.of(x, y, table, nothing)) {
            check(JCuda.cudaFree(one));
        }
    }

    /** JCuda shows the address of memory only as text. */
    private static long address(Pointer pointer) {
        cudaPointerAttributes found = new cudaPointerAttributes();
        check(JCuda.cudaPointerGetAttributes(found, pointer));
        require(found.type == cudaMemoryType.cudaMemoryTypeDevice && found.device == 0, found.toString());
        require(found.devicePointer.equals(pointer), found.toString());
        return Long.parseLong(pointer.toString().replaceAll(".*nativePointer=0x([0-9a-f]+).*", "$1"), 16);
    }

    private static void buffers() {
        Pointer x = allocate(COUNT);
        ByteBuffer direct = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
        direct.asFloatBuffer().put(numbers(2));
        check(JCuda.cudaMemcpy(x, Pointer.to(direct), BYTES, cudaMemcpyHostToDevice));
        equal(numbers(2), download(x));
        Pointer pinned = new Pointer();
        check(JCuda.cudaHostAlloc(pinned, BYTES, JCuda.cudaHostAllocMapped));
        FloatBuffer view = pinned.getByteBuffer(0, BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
        view.put(numbers(3)).rewind();
        Pointer other = new Pointer();
        check(JCuda.cudaMallocHost(other, BYTES));
        check(JCuda.cudaMemcpy(other, pinned, BYTES, cudaMemcpyHostToHost));
        check(JCuda.cudaMemcpy(x, other, BYTES, cudaMemcpyHostToDevice));
        equal(numbers(3), download(x));
        Pointer mapped = new Pointer();
        check(JCuda.cudaHostGetDevicePointer(mapped, pinned, 0));
        check(JCuda.cudaMemcpy(x, mapped.withByteOffset(4L), BYTES - 4, cudaMemcpyDeviceToDevice));
        require(download(x)[0] == 4, "the device reads what the program has");
        Pointer managed = new Pointer();
        check(JCuda.cudaMallocManaged(managed, BYTES, JCuda.cudaMemAttachHost));
        managed.getByteBuffer(0, BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer().put(numbers(4));
        check(JCuda.cudaMemcpy(x, managed, BYTES, cudaMemcpyDeviceToDevice));
        equal(numbers(4), download(x));
        cudaPointerAttributes found = new cudaPointerAttributes();
        for (Object[] one : new Object[][] {{pinned, cudaMemoryType.cudaMemoryTypeHost}, {managed, cudaMemoryType.cudaMemoryTypeManaged},
                {Pointer.to(direct), cudaMemoryType.cudaMemoryTypeUnregistered}}) {
            check(JCuda.cudaPointerGetAttributes(found, (Pointer) one[0]));
            require(found.type == (int) one[1], found.toString());
        }
        check(JCuda.cudaHostRegister(Pointer.to(direct), BYTES, JCuda.cudaHostRegisterDefault));
        check(JCuda.cudaPointerGetAttributes(found, Pointer.to(direct)));
        require(found.type == cudaMemoryType.cudaMemoryTypeHost, found.toString());
        check(JCuda.cudaHostUnregister(Pointer.to(direct)));
        check(JCuda.cudaFree(managed));
        check(JCuda.cudaFreeHost(pinned));
        check(JCuda.cudaFreeHost(other));
        check(JCuda.cudaFree(x));
    }

    private static void rows() {
        int width = 40;
        int height = 25;
        Pointer x = new Pointer();
        long[] pitch = {0};
        check(JCuda.cudaMallocPitch(x, pitch, (long) width * Sizeof.FLOAT, height));
        long row = (long) width * Sizeof.FLOAT;
        check(JCuda.cudaMemcpy2D(x, pitch[0], Pointer.to(numbers(5)), row, row, height, cudaMemcpyHostToDevice));
        check(JCuda.cudaMemset2D(x, pitch[0], 0, 8, 2));
        float[] found = new float[COUNT];
        check(JCuda.cudaMemcpy2D(Pointer.to(found), row, x, pitch[0], row, height, cudaMemcpyDeviceToHost));
        float[] expected = numbers(5);
        for (int i : new int[] {0, 1, width, width + 1}) {
            expected[i] = 0;
        }
        equal(expected, found);
        check(JCuda.cudaFree(x));
    }

    private static void streams() {
        cudaStream_t one = new cudaStream_t();
        cudaStream_t two = new cudaStream_t();
        check(JCuda.cudaStreamCreate(one));
        check(JCuda.cudaStreamCreateWithFlags(two, JCuda.cudaStreamNonBlocking));
        int[] flags = {0};
        check(JCuda.cudaStreamGetFlags(two, flags));
        require(flags[0] == JCuda.cudaStreamNonBlocking, "flags " + flags[0]);
        cudaEvent_t start = new cudaEvent_t();
        cudaEvent_t end = new cudaEvent_t();
        check(JCuda.cudaEventCreate(start));
        check(JCuda.cudaEventCreate(end));
        Pointer x = allocate(COUNT);
        Pointer y = allocate(COUNT);
        check(JCuda.cudaEventRecord(start, one));
        check(JCuda.cudaMemcpyAsync(x, Pointer.to(numbers(6)), BYTES, cudaMemcpyHostToDevice, one));
        check(JCuda.cudaEventRecord(end, one));
        check(JCuda.cudaStreamWaitEvent(two, end, 0));
        check(JCuda.cudaMemcpyAsync(y, x, BYTES, cudaMemcpyDeviceToDevice, two));
        float[] found = new float[COUNT];
        check(JCuda.cudaMemcpyAsync(Pointer.to(found), y, BYTES, cudaMemcpyDeviceToHost, two));
        check(JCuda.cudaStreamSynchronize(two));
        equal(numbers(6), found);
        check(JCuda.cudaEventSynchronize(end));
        float[] milliseconds = {-1};
        check(JCuda.cudaEventElapsedTime(milliseconds, start, end));
        require(milliseconds[0] > 0, "it took " + milliseconds[0] + " ms");
        check(JCuda.cudaEventQuery(end));
        check(JCuda.cudaStreamQuery(two));
        check(JCuda.cudaMemsetAsync(x, 0, BYTES, one));
        check(JCuda.cudaDeviceSynchronize());
        equal(new float[COUNT], download(x));
        check(JCuda.cudaEventDestroy(start));
        check(JCuda.cudaEventDestroy(end));
        check(JCuda.cudaStreamDestroy(one));
        check(JCuda.cudaStreamDestroy(two));
        check(JCuda.cudaFree(x));
        check(JCuda.cudaFree(y));
    }

    private static void calls() {
        cudaStream_t stream = new cudaStream_t();
        check(JCuda.cudaStreamCreate(stream));
        List<String> called = Collections.synchronizedList(new ArrayList<>());
        check(JCuda.cudaStreamAddCallback(stream, (in, status, data) ->
                called.add(status + " " + data + " " + (in == stream)), "first", 0));
        check(JCuda.cudaLaunchHostFunc(stream, data -> called.add("" + data), "second"));
        check(JCuda.cudaStreamSynchronize(stream));
        require(called.equals(List.of("0 first true", "second")), called.toString());
        check(JCuda.cudaStreamDestroy(stream));
    }

    /** The driver captures a stream of the runtime's. A Java array does not live as long as the graph. */
    private static void graph() {
        CUstream stream = new CUstream();
        check(JCuda.cudaFree(new Pointer()));
        check(JCudaDriver.cuStreamCreate(stream, 0));
        cudaStream_t same = new cudaStream_t(stream);
        List<String> called = Collections.synchronizedList(new ArrayList<>());
        Pointer x = allocate(COUNT);
        check(JCudaDriver.cuStreamBeginCapture(stream, jcuda.driver.CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        check(JCuda.cudaMemsetAsync(x, 0, BYTES, same));
        check(JCuda.cudaLaunchHostFunc(same, data -> called.add("" + data), "again"));
        expect(cudaError.cudaErrorNotSupported, JCuda.cudaMemcpyAsync(x, Pointer.to(numbers(0)), BYTES, cudaMemcpyHostToDevice, same));
        CUgraph graph = new CUgraph();
        check(JCudaDriver.cuStreamEndCapture(stream, graph));
        CUgraphExec exec = new CUgraphExec();
        check(JCudaDriver.cuGraphInstantiate(exec, graph, 0));
        check(JCudaDriver.cuGraphLaunch(exec, stream));
        check(JCudaDriver.cuGraphLaunch(exec, stream));
        check(JCuda.cudaStreamSynchronize(same));
        require(called.equals(List.of("again", "again")), called.toString());
        equal(new float[COUNT], download(x));
        check(JCudaDriver.cuGraphExecDestroy(exec));
        check(JCudaDriver.cuGraphDestroy(graph));
        check(JCudaDriver.cuStreamDestroy(stream));
        check(JCuda.cudaFree(x));
        expect(cudaError.cudaErrorNotSupported, JCuda.cudaGetLastError());
        check(JCuda.cudaGetLastError());
    }

    /** Each thread has a device and a last error of its own. */
    private static void threads() throws InterruptedException {
        List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
        Thread other = new Thread(() -> {
            int[] device = {-1};
            check(JCuda.cudaSetDevice(1));
            check(JCuda.cudaGetDevice(device));
            require(device[0] == 1, "device " + device[0]);
            Pointer x = allocate(COUNT);
            cudaPointerAttributes found = new cudaPointerAttributes();
            check(JCuda.cudaPointerGetAttributes(found, x));
            require(found.device == 1, found.toString());
            check(JCuda.cudaFree(x));
            expect(cudaError.cudaErrorInvalidDevice, JCuda.cudaSetDevice(7));
        });
        other.setUncaughtExceptionHandler((thread, error) -> thrown.add(error));
        other.start();
        other.join();
        require(thrown.isEmpty(), thrown.toString());
        check(JCuda.cudaPeekAtLastError());
        int[] device = {-1};
        check(JCuda.cudaGetDevice(device));
        require(device[0] == 0, "device " + device[0]);
    }
}

package org.jengine.softcuda.driver;

import static org.jengine.softcuda.driver.Cuda.allocate;
import static org.jengine.softcuda.driver.Cuda.check;
import static org.jengine.softcuda.driver.Cuda.download;
import static org.jengine.softcuda.driver.Cuda.equal;
import static org.jengine.softcuda.driver.Cuda.expect;
import static org.jengine.softcuda.driver.Cuda.floats;
import static org.jengine.softcuda.driver.Cuda.pinned;
import static org.jengine.softcuda.driver.Cuda.stream;
import static org.jengine.softcuda.driver.Cuda.upload;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUDA_KERNEL_NODE_PARAMS;
import jcuda.driver.CUDA_MEMCPY2D;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUgraphNode;
import jcuda.driver.CUhostFn;
import jcuda.driver.CUmemAttach_flags;
import jcuda.driver.CUmemorytype;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/** Uses the driver as it should be used. Ends with an exception where an answer is wrong. */
final class CleanProgram {
    private static final int COUNT = 1000;

    private CleanProgram() {
    }

    /** The first argument, if there is one, says how often all is done. */
    public static void main(String[] arguments) {
        int rounds = arguments.length == 0 ? 1 : Integer.parseInt(arguments[0]);
        for (int round = 0; round < rounds; round++) {
            try (Cuda cuda = new Cuda()) {
                copies();
                launches(cuda);
                streamsAndEvents(cuda);
                capture(cuda);
                nodes(cuda);
                hostMemory(cuda);
                ordered(cuda);
            }
        }
        System.out.println("all is well");
    }

    private static float[] ramp() {
        float[] values = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            values[i] = i;
        }
        return values;
    }

    private static void copies() {
        CUdeviceptr a = upload(ramp());
        CUdeviceptr b = allocate(COUNT);
        check(JCudaDriver.cuMemcpyDtoD(b, a, (long) COUNT * Sizeof.FLOAT));
        equal(COUNT - 1, download(b, COUNT)[COUNT - 1]);
        check(JCudaDriver.cuMemsetD32(b, 0x3f800000, COUNT));
        equal(1, download(b, COUNT)[COUNT / 2]);
        check(JCudaDriver.cuMemsetD8(b, (byte) 0, (long) COUNT * Sizeof.FLOAT));
        equal(0, download(b, COUNT)[0]);
        // A column of a matrix of 10 x 100.
        CUDA_MEMCPY2D column = new CUDA_MEMCPY2D();
        column.srcMemoryType = CUmemorytype.CU_MEMORYTYPE_DEVICE;
        column.srcDevice = a;
        column.srcPitch = 100 * Sizeof.FLOAT;
        column.srcXInBytes = 7 * Sizeof.FLOAT;
        float[] ten = new float[10];
        column.dstMemoryType = CUmemorytype.CU_MEMORYTYPE_HOST;
        column.dstHost = Pointer.to(ten);
        column.dstPitch = Sizeof.FLOAT;
        column.WidthInBytes = Sizeof.FLOAT;
        column.Height = 10;
        check(JCudaDriver.cuMemcpy2D(column));
        equal(907, ten[9]);
        expect(CUresult.CUDA_ERROR_INVALID_VALUE, JCudaDriver.cuMemAlloc(new CUdeviceptr(), 0));
        expect(CUresult.CUDA_ERROR_OUT_OF_MEMORY, JCudaDriver.cuMemAlloc(new CUdeviceptr(), 1L << 45));
        check(JCudaDriver.cuMemFree(a));
        check(JCudaDriver.cuMemFree(b));
    }

    private static void launches(Cuda cuda) {
        CUdeviceptr x = upload(ramp());
        check(cuda.launch("scale", null, x, 2, COUNT));
        equal(2 * (COUNT - 1), download(x, COUNT)[COUNT - 1]);
        CUdeviceptr factor = new CUdeviceptr();
        long[] bytes = new long[1];
        check(JCudaDriver.cuModuleGetGlobal(factor, bytes, cuda.module, "factor"));
        equal(4, bytes[0]);
        equal(2, download(factor, 1)[0]);
        int[] blocks = new int[1];
        check(JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, cuda.function("scale"), 256, 0));
        CUdevice device = new CUdevice();
        int[] threads = new int[1];
        check(JCudaDriver.cuCtxGetDevice(device));
        check(JCudaDriver.cuDeviceGetAttribute(threads, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, device));
        equal(threads[0], 256 * blocks[0]);
        int[] registers = new int[1];
        check(JCudaDriver.cuFuncGetAttribute(registers, CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS, cuda.function("scale")));
        if (registers[0] < 4 || registers[0] > 32) {
            throw new IllegalStateException("a product of floats needs " + registers[0] + " registers");
        }
        expect(CUresult.CUDA_ERROR_INVALID_VALUE, JCudaDriver.cuLaunchKernel(cuda.function("scale"), 1, 1, 1, 2048, 1, 1, 0, null,
                Cuda.scaled(x, 1, 1), null));
        check(JCudaDriver.cuMemFree(x));
    }

    private static void streamsAndEvents(Cuda cuda) {
        CUstream one = stream();
        CUstream two = stream();
        CUevent first = event();
        CUevent start = event();
        CUevent end = event();
        CUdeviceptr a = upload(ramp());
        CUdeviceptr b = allocate(COUNT);
        check(JCudaDriver.cuEventRecord(start, one));
        check(cuda.launch("scale", one, a, 3, COUNT));
        check(JCudaDriver.cuEventRecord(first, one));
        check(JCudaDriver.cuStreamWaitEvent(two, first, 0));
        check(cuda.launch("put", two, b, 1, COUNT));
        check(cuda.add(two, a, b, b, COUNT));
        check(JCudaDriver.cuEventRecord(end, two));
        check(JCudaDriver.cuEventSynchronize(end));
        equal(3 * (COUNT - 1) + 1, download(b, COUNT)[COUNT - 1]);
        float[] millis = new float[1];
        check(JCudaDriver.cuEventElapsedTime(millis, start, end));
        if (!(millis[0] > 0)) {
            throw new IllegalStateException("work took " + millis[0] + " ms");
        }
        while (JCudaDriver.cuStreamQuery(one) != CUresult.CUDA_SUCCESS) {
            Thread.onSpinWait();
        }
        for (CUevent event : Arrays.asList(first, start, end)) {
            check(JCudaDriver.cuEventDestroy(event));
        }
        check(JCudaDriver.cuStreamDestroy(one));
        check(JCudaDriver.cuStreamDestroy(two));
        check(JCudaDriver.cuMemFree(a));
        check(JCudaDriver.cuMemFree(b));
    }

    private static CUevent event() {
        CUevent made = new CUevent();
        check(JCudaDriver.cuEventCreate(made, 0));
        return made;
    }

    /** A fork and a join, captured and replayed. */
    private static void capture(Cuda cuda) {
        CUstream main = stream();
        CUstream side = stream();
        CUevent fork = event();
        CUevent join = event();
        CUdeviceptr a = upload(ramp());
        CUdeviceptr b = upload(ramp());
        check(JCudaDriver.cuStreamBeginCapture(main, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        check(JCudaDriver.cuEventRecord(fork, main));
        check(JCudaDriver.cuStreamWaitEvent(side, fork, 0));
        check(cuda.launch("scale", main, a, 2, COUNT));
        check(cuda.launch("scale", side, b, 3, COUNT));
        check(JCudaDriver.cuEventRecord(join, side));
        check(JCudaDriver.cuStreamWaitEvent(main, join, 0));
        check(cuda.add(main, a, b, a, COUNT));
        CUgraph graph = new CUgraph();
        check(JCudaDriver.cuStreamEndCapture(main, graph));
        long[] count = new long[1];
        check(JCudaDriver.cuGraphGetNodes(graph, null, count));
        equal(3, count[0]);
        CUgraphExec exec = new CUgraphExec();
        check(JCudaDriver.cuGraphInstantiate(exec, graph, 0));
        check(JCudaDriver.cuGraphLaunch(exec, main));
        check(JCudaDriver.cuGraphLaunch(exec, main));
        check(JCudaDriver.cuStreamSynchronize(main));
        // a: (2 x + 3 x), then twice that and 9 x.
        equal(19 * 7, download(a, COUNT)[7]);
        check(JCudaDriver.cuGraphExecDestroy(exec));
        check(JCudaDriver.cuGraphDestroy(graph));
        check(JCudaDriver.cuStreamDestroy(main));
        check(JCudaDriver.cuStreamDestroy(side));
        check(JCudaDriver.cuMemFree(a));
        check(JCudaDriver.cuMemFree(b));
    }

    private static CUDA_KERNEL_NODE_PARAMS scale(Cuda cuda, CUdeviceptr x, float factor) {
        CUDA_KERNEL_NODE_PARAMS made = new CUDA_KERNEL_NODE_PARAMS();
        made.func = cuda.function("scale");
        made.gridDimX = (COUNT + Cuda.THREADS - 1) / Cuda.THREADS;
        made.gridDimY = 1;
        made.gridDimZ = 1;
        made.blockDimX = Cuda.THREADS;
        made.blockDimY = 1;
        made.blockDimZ = 1;
        made.kernelParams = Cuda.scaled(x, factor, COUNT);
        return made;
    }

    private static void nodes(Cuda cuda) {
        CUdeviceptr x = upload(ramp());
        CUgraph graph = new CUgraph();
        check(JCudaDriver.cuGraphCreate(graph, 0));
        CUgraphNode first = new CUgraphNode();
        CUgraphNode second = new CUgraphNode();
        check(JCudaDriver.cuGraphAddKernelNode(first, graph, new CUgraphNode[0], 0, scale(cuda, x, 2)));
        check(JCudaDriver.cuGraphAddKernelNode(second, graph, new CUgraphNode[] {first}, 1, scale(cuda, x, 5)));
        CUgraphExec exec = new CUgraphExec();
        check(JCudaDriver.cuGraphInstantiate(exec, graph, 0));
        CUstream stream = stream();
        check(JCudaDriver.cuGraphLaunch(exec, stream));
        check(JCudaDriver.cuStreamSynchronize(stream));
        equal(70, download(x, COUNT)[7]);
        check(JCudaDriver.cuGraphExecKernelNodeSetParams(exec, second, scale(cuda, x, 0.5f)));
        check(JCudaDriver.cuGraphLaunch(exec, stream));
        check(JCudaDriver.cuStreamSynchronize(stream));
        equal(70, download(x, COUNT)[7]);
        check(JCudaDriver.cuStreamDestroy(stream));
        check(JCudaDriver.cuGraphExecDestroy(exec));
        check(JCudaDriver.cuGraphDestroy(graph));
        check(JCudaDriver.cuMemFree(x));
    }

    /** Pinned memory through copies and mapped into kernels, host functions, managed memory. */
    private static void hostMemory(Cuda cuda) {
        CUstream stream = stream();
        Pointer pinned = pinned(2 * COUNT);
        FloatBuffer values = floats(pinned, 2 * COUNT);
        CUdeviceptr x = allocate(COUNT);
        values.put(0, ramp());
        check(JCudaDriver.cuMemcpyHtoDAsync(x, pinned, (long) COUNT * Sizeof.FLOAT, stream));
        // What the copy does not use is the program's, in the same page too.
        values.put(COUNT, 5);
        equal(5, values.get(COUNT));
        // Reading what a copy reads is no fault.
        equal(3, values.get(3));
        check(cuda.launch("scale", stream, x, 2, COUNT));
        check(JCudaDriver.cuMemcpyDtoHAsync(pinned, x, (long) COUNT * Sizeof.FLOAT, stream));
        AtomicInteger called = new AtomicInteger();
        CUhostFn function = data -> called.incrementAndGet();
        check(JCudaDriver.cuLaunchHostFunc(stream, function, "data"));
        check(JCudaDriver.cuStreamSynchronize(stream));
        equal(1, called.get());
        equal(2 * 9, values.get(9));
        CUdeviceptr mapped = new CUdeviceptr();
        check(JCudaDriver.cuMemHostGetDevicePointer(mapped, pinned, 0));
        check(cuda.launch("scale", null, mapped, 10, COUNT));
        check(JCudaDriver.cuCtxSynchronize());
        equal(20 * 9, values.get(9));
        check(JCudaDriver.cuMemFreeHost(pinned));
        CUdeviceptr managed = new CUdeviceptr();
        check(JCudaDriver.cuMemAllocManaged(managed, (long) COUNT * Sizeof.FLOAT, CUmemAttach_flags.CU_MEM_ATTACH_HOST));
        FloatBuffer shared = floats(managed, COUNT);
        shared.put(0, ramp());
        check(cuda.launch("scale", null, managed, 4, COUNT));
        check(JCudaDriver.cuCtxSynchronize());
        equal(4 * 11, shared.get(11));
        check(JCudaDriver.cuMemFree(managed));
        check(JCudaDriver.cuMemFree(x));
        check(JCudaDriver.cuStreamDestroy(stream));
    }

    /** Memory that comes and goes in the order of a stream. */
    private static void ordered(Cuda cuda) {
        CUstream stream = stream();
        CUdeviceptr x = new CUdeviceptr();
        check(JCudaDriver.cuMemAllocAsync(x, (long) COUNT * Sizeof.FLOAT, stream));
        check(cuda.launch("put", stream, x, 6, COUNT));
        float[] values = new float[COUNT];
        check(JCudaDriver.cuMemcpyDtoHAsync(Pointer.to(values), x, (long) COUNT * Sizeof.FLOAT, stream));
        check(JCudaDriver.cuMemFreeAsync(x, stream));
        check(JCudaDriver.cuStreamSynchronize(stream));
        equal(6, values[COUNT - 1]);
        check(JCudaDriver.cuStreamDestroy(stream));
    }
}

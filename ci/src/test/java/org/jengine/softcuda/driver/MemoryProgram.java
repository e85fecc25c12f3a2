package org.jengine.softcuda.driver;

import static org.jengine.softcuda.driver.Cuda.allocate;
import static org.jengine.softcuda.driver.Cuda.check;
import static org.jengine.softcuda.driver.Cuda.download;
import static org.jengine.softcuda.driver.Cuda.equal;
import static org.jengine.softcuda.driver.Cuda.expect;
import static org.jengine.softcuda.driver.Cuda.stream;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/** Memory in the order of streams, in graphs, and memory of the program's own that is registered: all used as it may be. */
final class MemoryProgram {
    private static final int COUNT = 1 << 14;
    private static final long BYTES = (long) COUNT * Sizeof.FLOAT;
    private static final int AUTO_FREE_ON_LAUNCH = 1;

    private MemoryProgram() {
    }

    /** Ends with an exception where an answer is wrong. */
    public static void main(String[] arguments) {
        try (Cuda cuda = new Cuda()) {
            acrossStreams(cuda);
            withinAGraph(cuda);
            beyondAGraph(cuda);
            registered(cuda);
        }
        System.out.println("all is well");
    }

    private static void acrossStreams(Cuda cuda) {
        CUstream one = stream();
        CUstream two = stream();
        CUevent there = event();
        CUevent used = event();
        CUdeviceptr x = new CUdeviceptr();
        CUdeviceptr out = allocate(COUNT);
        check(JCudaDriver.cuMemAllocAsync(x, BYTES, one));
        check(JCudaDriver.cuEventRecord(there, one));
        check(JCudaDriver.cuStreamWaitEvent(two, there, 0));
        check(cuda.launch("put", two, x, 3, COUNT));
        check(JCudaDriver.cuMemcpyDtoDAsync(out, x, BYTES, two));
        check(JCudaDriver.cuEventRecord(used, two));
        check(JCudaDriver.cuStreamWaitEvent(one, used, 0));
        check(JCudaDriver.cuMemFreeAsync(x, one));
        check(JCudaDriver.cuStreamSynchronize(one));
        equal(3, download(out, COUNT)[COUNT - 1]);
        // Who waits for the stream may use the memory anywhere.
        check(JCudaDriver.cuMemAllocAsync(x, BYTES, one));
        check(JCudaDriver.cuStreamSynchronize(one));
        check(cuda.launch("put", two, x, 4, COUNT));
        check(JCudaDriver.cuStreamSynchronize(two));
        equal(4, download(x, COUNT)[0]);
        check(JCudaDriver.cuMemFree(x));
        check(JCudaDriver.cuMemFree(out));
        check(JCudaDriver.cuStreamDestroy(one));
        check(JCudaDriver.cuStreamDestroy(two));
        check(JCudaDriver.cuEventDestroy(there));
        check(JCudaDriver.cuEventDestroy(used));
    }

    private static CUevent event() {
        CUevent made = new CUevent();
        check(JCudaDriver.cuEventCreate(made, 0));
        return made;
    }

    private static CUgraph capture(CUstream stream, Runnable what) {
        CUgraph graph = new CUgraph();
        check(JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        what.run();
        check(JCudaDriver.cuStreamEndCapture(stream, graph));
        return graph;
    }

    private static void withinAGraph(Cuda cuda) {
        CUstream stream = stream();
        CUdeviceptr x = new CUdeviceptr();
        CUdeviceptr out = allocate(COUNT);
        CUgraph graph = capture(stream, () -> {
            check(JCudaDriver.cuMemAllocAsync(x, BYTES, stream));
            check(JCudaDriver.cuMemsetD32Async(x, 0, COUNT, stream));
            check(cuda.launch("put", stream, x, 5, COUNT));
            check(JCudaDriver.cuMemcpyDtoDAsync(out, x, BYTES, stream));
            check(JCudaDriver.cuMemFreeAsync(x, stream));
        });
        expect(CUresult.CUDA_ERROR_NOT_SUPPORTED, JCudaDriver.cuGraphClone(new CUgraph(), graph));
        CUgraphExec exec = new CUgraphExec();
        check(JCudaDriver.cuGraphInstantiate(exec, graph, 0));
        expect(CUresult.CUDA_ERROR_NOT_SUPPORTED, JCudaDriver.cuGraphInstantiate(new CUgraphExec(), graph, 0));
        long[] free = new long[1];
        long[] still = new long[1];
        check(JCudaDriver.cuMemGetInfo(free, new long[1]));
        for (int i = 0; i < 3; i++) {
            check(JCudaDriver.cuGraphLaunch(exec, stream));
        }
        check(JCudaDriver.cuStreamSynchronize(stream));
        equal(5, download(out, COUNT)[COUNT - 1]);
        check(JCudaDriver.cuMemGetInfo(still, new long[1]));
        equal(free[0], still[0]);
        check(JCudaDriver.cuGraphExecDestroy(exec));
        check(JCudaDriver.cuGraphDestroy(graph));
        check(JCudaDriver.cuMemFree(out));
        check(JCudaDriver.cuStreamDestroy(stream));
    }

    /** What a graph takes may be freed by the program, and must be before the graph takes it again. */
    private static void beyondAGraph(Cuda cuda) {
        CUstream stream = stream();
        CUdeviceptr x = new CUdeviceptr();
        CUgraph graph = capture(stream, () -> {
            check(JCudaDriver.cuMemAllocAsync(x, BYTES, stream));
            check(cuda.launch("put", stream, x, 6, COUNT));
        });
        expect(CUresult.CUDA_ERROR_INVALID_VALUE, JCudaDriver.cuMemFreeAsync(x, stream));
        CUgraphExec exec = new CUgraphExec();
        check(JCudaDriver.cuGraphInstantiate(exec, graph, 0));
        check(JCudaDriver.cuGraphLaunch(exec, stream));
        expect(CUresult.CUDA_ERROR_INVALID_VALUE, JCudaDriver.cuGraphLaunch(exec, stream));
        check(JCudaDriver.cuStreamSynchronize(stream));
        equal(6, download(x, COUNT)[0]);
        check(JCudaDriver.cuMemFreeAsync(x, stream));
        check(JCudaDriver.cuGraphLaunch(exec, stream));
        check(JCudaDriver.cuStreamSynchronize(stream));
        check(JCudaDriver.cuMemFree(x));
        check(JCudaDriver.cuGraphExecDestroy(exec));
        check(JCudaDriver.cuGraphInstantiate(exec, graph, AUTO_FREE_ON_LAUNCH));
        for (int i = 0; i < 3; i++) {
            check(JCudaDriver.cuGraphLaunch(exec, stream));
        }
        check(JCudaDriver.cuMemFreeAsync(x, stream));
        check(JCudaDriver.cuStreamSynchronize(stream));
        check(JCudaDriver.cuGraphExecDestroy(exec));
        check(JCudaDriver.cuGraphDestroy(graph));
        check(JCudaDriver.cuStreamDestroy(stream));
    }

    /** Its pages are watched while copies use them, and only then. */
    private static void registered(Cuda cuda) {
        CUstream stream = stream();
        CUdeviceptr x = allocate(COUNT);
        ByteBuffer memory = ByteBuffer.allocateDirect((int) BYTES).order(ByteOrder.nativeOrder());
        Pointer pointer = Pointer.to(memory);
        check(JCudaDriver.cuMemHostRegister(pointer, BYTES, 0));
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < COUNT; i++) {
                memory.putFloat(i * Sizeof.FLOAT, i + round);
            }
            check(JCudaDriver.cuMemcpyHtoDAsync(x, pointer, BYTES, stream));
            // Reading what a copy reads is allowed.
            equal(COUNT / 2 + round, memory.getFloat(COUNT / 2 * Sizeof.FLOAT));
            check(cuda.launch("scale", stream, x, 2, COUNT));
            check(JCudaDriver.cuMemcpyDtoHAsync(pointer, x, BYTES, stream));
            check(JCudaDriver.cuStreamSynchronize(stream));
            for (int i = 0; i < COUNT; i++) {
                equal(2 * (i + round), memory.getFloat(i * Sizeof.FLOAT));
            }
        }
        check(JCudaDriver.cuMemHostUnregister(pointer));
        check(JCudaDriver.cuMemFree(x));
        check(JCudaDriver.cuStreamDestroy(stream));
    }
}

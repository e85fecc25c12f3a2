package org.jengine.softcuda.programs;

import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemAllocAsync;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;
import static org.jengine.softcuda.programs.Cuda.check;
import static org.jengine.softcuda.programs.Cuda.function;
import static org.jengine.softcuda.programs.Cuda.launch;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;

/**
 * A program without a fault, again and again: two streams that part and meet by events, the same as a graph, pinned memory that is read and
 * written once the stream is through. Ends with an exception if a result is wrong. Arguments: how many times.
 */
public final class CleanRuns {
    private static final int N = 200;

    private final CUfunction fill;
    private final CUfunction twice;
    private final CUstream first;
    private final CUstream second;
    private final CUevent fork;
    private final CUevent join;
    private final CUdeviceptr x;
    private final CUdeviceptr left;
    private final CUdeviceptr right;
    private final Pointer in;
    private final Pointer out;

    private CleanRuns(Cuda cuda) {
        CUmodule module = cuda.module("faulty");
        fill = function(module, "fill");
        twice = function(module, "twice");
        first = cuda.stream();
        second = cuda.stream();
        fork = cuda.event();
        join = cuda.event();
        x = cuda.buffer(4 * N);
        left = cuda.buffer(4 * N);
        right = cuda.buffer(4 * N);
        in = cuda.pinned(4 * N);
        out = cuda.pinned(4 * N);
    }

    public static void main(String[] arguments) {
        int times = Integer.parseInt(arguments[0]);
        try (Cuda cuda = new Cuda()) {
            CleanRuns runs = new CleanRuns(cuda);
            for (int k = 0; k < times; k++) {
                runs.streams(k);
            }
            runs.graph(times);
            for (int k = 0; k < times; k++) {
                runs.temporary(k);
                runs.freeInNullStream();
            }
        }
        System.out.println("clean " + times);
    }

    private void streams(int k) {
        floats(in).put(0, k);
        diamond();
        check(cuStreamSynchronize(first));
        expect(4f * k);
    }

    private void graph(int times) {
        CUgraph graph = new CUgraph();
        CUgraphExec exec = new CUgraphExec();
        check(cuStreamBeginCapture(first, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        diamond();
        check(cuStreamEndCapture(first, graph));
        check(cuGraphInstantiate(exec, graph, 0));
        for (int k = 0; k < times; k++) {
            floats(in).put(0, -k);
            check(cuGraphLaunch(exec, first));
            check(cuStreamSynchronize(first));
            expect(-4f * k);
        }
        check(cuGraphExecDestroy(exec));
        check(cuGraphDestroy(graph));
    }

    /** x comes in, is doubled on either stream, and what the second made is doubled again by the first. */
    private void diamond() {
        check(launch(fill, 1, 256, 0, first, x, 1f, N));
        check(cuMemcpyHtoDAsync(x, in, 4, first));
        check(cuEventRecord(fork, first));
        check(cuStreamWaitEvent(second, fork, 0));
        check(launch(twice, 1, 256, 0, second, right, x, N));
        check(launch(twice, 1, 256, 0, first, left, x, N));
        check(cuEventRecord(join, second));
        check(cuStreamWaitEvent(first, join, 0));
        check(launch(twice, 1, 256, 0, first, left, right, N));
        check(cuMemcpyDtoHAsync(out, left, 4 * N, first));
    }

    private void temporary(int k) {
        CUdeviceptr made = new CUdeviceptr();
        check(cuMemAllocAsync(made, 4 * N, second));
        check(launch(fill, 1, 256, 0, second, made, (float) k, N));
        check(launch(twice, 1, 256, 0, second, left, made, N));
        check(cuMemFreeAsync(made, second));
        check(cuMemcpyDtoHAsync(out, left, 4 * N, second));
        check(cuStreamSynchronize(second));
        expect(2f * k);
    }

    /** A free waits for the null stream. */
    private void freeInNullStream() {
        CUdeviceptr made = new CUdeviceptr();
        check(cuMemAlloc(made, 4 * N));
        check(launch(fill, 1, 256, 0, null, made, 1f, N));
        check(cuMemFree(made));
    }

    private void expect(float value) {
        if (floats(out).get(0) != value) {
            throw new IllegalStateException(floats(out).get(0) + " instead of " + value);
        }
    }

    private static FloatBuffer floats(Pointer pinned) {
        return pinned.getByteBuffer(0, 4 * N).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
}

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

import java.util.function.IntSupplier;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmemAttach_flags;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstreamWaitValue_flags;
import jcuda.driver.CUstreamWriteValue_flags;
import jcuda.driver.JCudaDriver;

/** Streams that wait for values in memory, written by other streams, kernels, graphs and the program. */
final class ValueProgram {
    private static final int COUNT = 1 << 12;
    private static final long BYTES = (long) COUNT * Sizeof.FLOAT;
    private static final int GEQ = CUstreamWaitValue_flags.CU_STREAM_WAIT_VALUE_GEQ;
    private static final int EQ = CUstreamWaitValue_flags.CU_STREAM_WAIT_VALUE_EQ;
    private static final int AND = CUstreamWaitValue_flags.CU_STREAM_WAIT_VALUE_AND;
    private static final int NOR = CUstreamWaitValue_flags.CU_STREAM_WAIT_VALUE_NOR;
    private static final int WRITE = CUstreamWriteValue_flags.CU_STREAM_WRITE_VALUE_DEFAULT;

    private final Cuda cuda;
    private final CUstream one = stream();
    private final CUstream two = stream();
    private final CUdeviceptr x = allocate(COUNT);
    private final CUdeviceptr y = allocate(COUNT);
    private final CUdeviceptr flag = upload(0, 0);

    private ValueProgram(Cuda cuda) {
        this.cuda = cuda;
    }

    /** Ends with an exception where an answer is wrong. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Cuda cuda = new Cuda()) {
            ValueProgram program = new ValueProgram(cuda);
            program.conditions();
            program.kernelsWrite();
            program.graphs();
            program.theProgramLooks();
            program.theProgramWrites();
            program.theProgramWritesAndLooks();
            program.refused();
            program.close();
        }
        System.out.println("all is well");
    }

    private void close() {
        check(JCudaDriver.cuStreamDestroy(one));
        check(JCudaDriver.cuStreamDestroy(two));
        check(JCudaDriver.cuMemFree(x));
        check(JCudaDriver.cuMemFree(y));
        check(JCudaDriver.cuMemFree(flag));
    }

    private void fill(int value) {
        check(JCudaDriver.cuMemsetD32(flag, value, 2));
        check(JCudaDriver.cuStreamSynchronize(null));
    }

    /** What the second stream copies was put there by the first, and nothing but the value orders that. */
    private void handedOver(float factor, IntSupplier wait, IntSupplier write) {
        fill(0);
        check(wait.getAsInt());
        check(JCudaDriver.cuMemcpyDtoDAsync(y, x, BYTES, two));
        check(cuda.launch("put", one, x, factor, COUNT));
        check(write.getAsInt());
        check(JCudaDriver.cuStreamSynchronize(two));
        equal(factor, download(y, COUNT)[COUNT - 1]);
    }

    private void conditions() {
        handedOver(1, () -> JCudaDriver.cuStreamWaitValue32(two, flag, 1, GEQ),
                () -> JCudaDriver.cuStreamWriteValue32(one, flag, 7, WRITE));
        handedOver(2, () -> JCudaDriver.cuStreamWaitValue32(two, flag, 8, EQ), () -> JCudaDriver.cuStreamWriteValue32(one, flag, 8, WRITE));
        handedOver(3, () -> JCudaDriver.cuStreamWaitValue32(two, flag, 6, AND),
                () -> JCudaDriver.cuStreamWriteValue32(one, flag, 4, WRITE));
        // Counters may overflow: the least number comes next after the greatest.
        handedOver(4, () -> JCudaDriver.cuStreamWaitValue32(two, flag, Integer.MAX_VALUE, GEQ),
                () -> JCudaDriver.cuStreamWriteValue32(one, flag, Integer.MIN_VALUE, WRITE));
        long large = 1L << 40;
        handedOver(5, () -> JCudaDriver.cuStreamWaitValue64(two, flag, large, GEQ),
                () -> JCudaDriver.cuStreamWriteValue64(one, flag, large + 1, WRITE));
        handedOver(6, () -> JCudaDriver.cuStreamWaitValue64(two, flag, large, AND),
                () -> JCudaDriver.cuStreamWriteValue64(one, flag, large, WRITE));
        fill(-1);
        check(JCudaDriver.cuStreamWaitValue32(two, flag, 0, NOR));
        expect(CUresult.CUDA_ERROR_NOT_READY, JCudaDriver.cuStreamQuery(two));
        check(JCudaDriver.cuStreamWriteValue32(one, flag, -2, WRITE));
        check(JCudaDriver.cuStreamSynchronize(two));
    }

    private void kernelsWrite() {
        CUstream third = stream();
        handedOver(7, () -> JCudaDriver.cuStreamWaitValue32(two, flag, Float.floatToIntBits(1), EQ),
                () -> cuda.launch("put", one, flag, 1, 1));
        check(JCudaDriver.cuStreamWaitValue32(third, flag, 0, GEQ));
        check(JCudaDriver.cuMemcpyDtoDAsync(y, x, BYTES, third));
        check(JCudaDriver.cuStreamSynchronize(third));
        check(JCudaDriver.cuStreamDestroy(third));
    }

    private void graphs() {
        CUgraph graph = new CUgraph();
        check(JCudaDriver.cuStreamBeginCapture(one, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        check(JCudaDriver.cuStreamWaitValue32(one, flag, 1, EQ));
        check(cuda.launch("put", one, x, 9, COUNT));
        check(JCudaDriver.cuStreamWriteValue32(one, flag, 2, WRITE));
        check(JCudaDriver.cuStreamEndCapture(one, graph));
        CUgraphExec exec = new CUgraphExec();
        check(JCudaDriver.cuGraphInstantiate(exec, graph, 0));
        for (int i = 0; i < 2; i++) {
            handedOver(9, () -> JCudaDriver.cuStreamWriteValue32(two, flag, 1, WRITE)
                    + JCudaDriver.cuStreamWaitValue32(two, flag, 2, EQ), () -> JCudaDriver.cuGraphLaunch(exec, one));
        }
        check(JCudaDriver.cuGraphExecDestroy(exec));
        check(JCudaDriver.cuGraphDestroy(graph));
    }

    /** A value in pinned memory tells the program that what came before has ended. */
    private void theProgramLooks() {
        Pointer memory = pinned(COUNT);
        Pointer signal = pinned(1);
        floats(signal, 1).put(0, 0);
        CUdeviceptr seen = new CUdeviceptr();
        check(JCudaDriver.cuMemHostGetDevicePointer(seen, signal, 0));
        check(JCudaDriver.cuMemcpyDtoHAsync(memory, x, BYTES, one));
        check(JCudaDriver.cuStreamWriteValue32(one, seen, Float.floatToIntBits(1), WRITE));
        while (floats(signal, 1).get(0) != 1) {
            Thread.onSpinWait();
        }
        equal(9, floats(memory, COUNT).get(COUNT - 1));
        check(JCudaDriver.cuMemFreeHost(memory));
        check(JCudaDriver.cuMemFreeHost(signal));
    }

    /** While one thread waits for a stream, another writes what the stream waits for: by a plain store, and by a call. */
    private void theProgramWrites() throws InterruptedException {
        Pointer signal = pinned(1);
        floats(signal, 1).put(0, 0);
        CUdeviceptr seen = new CUdeviceptr();
        check(JCudaDriver.cuMemHostGetDevicePointer(seen, signal, 0));
        check(JCudaDriver.cuStreamWaitValue32(one, seen, Float.floatToIntBits(3), EQ));
        besides(() -> floats(signal, 1).put(0, 3), () -> JCudaDriver.cuStreamSynchronize(one));
        check(JCudaDriver.cuMemFreeHost(signal));
        for (IntSupplier wait : new IntSupplier[] {() -> JCudaDriver.cuStreamSynchronize(one), JCudaDriver::cuCtxSynchronize}) {
            fill(0);
            check(JCudaDriver.cuStreamWaitValue32(one, flag, 5, EQ));
            besides(() -> {
                check(JCudaDriver.cuCtxSetCurrent(cuda.context));
                check(JCudaDriver.cuStreamWriteValue32(two, flag, 5, WRITE));
            }, wait);
        }
    }

    /** No call comes between the program's store and what it then waits to see. */
    private void theProgramWritesAndLooks() {
        Pointer signal = pinned(2);
        floats(signal, 2).put(0, 0).put(1, 0);
        CUdeviceptr seen = new CUdeviceptr();
        check(JCudaDriver.cuMemHostGetDevicePointer(seen, signal, 0));
        check(JCudaDriver.cuStreamWaitValue32(one, seen, Float.floatToIntBits(1), EQ));
        check(cuda.launch("put", one, x, 5, COUNT));
        check(JCudaDriver.cuStreamWriteValue32(one, seen.withByteOffset(Sizeof.FLOAT), Float.floatToIntBits(1), WRITE));
        floats(signal, 2).put(0, 1);
        while (floats(signal, 2).get(1) != 1) {
            Thread.onSpinWait();
        }
        equal(5, download(x, COUNT)[0]);
        check(JCudaDriver.cuMemFreeHost(signal));
    }

    private static void besides(Runnable other, IntSupplier wait) throws InterruptedException {
        Thread thread = new Thread(() -> {
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            other.run();
        });
        thread.start();
        check(wait.getAsInt());
        thread.join();
    }

    private void refused() {
        int wrong = CUresult.CUDA_ERROR_INVALID_VALUE;
        expect(wrong, JCudaDriver.cuStreamWaitValue32(one, flag.withByteOffset(2), 0, GEQ));
        expect(wrong, JCudaDriver.cuStreamWaitValue64(one, flag.withByteOffset(4), 0, GEQ));
        expect(wrong, JCudaDriver.cuStreamWriteValue32(one, flag.withByteOffset(1), 0, WRITE));
        expect(wrong, JCudaDriver.cuStreamWriteValue64(one, flag.withByteOffset(4), 0, WRITE));
        expect(wrong, JCudaDriver.cuStreamWaitValue32(one, flag, 0, 4));
        expect(wrong, JCudaDriver.cuStreamWriteValue32(one, flag, 0, 2));
        expect(CUresult.CUDA_ERROR_NOT_SUPPORTED,
                JCudaDriver.cuStreamWaitValue32(one, flag, 0, CUstreamWaitValue_flags.CU_STREAM_WAIT_VALUE_FLUSH));
        CUdeviceptr managed = new CUdeviceptr();
        check(JCudaDriver.cuMemAllocManaged(managed, BYTES, CUmemAttach_flags.CU_MEM_ATTACH_GLOBAL));
        expect(wrong, JCudaDriver.cuStreamWriteValue32(one, managed, 0, WRITE));
        check(JCudaDriver.cuMemFree(managed));
    }
}

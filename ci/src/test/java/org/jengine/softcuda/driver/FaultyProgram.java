package org.jengine.softcuda.driver;

import static org.jengine.softcuda.driver.Cuda.allocate;
import static org.jengine.softcuda.driver.Cuda.check;
import static org.jengine.softcuda.driver.Cuda.download;
import static org.jengine.softcuda.driver.Cuda.expect;
import static org.jengine.softcuda.driver.Cuda.floats;
import static org.jengine.softcuda.driver.Cuda.pinned;
import static org.jengine.softcuda.driver.Cuda.stream;
import static org.jengine.softcuda.driver.Cuda.upload;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUgraph;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/** Makes mistakes, each in a context of its own, and says which one comes. */
final class FaultyProgram {
    /** Comes before a mistake's name on the error output, where faults are told too. */
    static final String MARK = "mistake: ";

    private static final int COUNT = 1000;
    private static final long BYTES = (long) COUNT * Sizeof.FLOAT;

    /** A mistake; it ends with what the program sees of it. */
    private interface Mistake {
        void make(Cuda cuda);
    }

    private FaultyProgram() {
    }

    /** Makes all mistakes. */
    public static void main(String[] arguments) {
        all().forEach((name, mistake) -> {
            System.err.println(MARK + name);
            System.err.flush();
            try (Cuda cuda = new Cuda()) {
                mistake.make(cuda);
            }
        });
        System.err.println(MARK + "none");
    }

    private static Map<String, Mistake> all() {
        Map<String, Mistake> all = new LinkedHashMap<>();
        all.put("a store past the end", cuda -> {
            CUdeviceptr x = allocate(COUNT);
            check(cuda.launch("put", null, x, 1, COUNT + 1));
            expect(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuCtxSynchronize());
            expect(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4));
        });
        all.put("a misaligned store", cuda -> {
            CUdeviceptr x = allocate(COUNT);
            check(cuda.launch("put", null, x.withByteOffset(2), 1, 3));
            expect(CUresult.CUDA_ERROR_MISALIGNED_ADDRESS, JCudaDriver.cuCtxSynchronize());
        });
        all.put("a launch on freed memory", cuda -> {
            CUdeviceptr x = allocate(COUNT);
            check(JCudaDriver.cuMemFree(x));
            check(cuda.launch("put", null, x, 1, COUNT));
            expect(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuCtxSynchronize());
        });
        all.put("a host pointer for a kernel", cuda -> {
            Pointer memory = Pointer.to(ByteBuffer.allocateDirect(Sizeof.FLOAT * COUNT));
            check(Cuda.run(cuda.function("put"), null, COUNT, Pointer.to(Pointer.to(memory), Pointer.to(new float[1]),
                    Pointer.to(new int[] {COUNT}))));
            expect(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuCtxSynchronize());
        });
        all.put("a copy past the end", cuda -> {
            CUdeviceptr x = allocate(COUNT);
            expect(CUresult.CUDA_ERROR_INVALID_VALUE, JCudaDriver.cuMemcpyHtoD(x, Pointer.to(new float[COUNT + 1]), BYTES + 4));
            check(JCudaDriver.cuMemFree(x));
        });
        all.put("a device pointer for the host", cuda -> {
            CUdeviceptr x = upload(new float[COUNT]);
            expect(CUresult.CUDA_ERROR_INVALID_VALUE, JCudaDriver.cuMemcpyDtoH(x, x, BYTES));
            check(JCudaDriver.cuMemFree(x));
        });
        all.put("a read of memory that nobody wrote", cuda -> {
            CUdeviceptr x = allocate(COUNT);
            download(x, COUNT);
            check(JCudaDriver.cuMemFree(x));
        });
        all.put("no event between two streams", FaultyProgram::unordered);
        all.put("a host read of what a copy writes", cuda -> touch(cuda, false));
        all.put("a host write to what a copy reads", cuda -> touch(cuda, true));
        all.put("memory freed while it is used", cuda -> {
            CUstream stream = stream();
            CUdeviceptr x = allocate(COUNT);
            check(cuda.launch("put", stream, x, 1, COUNT));
            check(JCudaDriver.cuMemFree(x));
        });
        all.put("a stream that was destroyed", cuda -> {
            CUstream stream = stream();
            check(JCudaDriver.cuStreamDestroy(stream));
            expect(CUresult.CUDA_ERROR_INVALID_HANDLE, JCudaDriver.cuStreamSynchronize(stream));
        });
        all.put("an allocation in a capture", cuda -> {
            CUstream stream = stream();
            check(JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
            expect(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4));
            expect(CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, JCudaDriver.cuStreamEndCapture(stream, new CUgraph()));
        });
        all.put("a capture that is not joined", cuda -> {
            CUstream stream = stream();
            CUstream side = stream();
            CUevent event = new CUevent();
            CUdeviceptr x = allocate(COUNT);
            check(JCudaDriver.cuEventCreate(event, 0));
            check(JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED));
            check(JCudaDriver.cuEventRecord(event, stream));
            check(JCudaDriver.cuStreamWaitEvent(side, event, 0));
            check(cuda.launch("put", side, x, 1, COUNT));
            expect(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNJOINED, JCudaDriver.cuStreamEndCapture(stream, new CUgraph()));
            check(JCudaDriver.cuMemFree(x));
        });
        all.put("memory that is never freed", cuda -> allocate(COUNT));
        return all;
    }

    private static void unordered(Cuda cuda) {
        CUstream one = stream();
        CUstream two = stream();
        CUdeviceptr x = upload(new float[COUNT]);
        check(cuda.launch("scale", one, x, 2, COUNT));
        check(cuda.launch("scale", two, x, 3, COUNT));
        check(JCudaDriver.cuCtxSynchronize());
        check(JCudaDriver.cuMemFree(x));
    }

    private static void touch(Cuda cuda, boolean write) {
        CUstream stream = stream();
        Pointer memory = pinned(COUNT);
        CUdeviceptr x = upload(new float[COUNT]);
        if (write) {
            check(JCudaDriver.cuMemcpyHtoDAsync(x, memory, BYTES, stream));
            floats(memory, COUNT).put(17, 1);
        } else {
            check(JCudaDriver.cuMemcpyDtoHAsync(memory, x, BYTES, stream));
            floats(memory, COUNT).get(17);
        }
        check(JCudaDriver.cuStreamSynchronize(stream));
        // From here on it is the program's.
        floats(memory, COUNT).put(18, 1);
        check(JCudaDriver.cuMemFreeHost(memory));
        check(JCudaDriver.cuMemFree(x));
    }
}

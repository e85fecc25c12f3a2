package org.jengine.softcuda.blas;

import java.util.Random;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasPointerMode;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/** Uses cuBLAS as a program does, through JCublas2. Ends with an exception where an answer is wrong. */
public final class BlasProgram {
    private static final int M = 7;
    private static final int N = 6;
    private static final int K = 5;

    private BlasProgram() {
    }

    static void check(int status) {
        expect(0, status);
    }

    private static void expect(int expected, int status) {
        if (status != expected) {
            throw new IllegalStateException("status " + status + ", not " + expected);
        }
    }

    private static void near(double expected, double found) {
        if (Math.abs(expected - found) > 1e-4) {
            throw new IllegalStateException(found + " instead of " + expected);
        }
    }

    private static CUdeviceptr upload(float... values) {
        CUdeviceptr made = new CUdeviceptr();
        check(JCudaDriver.cuMemAlloc(made, (long) values.length * Sizeof.FLOAT));
        check(JCublas2.cublasSetVector(values.length, Sizeof.FLOAT, Pointer.to(values), 1, made, 1));
        return made;
    }

    private static float[] download(CUdeviceptr from, int count) {
        float[] values = new float[count];
        check(JCublas2.cublasGetVector(count, Sizeof.FLOAT, from, 1, Pointer.to(values), 1));
        return values;
    }

    private static float[] draw(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    public static void main(String[] arguments) {
        check(JCudaDriver.cuInit(0));
        CUdevice device = new CUdevice();
        check(JCudaDriver.cuDeviceGet(device, 0));
        CUcontext context = new CUcontext();
        check(JCudaDriver.cuCtxCreate(context, 0, device));
        cublasHandle handle = new cublasHandle();
        check(JCublas2.cublasCreate(handle));
        CUstream stream = new CUstream();
        check(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
        check(JCublas2.cublasSetStream(handle, new cudaStream_t(stream)));
        products(handle, stream);
        results(handle);
        check(JCublas2.cublasDestroy(handle));
        check(JCudaDriver.cuStreamDestroy(stream));
        check(JCudaDriver.cuCtxDestroy(context));
        System.out.println("all is well");
    }

    /** A product that is captured with its scalars in device memory, and replayed with others. */
    private static void products(cublasHandle handle, CUstream stream) {
        float[] as = draw(M * K);
        float[] bs = draw(N * K);
        CUdeviceptr a = upload(as);
        CUdeviceptr b = upload(bs);
        CUdeviceptr c = upload(new float[M * N]);
        CUdeviceptr scalars = upload(2, 1);
        check(JCublas2.cublasSetPointerMode(handle, cublasPointerMode.CUBLAS_POINTER_MODE_DEVICE));
        check(JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED));
        check(JCublas2.cublasSgemm(handle, cublasOperation.CUBLAS_OP_N, cublasOperation.CUBLAS_OP_T, M, N, K, scalars, a, M, b, N,
                scalars.withByteOffset(Sizeof.FLOAT), c, M));
        CUgraph graph = new CUgraph();
        check(JCudaDriver.cuStreamEndCapture(stream, graph));
        check(JCublas2.cublasSetPointerMode(handle, cublasPointerMode.CUBLAS_POINTER_MODE_HOST));
        CUgraphExec ready = new CUgraphExec();
        check(JCudaDriver.cuGraphInstantiate(ready, graph, 0L));
        check(JCudaDriver.cuGraphLaunch(ready, stream));
        check(JCudaDriver.cuStreamSynchronize(stream));
        check(JCublas2.cublasSetVector(1, Sizeof.FLOAT, Pointer.to(new float[] {3}), 1, scalars, 1));
        check(JCudaDriver.cuGraphLaunch(ready, stream));
        check(JCudaDriver.cuStreamSynchronize(stream));
        float[] got = download(c, M * N);
        for (int row = 0; row < M; row++) {
            for (int column = 0; column < N; column++) {
                double sum = 0;
                for (int p = 0; p < K; p++) {
                    sum += as[p * M + row] * bs[p * N + column];
                }
                near(5 * sum, got[column * M + row]);
            }
        }
        check(JCudaDriver.cuGraphExecDestroy(ready));
        check(JCudaDriver.cuGraphDestroy(graph));
        for (CUdeviceptr each : new CUdeviceptr[] {a, b, c, scalars}) {
            check(JCudaDriver.cuMemFree(each));
        }
    }

    /** Results that come back to the program, what is refused, and what is not provided. */
    private static void results(cublasHandle handle) {
        CUdeviceptr x = upload(3, -4, 1);
        float[] result = new float[1];
        check(JCublas2.cublasSnrm2(handle, 2, x, 1, Pointer.to(result)));
        near(5, result[0]);
        int[] place = new int[1];
        check(JCublas2.cublasIsamax(handle, 3, x, 1, Pointer.to(place)));
        near(2, place[0]);
        expect(cublasStatus.CUBLAS_STATUS_INVALID_VALUE, JCublas2.cublasSgemm(handle, cublasOperation.CUBLAS_OP_N,
                cublasOperation.CUBLAS_OP_N, 2, 2, 2, Pointer.to(new float[] {1}), x, 1, x, 2, Pointer.to(new float[] {0}), x, 2));
        expect(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED, JCublas2.cublasCscal(handle, 1, Pointer.to(new float[2]), x, 1));
        check(JCudaDriver.cuMemFree(x));
    }
}

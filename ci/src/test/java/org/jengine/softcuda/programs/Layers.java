package org.jengine.softcuda.programs;

import static jcuda.driver.JCudaDriver.cuMemsetD32;
import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static org.jengine.softcuda.programs.Cuda.check;
import static org.jengine.softcuda.programs.Cuda.function;
import static org.jengine.softcuda.programs.Cuda.launch;

import java.util.Random;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUmodule;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;

/** Parts of the nets that the test programs train: kernels of net.cu and products by cuBLAS. Matrices are row-major, a row an image. */
final class Layers implements AutoCloseable {
    private static final int BLOCK = 256;
    private static final int N = cublasOperation.CUBLAS_OP_N;
    private static final int T = cublasOperation.CUBLAS_OP_T;

    private final Cuda cuda;
    private final CUmodule module;
    private final cublasHandle blas = new cublasHandle();
    private final Random random = new Random(7);
    private final CUdeviceptr loss;

    Layers(Cuda cuda) {
        this.cuda = cuda;
        module = cuda.module("net");
        loss = cuda.buffer(4);
        check(cublasCreate(blas));
    }

    /** A weight matrix or bias with its gradient and Adam's two moments. */
    final class Parameter {
        final int count;
        final CUdeviceptr value;
        final CUdeviceptr gradient;
        private final CUdeviceptr first;
        private final CUdeviceptr second;

        Parameter(int count, double scale) {
            this.count = count;
            float[] start = new float[count];
            for (int k = 0; k < count; k++) {
                start[k] = (float) (scale * random.nextGaussian());
            }
            value = cuda.upload(start);
            gradient = cuda.buffer(4L * count);
            first = cuda.upload(new float[count]);
            second = cuda.upload(new float[count]);
        }

        void adam(float rate) {
            on("adam", count, value, first, second, gradient, rate, count);
        }
    }

    Random random() {
        return random;
    }

    /** y [rows, columns] = x [rows, inner] w [inner, columns]; cuBLAS sees each matrix transposed, since it takes columns first. */
    void product(CUdeviceptr y, CUdeviceptr x, CUdeviceptr w, int rows, int inner, int columns) {
        gemm(N, N, columns, rows, inner, w, columns, x, inner, y);
    }

    /** dw [inner, columns] = x [rows, inner] transposed, times dy [rows, columns]. */
    void weightGradient(CUdeviceptr dw, CUdeviceptr x, CUdeviceptr dy, int rows, int inner, int columns) {
        gemm(N, T, columns, inner, rows, dy, columns, x, inner, dw);
    }

    /** dx [rows, inner] = dy [rows, columns] times w [inner, columns] transposed. */
    void dataGradient(CUdeviceptr dx, CUdeviceptr dy, CUdeviceptr w, int rows, int inner, int columns) {
        gemm(T, N, inner, rows, columns, w, columns, dy, columns, dx);
    }

    /** Adds the bias and applies the activation, "sigmoid" or "relu", in place. */
    void activate(String activation, CUdeviceptr y, Parameter bias, int rows) {
        on("bias_" + activation, rows * bias.count, y, bias.value, bias.count, rows * bias.count);
    }

    void activateBackward(String activation, CUdeviceptr dy, CUdeviceptr y, int count) {
        on(activation + "_backward", count, dy, y, count);
    }

    void biasGradient(Parameter bias, CUdeviceptr dy, int rows) {
        on("column_sums", bias.count, bias.gradient, dy, rows, bias.count);
    }

    /** Logits of ten classes become their gradient. */
    void loss(CUdeviceptr logits, Parameter bias, CUdeviceptr labels, int images) {
        check(cuMemsetD32(loss, 0, 1));
        on("softmax_loss", images, logits, loss, bias.value, labels, images);
    }

    /** The mean loss of the images of the last {@link #loss}; waits for it. */
    float readLoss() {
        return Cuda.floats(loss, 1)[0];
    }

    private void on(String kernel, int threads, Object... arguments) {
        check(launch(function(module, kernel), (threads + BLOCK - 1) / BLOCK, BLOCK, 0, null, arguments));
    }

    private void gemm(int opA, int opB, int m, int n, int k, CUdeviceptr a, int lda, CUdeviceptr b, int ldb, CUdeviceptr c) {
        check(cublasSgemm(blas, opA, opB, m, n, k, Pointer.to(new float[] {1}), a, lda, b, ldb, Pointer.to(new float[] {0}), c, m));
    }

    @Override
    public void close() {
        check(cublasDestroy(blas));
    }
}

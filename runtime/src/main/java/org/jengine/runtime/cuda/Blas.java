package org.jengine.runtime.cuda;

import static jcuda.cudaDataType.CUDA_R_16BF;
import static jcuda.cudaDataType.CUDA_R_32F;
import static jcuda.jcublas.JCublas2.*;
import static jcuda.jcublas.cublasComputeType.CUBLAS_COMPUTE_32F;
import static jcuda.jcublas.cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32;
import static jcuda.jcublas.cublasGemmAlgo.CUBLAS_GEMM_DEFAULT;
import static jcuda.jcublas.cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
import static jcuda.jcublas.cublasOperation.CUBLAS_OP_N;
import static jcuda.jcublas.cublasOperation.CUBLAS_OP_T;
import static jcuda.jcublas.cublasStatus.CUBLAS_STATUS_ALLOC_FAILED;
import static jcuda.jcublas.cublasStatus.CUBLAS_STATUS_SUCCESS;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import jcuda.Pointer;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.jengine.kernels.DType;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.OutOfDeviceMemory;
import org.lwjgl.system.MemoryUtil;

/**
 * The calls of cuBLAS that are used, one method a call, each checked on the line that makes it; nothing else sees its binding. An object
 * is one handle, on whichever stream it was used last; several threads may use it.
 *
 * @see <a href="https://docs.nvidia.com/cuda/archive/12.6.3/cublas/">cuBLAS</a>
 */
final class Blas implements AutoCloseable {
    private final Cu cu;
    private final String device;
    private final cublasHandle handle = new cublasHandle();
    /** The factors of a product and of what was there before it. They are read during the call. */
    private final ByteBuffer scalars = MemoryUtil.memAlloc(2 * Float.BYTES).putFloat(0, 1).putFloat(Float.BYTES, 0);
    private final Pointer one = Pointer.to(scalars);
    private final Pointer nothing = Pointer.to(scalars).withByteOffset(Float.BYTES);
    private Cu.Stream stream;
    private Cu.Memory workspace;
    private final Set<Product> known = new HashSet<>();
    private boolean closed;

    /**
     * A product of dense row-major matrices, {@code c [rows, cols]} out of {@code a [rows, depth]} and {@code b [depth, cols]}.
     *
     * @param turnedA whether {@code a} is stored as {@code [depth, rows]}
     * @param turnedB whether {@code b} is stored as {@code [cols, depth]}
     * @param in      storage of {@code a} and {@code b}
     * @param out     of {@code c}
     * @param tf32    whether float inputs may be rounded to TF32
     */
    record Product(int rows, int cols, int depth, boolean turnedA, boolean turnedB, DType in, DType out, boolean tf32) {
    }

    /** Loads with its first use, which must find the library loaded. */
    private static final class Binding {
        /** Why the binding does not load; empty if it does. */
        static final String FAULT = Natives.load(() -> setExceptionsEnabled(false));
    }

    /** Why the binding does not load, once cuBLAS itself is loaded; empty if it does. */
    static String fault() {
        return Binding.FAULT;
    }

    /**
     * Makes a handle.
     *
     * @param device its id, for messages
     * @throws OutOfDeviceMemory if there is no memory left for it
     */
    Blas(Cu cu, String device) {
        this.cu = cu;
        this.device = device;
        try {
            cu.enter();
            check("cublasCreate", "", cublasCreate(handle));
            // What a product is cut into is added up in float.
            check("cublasSetMathMode", "", cublasSetMathMode(handle, CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION));
        } catch (RuntimeException e) {
            MemoryUtil.memFree(scalars);
            throw e;
        }
    }

    private void check(String call, String about, int status) {
        if (status != CUBLAS_STATUS_SUCCESS) {
            String message = call + " -> " + cublasStatus.stringFor(status) + " (" + status + ") on " + device
                    + (about.isEmpty() ? "" : ": " + about);
            throw status == CUBLAS_STATUS_ALLOC_FAILED ? new OutOfDeviceMemory(message, 0, cu.freeMemory()) : new DeviceException(message);
        }
    }

    /** Whether a product was never asked about before. */
    synchronized boolean isFirst(Product p) {
        return known.add(p);
    }

    /**
     * Queues a product.
     *
     * @param space what it may use meanwhile; products of the same space must come one after the other
     * @param about names the product in messages
     */
    synchronized void multiply(Cu.Stream on, Cu.Memory space, long bytes, Product p, Cu.Memory c, Cu.Memory a, Cu.Memory b, String about) {
        if (closed) {
            throw new IllegalStateException("cuBLAS is closed on " + device);
        }
        cu.enter();
        if (on != stream || space != workspace) {
            // A change of the stream takes the workspace away.
            check("cublasSetStream", on.name(), cublasSetStream(handle, new cudaStream_t(on.handle())));
            check("cublasSetWorkspace", about, cublasSetWorkspace(handle, space.handle(), bytes));
            stream = on;
            workspace = space;
        }
        // cuBLAS stores by columns: it takes a row-major matrix for its transpose, so the factors change places.
        check("cublasGemmEx", about, cublasGemmEx_new(handle, p.turnedB ? CUBLAS_OP_T : CUBLAS_OP_N, p.turnedA ? CUBLAS_OP_T : CUBLAS_OP_N,
                p.cols, p.rows, p.depth, one, b.handle(), type(p.in), p.turnedB ? p.depth : p.cols, a.handle(), type(p.in),
                p.turnedA ? p.rows : p.depth, nothing, c.handle(), type(p.out), p.cols,
                p.tf32 && p.in == DType.F32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT));
    }

    private static int type(DType type) {
        return switch (type) {
            case F32 -> CUDA_R_32F;
            case BF16 -> CUDA_R_16BF;
            default -> throw new IllegalArgumentException("no products of " + type.suffix());
        };
    }

    /** Lets go of the handle, whose work must be done. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            MemoryUtil.memFree(scalars);
            if (cu.enterToRelease()) {
                check("cublasDestroy", "", cublasDestroy(handle));
            }
        }
    }
}

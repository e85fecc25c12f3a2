package org.jengine.softcuda.blas;

import java.util.function.IntToLongFunction;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.work.Turn;

/** The matrix products: their argument lists, and the tables of types that cuBLAS states for each. */
final class Gemms {
    /** cublasComputeType_t. */
    private static final int COMPUTE_16F = 64;
    private static final int COMPUTE_16F_PEDANTIC = 65;
    private static final int COMPUTE_32F = 68;
    private static final int COMPUTE_32F_PEDANTIC = 69;
    private static final int COMPUTE_64F = 70;
    private static final int COMPUTE_64F_PEDANTIC = 71;
    private static final int COMPUTE_32I = 72;
    private static final int COMPUTE_32I_PEDANTIC = 73;
    private static final int COMPUTE_32F_FAST_16F = 74;
    private static final int COMPUTE_32F_FAST_16BF = 75;
    private static final int COMPUTE_32F_FAST_TF32 = 77;
    /** cublasGemmAlgo_t: the default, its numbered rivals, and the same for tensor cores. */
    private static final int DEFAULT_ALGORITHM = -1;
    private static final int LAST_ALGORITHM = 23;
    private static final int FIRST_TENSOR_ALGORITHM = 99;
    private static final int LAST_TENSOR_ALGORITHM = 115;
    /** Integer sums need columns of whole 4-byte words (cuBLAS: cublasGemmEx); sums in float of 8-bit integers do not. */
    private static final int INTEGER_ALIGNMENT = 4;

    private final Blas blas;

    private Gemms(Blas blas) {
        this.blas = blas;
    }

    static void provide(Blas blas, CallTable calls) {
        Gemms gemms = new Gemms(blas);
        for (DataType type : new DataType[] {DataType.F32, DataType.F64}) {
            String letter = type == DataType.F32 ? "S" : "D";
            int compute = type == DataType.F32 ? COMPUTE_32F : COMPUTE_64F;
            blas.add(calls, "cublas" + letter + "gemm_v2", a -> gemms.call(a, new Shape(type, compute, Batch.NONE)));
            blas.add(calls, "cublas" + letter + "gemmBatched", a -> gemms.call(a, new Shape(type, compute, Batch.ARRAYS)));
            blas.add(calls, "cublas" + letter + "gemmStridedBatched", a -> gemms.call(a, new Shape(type, compute, Batch.STRIDED)));
        }
        blas.add(calls, "cublasSgemmEx", a -> gemms.call(a, new Shape(null, COMPUTE_32F, Batch.NONE)));
        blas.add(calls, "cublasGemmEx", a -> gemms.call(a, new Shape(null, 0, Batch.NONE)));
        blas.add(calls, "cublasGemmBatchedEx", a -> gemms.call(a, new Shape(null, 0, Batch.ARRAYS)));
        blas.add(calls, "cublasGemmStridedBatchedEx", a -> gemms.call(a, new Shape(null, 0, Batch.STRIDED)));
    }

    private enum Batch { NONE, ARRAYS, STRIDED }

    /** What a call's list of arguments looks like: a null type and compute type 0 stand for arguments that say them. */
    private record Shape(DataType type, int compute, Batch batch) {
    }

    /** One matrix argument. */
    private record Operand(long address, DataType type, int ld, long step) {
        static Operand read(Arguments a, Shape shape) {
            long address = a.i64();
            DataType type = shape.type == null ? a.type() : shape.type;
            int ld = a.size();
            return new Operand(address, type, ld, shape.batch == Batch.STRIDED ? a.i64() : 0);
        }

        Matrix matrix(Arguments args, String name, int rows, int columns) {
            args.require(ld >= Math.max(1, rows), "leading dimension " + ld + " of " + name + " with " + rows + " rows");
            return new Matrix(type, address, rows, columns, ld);
        }

        /** Whether each matrix and each column starts at a multiple of 4 bytes; elements have one. */
        boolean wordAligned() {
            return address % INTEGER_ALIGNMENT == 0 && ld % INTEGER_ALIGNMENT == 0 && step % INTEGER_ALIGNMENT == 0;
        }

        IntToLongFunction places(View view, Turn turn, Shape shape, int count) {
            if (shape.batch == Batch.ARRAYS) {
                long[] places = pointers(view, turn, address, count);
                return i -> places[i];
            }
            return i -> address + i * step * type.bytes();
        }
    }

    /** The addresses that an array in device memory holds. */
    static long[] pointers(View view, Turn turn, long address, int count) {
        long[] places = new long[count];
        java.nio.ByteBuffer.wrap(view.readBytes(turn, address, (long) count * Long.BYTES)).order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer().get(places);
        return places;
    }

    private void call(Arguments args, Shape shape) {
        boolean transposeA = args.transposed();
        boolean transposeB = args.transposed();
        int m = args.size();
        int n = args.size();
        int k = args.size();
        Object alpha = args.scalar();
        Operand a = Operand.read(args, shape);
        Operand b = Operand.read(args, shape);
        Object beta = args.scalar();
        Operand c = Operand.read(args, shape);
        int batch = shape.batch == Batch.NONE ? 1 : args.size();
        int compute = shape.compute;
        if (compute == 0) {
            compute = args.i32();
            int algorithm = args.i32();
            args.support(algorithm >= DEFAULT_ALGORITHM && algorithm <= LAST_ALGORITHM
                    || algorithm >= FIRST_TENSOR_ALGORITHM && algorithm <= LAST_TENSOR_ALGORITHM, "algorithm " + algorithm);
        }
        args.require(m >= 0 && n >= 0 && k >= 0 && batch >= 0, "m " + m + ", n " + n + ", k " + k + ", batch " + batch);
        Matrix from = a.matrix(args, "A", transposeA ? k : m, transposeA ? m : k);
        Matrix with = b.matrix(args, "B", transposeB ? n : k, transposeB ? k : n);
        Matrix to = c.matrix(args, "C", m, n);
        DataType scale = scaleType(args, compute);
        supported(args, compute, a, b, c);
        args.require(alpha != null && beta != null, "a null scalar");
        if (m == 0 || n == 0 || batch == 0) {
            return;
        }
        Gemm gemm = new Gemm(transposeA, transposeB, m, n, k, args.scalar(alpha, scale), from, with, args.scalar(beta, scale), to,
                rounding(args, compute, a.type));
        // Neither factor is referenced where alpha is zero; one in device memory is not known yet.
        boolean reads = k > 0 && !gemm.alpha().isZero();
        args.require(c.address != 0 && (!reads || a.address != 0 && b.address != 0), "a null matrix");
        args.submit(turn -> {
            View view = args.view();
            gemm.perform(view, turn, batch, reads ? a.places(view, turn, shape, batch) : null,
                    reads ? b.places(view, turn, shape, batch) : null, c.places(view, turn, shape, batch));
        }, gemm.cost(batch), a.address, b.address, c.address);
    }

    private static DataType scaleType(Arguments args, int compute) {
        return switch (compute) {
            case COMPUTE_16F, COMPUTE_16F_PEDANTIC -> DataType.F16;
            case COMPUTE_64F, COMPUTE_64F_PEDANTIC -> DataType.F64;
            case COMPUTE_32I, COMPUTE_32I_PEDANTIC -> DataType.I32;
            case COMPUTE_32F, COMPUTE_32F_PEDANTIC, COMPUTE_32F_FAST_16F, COMPUTE_32F_FAST_16BF, COMPUTE_32F_FAST_TF32 -> DataType.F32;
            default -> throw Status.unsupported(args.name() + ": compute type " + compute);
        };
    }

    /** The table of cublasGemmEx. */
    private static void supported(Arguments args, int compute, Operand a, Operand b, Operand c) {
        boolean provided = a.type == b.type && switch (compute) {
            case COMPUTE_16F, COMPUTE_16F_PEDANTIC -> a.type == DataType.F16 && c.type == DataType.F16;
            case COMPUTE_64F, COMPUTE_64F_PEDANTIC -> a.type == DataType.F64 && c.type == DataType.F64;
            case COMPUTE_32I, COMPUTE_32I_PEDANTIC -> a.type == DataType.I8 && c.type == DataType.I32;
            case COMPUTE_32F, COMPUTE_32F_PEDANTIC -> switch (a.type) {
                case F16, BF16 -> c.type == a.type || c.type == DataType.F32;
                case I8, F32 -> c.type == DataType.F32;
                default -> false;
            };
            default -> a.type == DataType.F32 && c.type == DataType.F32;
        };
        args.support(provided, "A " + a.type + ", B " + b.type + ", C " + c.type + ", compute type " + compute);
        if (compute == COMPUTE_32I || compute == COMPUTE_32I_PEDANTIC) {
            args.support(a.wordAligned() && b.wordAligned(), "A and B of 8-bit integers must be aligned to 4 bytes, columns too");
        }
    }

    private Gemm.Rounding rounding(Arguments args, int compute, DataType type) {
        if (type != DataType.F32) {
            return Gemm.Rounding.NONE;
        }
        return switch (compute) {
            case COMPUTE_32F_FAST_16F -> Gemm.Rounding.F16;
            case COMPUTE_32F_FAST_16BF -> blas.tf32() ? Gemm.Rounding.BF16 : Gemm.Rounding.NONE;
            case COMPUTE_32F_FAST_TF32 -> blas.tf32() ? Gemm.Rounding.TF32 : Gemm.Rounding.NONE;
            case COMPUTE_32F -> switch (args.handle().math()) {
                case Handle.TENSOR_OP_MATH -> Gemm.Rounding.F16;
                case Handle.TF32_TENSOR_OP_MATH -> blas.tf32() ? Gemm.Rounding.TF32 : Gemm.Rounding.NONE;
                default -> Gemm.Rounding.NONE;
            };
            default -> Gemm.Rounding.NONE;
        };
    }
}

package org.jengine.softcuda.blas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.work.Cost;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All forms of the product against sums in double, and what is rejected. */
class GemmTest {
    private static final int COMPUTE_32F = 68;
    private static final int FAST_TF32 = 77;
    private static final int COMPUTE_64F = 70;
    private static final int COMPUTE_32I = 72;

    private final DeviceMemory memory = new DeviceMemory();
    private final Caller caller = new Caller();
    private final Random random = new Random(5);
    private long handle;

    @BeforeEach
    void create() {
        new Blas(memory, caller, null, new Reports(report -> { }), () -> 90, () -> 132).provide(caller.calls());
        assertEquals(0, caller.call("cublasCreate_v2", 1L));
        handle = caller.i64();
    }

    /** A random matrix with rows of garbage that nobody wrote between its columns. */
    private record Sample(long address, double[] values, int rows, int columns, int ld) {
        double at(boolean transposed, int row, int column) {
            return transposed ? values[row * rows + column] : values[column * rows + row];
        }
    }

    private Sample sample(DataType type, int rows, int columns, int gap) {
        int ld = rows + gap;
        long address = memory.allocate((long) type.bytes() * (ld * columns + 1));
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; i++) {
            double value = type == DataType.I8 ? random.nextInt(255) - 127 : random.nextGaussian();
            values[i] = type.decode(type.encode(value), 0);
        }
        for (int column = 0; column < columns; column++) {
            double[] part = java.util.Arrays.copyOfRange(values, column * rows, column * rows + rows);
            type.writeDoubles(memory, DeviceMemory.TURN, address + (long) column * ld * type.bytes(), part);
        }
        return new Sample(address, values, rows, columns, ld);
    }

    private void check(DataType type, Sample a, boolean ta, Sample b, boolean tb, int k, Sample c, double alpha, double beta,
            double bound) {
        for (int column = 0; column < c.columns; column++) {
            double[] got = type.readDoubles(memory, DeviceMemory.TURN, c.address + (long) column * c.ld * type.bytes(), c.rows);
            for (int row = 0; row < c.rows; row++) {
                double sum = 0;
                double size = 1;
                for (int p = 0; p < k; p++) {
                    sum += a.at(ta, row, p) * b.at(tb, p, column);
                    size += Math.abs(a.at(ta, row, p) * b.at(tb, p, column));
                }
                double expected = alpha * sum + beta * c.values[column * c.rows + row];
                assertEquals(expected, got[row], bound * (size * Math.abs(alpha) + 2));
            }
        }
    }

    @Test
    void everyTransposeSizeAndLeadingDimension() {
        for (int[] size : new int[][] {{1, 1, 1}, {3, 5, 7}, {33, 2, 65}, {5, 40, 9}, {64, 130, 70}, {130, 7, 128}}) {
            for (int form = 0; form < 4; form++) {
                boolean ta = form % 2 == 1;
                boolean tb = form / 2 == 1;
                for (DataType type : new DataType[] {DataType.F32, DataType.F64}) {
                    int m = size[0];
                    int n = size[1];
                    int k = size[2];
                    int gap = form;
                    Sample a = sample(type, ta ? k : m, ta ? m : k, gap);
                    Sample b = sample(type, tb ? n : k, tb ? k : n, gap + 1);
                    Sample c = sample(type, m, n, gap);
                    String name = type == DataType.F32 ? "cublasSgemm_v2" : "cublasDgemm_v2";
                    assertEquals(0, caller.call(name, handle, ta ? 1 : 0, tb ? 2 : 0, (long) m, (long) n, (long) k,
                            Caller.scalar(type, 1.5), a.address, (long) a.ld, b.address, (long) b.ld, Caller.scalar(type, -0.5),
                            c.address, (long) c.ld), caller::error);
                    caller.await();
                    check(type, a, ta, b, tb, k, c, 1.5, -0.5, type == DataType.F32 ? 1e-6 : 1e-14);
                }
            }
        }
    }

    private int gemmEx(DataType in, int inCode, DataType out, int outCode, int compute, double bound) {
        int m = 8;
        int n = 12;
        int k = 20;
        Sample a = sample(in, m, k, 0);
        Sample b = sample(in, k, n, 0);
        Sample c = sample(out, m, n, 3);
        DataType scale = compute == COMPUTE_64F ? DataType.F64 : compute == COMPUTE_32I ? DataType.I32
                : compute == 64 ? DataType.F16 : DataType.F32;
        int status = caller.call("cublasGemmEx", handle, 0, 0, (long) m, (long) n, (long) k, Caller.scalar(scale, 2), a.address, inCode,
                (long) a.ld, b.address, inCode, (long) b.ld, Caller.scalar(scale, 1), c.address, outCode, (long) c.ld, compute, -1);
        if (status == 0) {
            caller.await();
            check(out, a, false, b, false, k, c, 2, 1, bound);
        }
        return status;
    }

    @Test
    void theTableOfTypes() {
        assertEquals(0, gemmEx(DataType.F32, 0, DataType.F32, 0, COMPUTE_32F, 1e-6));
        assertEquals(0, gemmEx(DataType.F16, 2, DataType.F16, 2, COMPUTE_32F, 1e-3));
        assertEquals(0, gemmEx(DataType.F16, 2, DataType.F16, 2, 64, 1e-3));
        assertEquals(0, gemmEx(DataType.F16, 2, DataType.F32, 0, COMPUTE_32F, 1e-6));
        assertEquals(0, gemmEx(DataType.BF16, 14, DataType.BF16, 14, COMPUTE_32F, 8e-3));
        assertEquals(0, gemmEx(DataType.BF16, 14, DataType.F32, 0, COMPUTE_32F, 1e-6));
        assertEquals(0, gemmEx(DataType.I8, 3, DataType.I32, 10, COMPUTE_32I, 0));
        assertEquals(0, gemmEx(DataType.F64, 1, DataType.F64, 1, COMPUTE_64F, 1e-14));
        assertEquals(15, gemmEx(DataType.F32, 0, DataType.F16, 2, COMPUTE_32F, 0));
        assertEquals(15, gemmEx(DataType.F64, 1, DataType.F64, 1, COMPUTE_32F, 0));
        assertEquals(15, gemmEx(DataType.F16, 2, DataType.F32, 0, FAST_TF32, 0));
        assertEquals(15, gemmEx(DataType.BF16, 14, DataType.F16, 2, COMPUTE_32F, 0));
        assertEquals(15, gemmEx(DataType.F32, 0, DataType.F32, 0, 64, 0));
        assertEquals(15, gemmEx(DataType.F32, 0, DataType.F32, 0, 99, 0));
    }

    private int gemmEx(int m, DataType in, DataType out, int compute, int algorithm, long shift) {
        long a = memory.allocate(4096) + shift;
        long c = memory.allocate(4096);
        DataType scale = compute == COMPUTE_32I ? DataType.I32 : DataType.F32;
        int code = in == DataType.I8 ? 3 : 0;
        return caller.call("cublasGemmEx", handle, 0, 0, (long) m, 8L, 8L, Caller.scalar(scale, 1), a, code, (long) m, a, code, 8L,
                Caller.scalar(scale, 0), c, out == DataType.I32 ? 10 : 0, (long) m, compute, algorithm);
    }

    /** cublasGemmEx: an algorithm that is none is not supported; integer sums want words, float sums of integers do not. */
    @Test
    void algorithmsAndWordsOfIntegers() {
        assertEquals(0, gemmEx(8, DataType.F32, DataType.F32, COMPUTE_32F, 115, 0));
        for (int algorithm : new int[] {-2, 24, 98, 116}) {
            assertEquals(15, gemmEx(8, DataType.F32, DataType.F32, COMPUTE_32F, algorithm, 0));
        }
        assertEquals(0, gemmEx(8, DataType.I8, DataType.I32, COMPUTE_32I, -1, 0));
        assertEquals(15, gemmEx(6, DataType.I8, DataType.I32, COMPUTE_32I, -1, 0));
        assertEquals(15, gemmEx(8, DataType.I8, DataType.I32, COMPUTE_32I, -1, 2));
        assertEquals(0, gemmEx(6, DataType.I8, DataType.F32, COMPUTE_32F, -1, 2));
        long a = memory.allocate(4096);
        for (long step : new long[] {64, 66}) {
            assertEquals(step % 4 == 0 ? 0 : 15, caller.call("cublasGemmStridedBatchedEx", handle, 0, 0, 8L, 8L, 8L,
                    Caller.scalar(DataType.I32, 1), a, 3, 8L, step, a, 3, 8L, step, Caller.scalar(DataType.I32, 0), a, 10, 8L, 64L, 2L,
                    COMPUTE_32I, -1));
        }
    }

    @Test
    void factorsMayBeNullWhereAlphaIsZero() {
        long c = memory.floats(1, 2, 3, 4);
        assertEquals(0, caller.call("cublasSgemm_v2", handle, 0, 0, 2L, 2L, 3L, Caller.scalar(0), 0L, 2L, 0L, 3L, Caller.scalar(2), c, 2L));
        caller.await();
        assertArrayEquals(new float[] {2, 4, 6, 8}, memory.readFloats(DeviceMemory.TURN, c, 4));
        assertEquals(7, caller.call("cublasSgemm_v2", handle, 0, 0, 2L, 2L, 3L, Caller.scalar(1), 0L, 2L, 0L, 3L, Caller.scalar(2), c, 2L));
    }

    @Test
    void noMoreMultiprocessorsThanThereAre() {
        assertEquals(0, caller.call("cublasSetSmCountTarget", handle, 132));
        assertEquals(7, caller.call("cublasSetSmCountTarget", handle, 133));
        assertEquals(7, caller.call("cublasSetSmCountTarget", handle, -1));
    }

    /** 1 + 2^-12 is not a TF32 number: its square shows who rounded. */
    @Test
    void mathModesRoundTheInputs() {
        float fine = 1 + 0x1p-12f;
        long a = memory.floats(fine);
        long c = memory.allocate(4);
        float exact = fine * fine;
        assertEquals(exact, square(a, c));
        assertEquals(0, caller.call("cublasSetMathMode", handle, 3));
        assertEquals(1f, square(a, c));
        assertEquals(0, caller.call("cublasSetMathMode", handle, 2));
        assertEquals(exact, square(a, c));
        assertEquals(7, caller.call("cublasSetMathMode", handle, 4));
        assertEquals(0, caller.call("cublasSetMathMode", handle, 16));
        assertEquals(0, caller.call("cublasGetMathMode", handle, 1L));
        assertEquals(16, caller.i32());
    }

    @Test
    void aProductAsksForItsMatricesAndItsSums() {
        long a = memory.allocate(4 * 5 * 7);
        long b = memory.allocate(4 * 7 * 3);
        long c = memory.allocate(4 * 5 * 3);
        assertEquals(0, caller.call("cublasSgemm_v2", handle, 0, 0, 5L, 3L, 7L, Caller.scalar(1), a, 5L, b, 7L, Caller.scalar(0), c, 5L));
        assertEquals(new Cost(4 * (5 * 7 + 7 * 3 + 5 * 3), 2 * 5 * 3 * 7, "f32"), caller.last().cost());
        assertArrayEquals(new long[] {a, b, c}, caller.last().addresses());
        assertEquals(0, caller.call("cublasSetMathMode", handle, 3));
        assertEquals(0, caller.call("cublasSgemm_v2", handle, 0, 0, 5L, 3L, 7L, Caller.scalar(1), a, 5L, b, 7L, Caller.scalar(0), c, 5L));
        assertEquals("tensor.tf32", caller.last().cost().type());
    }

    private float square(long a, long c) {
        assertEquals(0, caller.call("cublasSgemm_v2", handle, 0, 0, 1L, 1L, 1L, Caller.scalar(1), a, 1L, a, 1L, Caller.scalar(0), c, 1L));
        caller.await();
        return memory.readFloats(DeviceMemory.TURN, c, 1)[0];
    }

    @Test
    void batchesByArraysAndByStrides() {
        int batch = 3;
        int m = 4;
        int n = 5;
        int k = 6;
        Sample a = sample(DataType.F32, m, k * batch, 0);
        Sample b = sample(DataType.F32, k, n * batch, 0);
        Sample c = sample(DataType.F32, m, n * batch, 0);
        assertEquals(0, caller.call("cublasSgemmStridedBatched", handle, 0, 0, (long) m, (long) n, (long) k, Caller.scalar(1), a.address,
                (long) m, (long) m * k, b.address, (long) k, (long) k * n, Caller.scalar(0), c.address, (long) m, (long) m * n, 3L));
        caller.await();
        float[] strided = memory.readFloats(DeviceMemory.TURN, c.address, m * n * batch);
        Sample d = sample(DataType.F32, m, n * batch, 0);
        long as = memory.longs(a.address, a.address + 4 * m * k, a.address + 8 * m * k);
        long bs = memory.longs(b.address, b.address + 4 * k * n, b.address + 8 * k * n);
        long ds = memory.longs(d.address, d.address + 4 * m * n, d.address + 8 * m * n);
        assertEquals(0, caller.call("cublasSgemmBatched", handle, 0, 0, (long) m, (long) n, (long) k, Caller.scalar(1), as, (long) m, bs,
                (long) k, Caller.scalar(0), ds, (long) m, 3L));
        caller.await();
        assertTrue(java.util.Arrays.equals(strided, memory.readFloats(DeviceMemory.TURN, d.address, m * n * batch)));
        for (int i = 0; i < batch; i++) {
            double sum = 0;
            for (int p = 0; p < k; p++) {
                sum += a.values[(i * k + p) * m + 1] * b.values[(i * n + 2) * k + p];
            }
            assertEquals(sum, strided[(i * n + 2) * m + 1], 1e-5);
        }
    }

    @Test
    void deviceScalarsAreReadWhenTheWorkIsPerformed() {
        long a = memory.floats(3);
        long c = memory.floats(1);
        long scalars = memory.floats(0, 0);
        assertEquals(0, caller.call("cublasSetPointerMode_v2", handle, 1));
        assertEquals(0, caller.call("cublasSgemm_v2", handle, 0, 0, 1L, 1L, 1L, new Caller.DeviceScalar(scalars), a, 1L, a, 1L,
                new Caller.DeviceScalar(scalars + 4), c, 1L));
        memory.writeFloats(DeviceMemory.TURN, scalars, new float[] {2, 10});
        caller.await();
        assertEquals(28, memory.readFloats(DeviceMemory.TURN, c, 1)[0]);
    }

    @Test
    void neverWrittenMemoryIsReadOnlyWhereItCounts() {
        long a = memory.floats(3);
        long fresh = memory.allocate(4);
        assertEquals(9, square(a, fresh));
        long other = memory.allocate(4);
        caller.call("cublasSgemm_v2", handle, 0, 0, 1L, 1L, 1L, Caller.scalar(1), a, 1L, a, 1L, Caller.scalar(1), other, 1L);
        assertThrows(Fault.class, caller::await);
        caller.call("cublasSgemm_v2", handle, 0, 0, 1L, 1L, 1L, Caller.scalar(0), other, 1L, a, 1L, Caller.scalar(0), fresh, 1L);
        caller.await();
        assertEquals(0, memory.readFloats(DeviceMemory.TURN, fresh, 1)[0]);
    }

    @Test
    void argumentsAreJudged() {
        long a = memory.floats(new float[64]);
        Object one = Caller.scalar(1);
        assertEquals(1, gemm(handle + 1, 0, 2, 2, 2, one, a, 2, 2, 2));
        assertEquals(7, gemm(handle, 3, 2, 2, 2, one, a, 2, 2, 2));
        assertEquals(7, gemm(handle, 0, -1, 2, 2, one, a, 2, 2, 2));
        assertEquals(7, gemm(handle, 0, 3, 2, 2, one, a, 2, 2, 3));
        assertEquals(7, gemm(handle, 1, 2, 2, 3, one, a, 2, 3, 2));
        assertEquals(7, gemm(handle, 0, 2, 2, 3, one, a, 2, 2, 2));
        assertEquals(7, gemm(handle, 0, 2, 2, 2, one, a, 2, 2, 1));
        assertEquals(7, gemm(handle, 0, 2, 2, 2, one, a, 0, 2, 2));
        assertEquals(7, gemm(handle, 0, 2, 2, 2, one, 0, 2, 2, 2));
        assertEquals(7, gemm(handle, 0, 2, 2, 2, 0, a, 2, 2, 2));
        assertEquals(0, gemm(handle, 0, 0, 2, 2, one, 0, 2, 2, 2));
        assertEquals(0, gemm(handle, 0, 2, 2, 2, one, a, 2, 2, 2));
        assertEquals(0, caller.call("cublasDestroy_v2", handle));
        assertEquals(1, gemm(handle, 0, 2, 2, 2, one, a, 2, 2, 2));
    }

    private int gemm(long to, int ta, int m, int n, int k, Object alpha, long a, int lda, int ldb, int ldc) {
        return caller.call("cublasSgemm_v2", to, ta, 0, (long) m, (long) n, (long) k, alpha, a, (long) lda, a, (long) ldb,
                Caller.scalar(0), a, (long) ldc);
    }
}

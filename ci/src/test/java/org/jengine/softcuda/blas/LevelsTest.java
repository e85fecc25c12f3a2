package org.jengine.softcuda.blas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Reports;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Vectors, matrices and vectors, triangles, factors and transfers against plain loops. */
class LevelsTest {
    private static final int N = 5;

    private final DeviceMemory memory = new DeviceMemory();
    private final Caller caller = new Caller();
    private final Random random = new Random(3);
    private final java.util.List<Report> told = new java.util.ArrayList<>();
    private long handle;

    @BeforeEach
    void create() {
        new Blas(memory, caller, null, new Reports(told::add), () -> 90, () -> 132).provide(caller.calls());
        assertEquals(0, caller.call("cublasCreate_v2", 1L));
        handle = caller.i64();
    }

    private void ok(String name, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = handle;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        assertEquals(0, caller.call(name, all), caller::error);
        caller.await();
    }

    private double[] draw(int count) {
        return random.doubles(count, -1, 1).toArray();
    }

    private double[] read(long address, int count) {
        return DataType.F64.readDoubles(memory, DeviceMemory.TURN, address, count);
    }

    private static void near(double[] expected, double[] got) {
        assertEquals(expected.length, got.length);
        for (int i = 0; i < got.length; i++) {
            assertEquals(expected[i], got[i], 1e-12);
        }
    }

    @Test
    void vectorsForwardsAndBackwards() {
        double[] x = draw(2 * N);
        double[] y = draw(N);
        long xs = memory.of(DataType.F64, x);
        long ys = memory.of(DataType.F64, y);
        ok("cublasDaxpy_v2", (long) N, Caller.scalar(DataType.F64, 3), xs, 2L, ys, -1L);
        double[] expected = y.clone();
        for (int i = 0; i < N; i++) {
            expected[N - 1 - i] += 3 * x[2 * i];
        }
        near(expected, read(ys, N));
        ok("cublasDscal_v2", (long) N, Caller.scalar(DataType.F64, -2), ys, 1L);
        for (int i = 0; i < N; i++) {
            expected[i] *= -2;
        }
        near(expected, read(ys, N));
        double dot = 0;
        double squares = 0;
        double sum = 0;
        int most = 0;
        int least = 0;
        for (int i = 0; i < N; i++) {
            dot += x[2 * i] * expected[i];
            squares += expected[i] * expected[i];
            sum += Math.abs(expected[i]);
            most = Math.abs(expected[i]) > Math.abs(expected[most]) ? i : most;
            least = Math.abs(expected[i]) < Math.abs(expected[least]) ? i : least;
        }
        ok("cublasDdot_v2", (long) N, xs, 2L, ys, 1L, 1L);
        assertEquals(dot, DataType.F64.decode(caller.bytes(), 0), 1e-12);
        ok("cublasDnrm2_v2", (long) N, ys, 1L, 1L);
        assertEquals(Math.sqrt(squares), DataType.F64.decode(caller.bytes(), 0), 1e-12);
        ok("cublasDasum_v2_64", (long) N, ys, 1L, 1L);
        assertEquals(sum, DataType.F64.decode(caller.bytes(), 0), 1e-12);
        ok("cublasIdamax_v2", (long) N, ys, 1L, 1L);
        assertEquals(most + 1, caller.i32());
        ok("cublasIdamin_v2_64", (long) N, ys, 1L, 1L);
        assertEquals(least + 1, caller.i64());
        ok("cublasIdamax_v2", 0L, ys, 1L, 1L);
        assertEquals(0, caller.i32());
        ok("cublasDswap_v2", (long) N, xs, 2L, ys, 1L);
        assertEquals(x[2], read(ys, N)[1]);
        ok("cublasDrot_v2", (long) N, ys, 1L, ys, 1L, Caller.scalar(DataType.F64, 1), Caller.scalar(DataType.F64, 0));
        assertEquals(x[2], read(ys, N)[1]);
    }

    @Test
    void theExFormsTakeHalvesInFloat() {
        long x = memory.of(DataType.F16, 1, 2, 3);
        long y = memory.of(DataType.F16, 4, 5, 6);
        ok("cublasAxpyEx", 3L, Caller.scalar(2), 0, x, 2, 1L, y, 2, 1L, 0);
        near(new double[] {6, 9, 12}, DataType.F16.readDoubles(memory, DeviceMemory.TURN, y, 3));
        ok("cublasDotEx", 3L, x, 2, 1L, y, 2, 1L, 1L, 2, 0);
        assertEquals(60, DataType.F16.decode(caller.bytes(), 0));
        assertEquals(15, caller.call("cublasDotEx", handle, 3L, x, 2, 1L, y, 0, 1L, 1L, 2, 0));
        assertEquals(15, caller.call("cublasAxpyEx", handle, 3L, Caller.scalar(DataType.F16, 2), 2, x, 2, 1L, y, 2, 1L, 0));
        assertEquals(15, caller.call("cublasScalEx", handle, 3L, Caller.scalar(DataType.F16, 2), 2, x, 2, 1L, 2));
        assertEquals(15, caller.call("cublasScalEx", handle, 3L, Caller.scalar(DataType.F16, 2), 2, x, 2, 1L, 0));
    }

    @Test
    void resultsGoToDeviceMemoryInDeviceMode() {
        long x = memory.floats(3, 4);
        long to = memory.allocate(4);
        ok("cublasSetPointerMode_v2", 1);
        assertEquals(0, caller.call("cublasSnrm2_v2", handle, 2L, x, 1L, to));
        assertEquals(0, caller.bytes().length);
        assertThrows(Fault.class, () -> memory.readFloats(DeviceMemory.TURN, to, 1));
        caller.await();
        assertEquals(5, memory.readFloats(DeviceMemory.TURN, to, 1)[0]);
    }

    /** op(a) as a full matrix, from the triangle that counts. */
    private static double[][] full(double[] a, boolean upper, boolean transposed, boolean unit, boolean mirrored) {
        double[][] full = new double[N][N];
        for (int row = 0; row < N; row++) {
            for (int column = 0; column < N; column++) {
                boolean inside = upper ? row <= column : row >= column;
                double value = row == column && unit ? 1 : inside ? a[column * N + row] : mirrored ? a[row * N + column] : 0;
                if (transposed) {
                    full[column][row] = value;
                } else {
                    full[row][column] = value;
                }
            }
        }
        return full;
    }

    private static double[] times(double[][] a, double[] x) {
        double[] y = new double[a.length];
        for (int row = 0; row < y.length; row++) {
            for (int column = 0; column < x.length; column++) {
                y[row] += a[row][column] * x[column];
            }
        }
        return y;
    }

    @Test
    void matricesAndVectors() {
        double[] a = draw(N * N);
        double[] x = draw(N);
        long as = memory.of(DataType.F64, a);
        double[] y = draw(N);
        for (int form = 0; form < 8; form++) {
            int upper = form & 1;
            int transposed = form >> 1 & 1;
            int unit = form >> 2;
            long xs = memory.of(DataType.F64, x);
            ok("cublasDtrmv_v2", upper, transposed, unit, (long) N, as, (long) N, xs, 1L);
            near(times(full(a, upper == 1, transposed == 1, unit == 1, false), x), read(xs, N));
            ok("cublasDtrsv_v2", upper, transposed, unit, (long) N, as, (long) N, xs, 1L);
            near(x, read(xs, N));
            long ys = memory.of(DataType.F64, y);
            ok("cublasDsymv_v2", upper, (long) N, Caller.scalar(DataType.F64, 2), as, (long) N, memory.of(DataType.F64, x), 1L,
                    Caller.scalar(DataType.F64, 3), ys, 1L);
            double[] expected = times(full(a, upper == 1, false, false, true), x);
            for (int i = 0; i < N; i++) {
                expected[i] = 2 * expected[i] + 3 * y[i];
            }
            near(expected, read(ys, N));
        }
        double[] wide = draw(3 * N);
        long ws = memory.of(DataType.F64, wide);
        long out = memory.allocate(8 * N);
        ok("cublasDgemv_v2", 1, 3L, (long) N, Caller.scalar(DataType.F64, 1), ws, 3L, memory.of(DataType.F64, 1, 2, 3), 1L,
                Caller.scalar(DataType.F64, 0), out, 1L);
        for (int i = 0; i < N; i++) {
            assertEquals(wide[3 * i] + 2 * wide[3 * i + 1] + 3 * wide[3 * i + 2], read(out, N)[i], 1e-12);
        }
        ok("cublasDger_v2", 3L, (long) N, Caller.scalar(DataType.F64, 2), memory.of(DataType.F64, 1, 2, 3), 1L,
                memory.of(DataType.F64, x), 1L, ws, 3L);
        assertEquals(wide[3 * 2 + 1] + 2 * 2 * x[2], read(ws, 3 * N)[3 * 2 + 1], 1e-12);
    }

    /** What trmm multiplies, trsm divides; both against the full matrix. */
    @Test
    void trianglesTimesMatricesAndBack() {
        double[] a = draw(N * N);
        long as = memory.of(DataType.F64, a);
        double[] b = draw(N * N);
        for (int form = 0; form < 16; form++) {
            int side = form >> 3;
            int upper = form & 1;
            int transposed = form >> 1 & 1;
            int unit = form >> 2 & 1;
            double[][] full = full(a, upper == 1, transposed == 1, unit == 1, false);
            long bs = memory.of(DataType.F64, b);
            long cs = memory.allocate(8 * N * N);
            ok("cublasDtrmm_v2", side, upper, transposed, unit, (long) N, (long) N, Caller.scalar(DataType.F64, 2), as, (long) N, bs,
                    (long) N, cs, (long) N);
            double[] expected = new double[N * N];
            for (int row = 0; row < N; row++) {
                for (int column = 0; column < N; column++) {
                    for (int p = 0; p < N; p++) {
                        expected[column * N + row] += 2 * (side == 0 ? full[row][p] * b[column * N + p] : b[p * N + row] * full[p][column]);
                    }
                }
            }
            near(expected, read(cs, N * N));
            ok("cublasDtrsm_v2", side, upper, transposed, unit, (long) N, (long) N, Caller.scalar(DataType.F64, 0.5), as, (long) N, cs,
                    (long) N);
            double[] back = read(cs, N * N);
            for (int i = 0; i < back.length; i++) {
                assertEquals(b[i], back[i], 1e-7);
            }
        }
    }

    @Test
    void symmetricSumsAndDiagonals() {
        double[] a = draw(N * 2);
        long as = memory.of(DataType.F64, a);
        double[] c = draw(N * N);
        for (int upper = 0; upper < 2; upper++) {
            long cs = memory.of(DataType.F64, c);
            ok("cublasDsyrk_v2", upper, 0, (long) N, 2L, Caller.scalar(DataType.F64, 1), as, (long) N, Caller.scalar(DataType.F64, 1), cs,
                    (long) N);
            double[] got = read(cs, N * N);
            for (int row = 0; row < N; row++) {
                for (int column = 0; column < N; column++) {
                    boolean inside = upper == 1 ? row <= column : row >= column;
                    double product = a[row] * a[column] + a[N + row] * a[N + column];
                    assertEquals(c[column * N + row] + (inside ? product : 0), got[column * N + row], 1e-12);
                }
            }
        }
        long to = memory.allocate(8 * N * 2);
        ok("cublasDdgmm", 1, (long) N, 2L, as, (long) N, memory.of(DataType.F64, 3, 4), 1L, to, (long) N);
        assertEquals(4 * a[N + 1], read(to, 2 * N)[N + 1], 1e-12);
        long across = memory.allocate(8 * N * 2);
        ok("cublasDgeam", 1, 1, 2L, (long) N, Caller.scalar(DataType.F64, 1), as, (long) N, Caller.scalar(DataType.F64, 2), to, (long) N,
                across, 2L);
        assertEquals(a[N + 1] + 2 * 4 * a[N + 1], read(across, 2 * N)[2 + 1], 1e-12);
    }

    @Test
    void factorsSolveAndInvert() {
        double[] a = draw(N * N);
        long as = memory.of(DataType.F64, a);
        long array = memory.longs(as);
        long pivots = memory.allocate(4 * N);
        long info = memory.allocate(4);
        double[] x = draw(N);
        double[][] full = new double[N][N];
        for (int i = 0; i < N * N; i++) {
            full[i % N][i / N] = a[i];
        }
        long small = memory.allocate(8 * N * N);
        ok("cublasDmatinvBatched", (long) N, array, (long) N, memory.longs(small), (long) N, info, 1L);
        ok("cublasDgetrfBatched", (long) N, array, (long) N, pivots, info, 1L);
        assertEquals(0, DataType.I32.readDoubles(memory, DeviceMemory.TURN, info, 1)[0]);
        long right = memory.of(DataType.F64, times(full, x));
        ok("cublasDgetrsBatched", 0, (long) N, 1L, array, (long) N, pivots, memory.longs(right), (long) N, 1L, 1L);
        assertEquals(0, caller.i32());
        double[] solved = read(right, N);
        long inverse = memory.allocate(8 * N * N);
        ok("cublasDgetriBatched", (long) N, array, (long) N, pivots, memory.longs(inverse), (long) N, info, 1L);
        double[] inverted = read(inverse, N * N);
        for (int i = 0; i < N; i++) {
            assertEquals(x[i], solved[i], 1e-8);
            double[] column = times(full, java.util.Arrays.copyOfRange(inverted, i * N, i * N + N));
            for (int row = 0; row < N; row++) {
                assertEquals(row == i ? 1 : 0, column[row], 1e-8);
            }
        }
        for (int i = 0; i < N * N; i++) {
            assertEquals(inverted[i], read(small, N * N)[i], 1e-8 * Math.max(1, Math.abs(inverted[i])));
        }
        long singular = memory.longs(memory.of(DataType.F64, 1, 2, 2, 4));
        ok("cublasDgetrfBatched", 2L, singular, 2L, pivots, info, 1L);
        assertEquals(2, DataType.I32.readDoubles(memory, DeviceMemory.TURN, info, 1)[0]);
        assertEquals(7, caller.call("cublasDmatinvBatched", handle, 33L, array, 33L, array, 33L, info, 1L));
    }

    /** Two columns of three floats each, in device memory five apart: what lies between stays unwritten. */
    @Test
    void transfersTouchOnlyElements() {
        long to = memory.allocate(8 * 4);
        byte[] packed = new byte[24];
        random.nextBytes(packed);
        assertEquals(0, caller.call("cublasSetMatrix", 3L, 2L, 4L, to, 5L, packed));
        assertTrue(java.util.Arrays.equals(java.util.Arrays.copyOfRange(packed, 12, 24), memory.readBytes(DeviceMemory.TURN, to + 20, 12)));
        assertThrows(Fault.class, () -> memory.readBytes(DeviceMemory.TURN, to + 12, 1));
        assertEquals(0, caller.call("cublasGetMatrix", 3L, 2L, 4L, to, 5L));
        assertTrue(java.util.Arrays.equals(packed, caller.bytes()));
        assertEquals(7, caller.call("cublasSetMatrix", 3L, 2L, 4L, to, 2L, packed));
    }

    @Test
    void aDestroyedHandleIsTold() {
        ok("cublasDestroy_v2");
        assertEquals(1, caller.call("cublasSetMathMode", handle, 0));
        assertEquals(Report.Rule.DEAD_HANDLE, told.get(0).rule());
        assertEquals(1, caller.call("cublasSetMathMode", 77L, 0));
        assertEquals(1, told.size());
    }

    @Test
    void misalignedElementsAreAFault() {
        long x = memory.allocate(16);
        caller.call("cublasDscal_v2", handle, 1L, Caller.scalar(DataType.F64, 1), x + 4, 1L);
        Fault fault = assertThrows(Fault.class, caller::await);
        assertEquals(Report.Rule.MISALIGNED, fault.report().rule());
    }
}

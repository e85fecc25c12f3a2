package org.jengine.softcuda.blas;

import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.CallTable;

/** Matrix and vector operations, formed in double and rounded once. */
final class Level2 {
    private Level2() {
    }

    static void provide(Blas blas, CallTable calls) {
        for (DataType type : new DataType[] {DataType.F32, DataType.F64}) {
            String letter = type == DataType.F32 ? "cublasS" : "cublasD";
            blas.add(calls, letter + "gemv_v2", a -> gemv(a, type));
            blas.add(calls, letter + "ger_v2", a -> ger(a, type));
            blas.add(calls, letter + "symv_v2", a -> symv(a, type));
            blas.add(calls, letter + "syr_v2", a -> syr(a, type));
            blas.add(calls, letter + "trmv_v2", a -> triangular(a, type, false));
            blas.add(calls, letter + "trsv_v2", a -> triangular(a, type, true));
        }
    }

    static Matrix matrix(Arguments a, DataType type, int rows, int columns) {
        return matrix(a, type, a.i64(), rows, columns, a.size());
    }

    static Matrix matrix(Arguments a, DataType type, long address, int rows, int columns, int ld) {
        a.require(ld >= Math.max(1, rows), "leading dimension " + ld + " of a matrix with " + rows + " rows");
        return new Matrix(type, address, rows, columns, ld);
    }

    private static Vector vector(Arguments a, DataType type, int count) {
        long address = a.i64();
        int step = a.size();
        a.require(step != 0, "a step of 0");
        return new Vector(type, address, count, step);
    }

    private static void present(Arguments a, long... addresses) {
        for (long address : addresses) {
            a.require(address != 0, "a null pointer");
        }
    }

    private static void blend(View view, org.jengine.softcuda.work.Turn turn, Vector to, double[] sum, double scale, double keep) {
        double[] old = keep == 0 ? null : to.read(view, turn);
        for (int i = 0; i < sum.length; i++) {
            sum[i] = scale * sum[i] + (old == null ? 0 : keep * old[i]);
        }
        to.write(view, turn, sum);
    }

    private static void gemv(Arguments a, DataType type) {
        boolean transposed = a.transposed();
        int m = a.size();
        int n = a.size();
        a.require(m >= 0 && n >= 0, "m " + m + ", n " + n);
        Object raw = a.scalar();
        Matrix matrix = matrix(a, type, m, n);
        Vector x = vector(a, type, transposed ? m : n);
        Object kept = a.scalar();
        Vector y = vector(a, type, transposed ? n : m);
        Scalar alpha = a.scalar(raw, type);
        Scalar beta = a.scalar(kept, type);
        if (m == 0 || n == 0) {
            return;
        }
        present(a, matrix.address(), x.address(), y.address());
        a.submit(turn -> {
            View view = a.view();
            double scale = alpha.get(view, turn);
            double[] sum = new double[y.count()];
            if (scale != 0) {
                double[] dense = matrix.doubles(view, turn);
                double[] from = x.read(view, turn);
                sum = transposed ? Dense.multiply(n, 1, m, Dense.transpose(m, n, dense), from) : Dense.multiply(m, 1, n, dense, from);
            }
            blend(view, turn, y, sum, scale, beta.get(view, turn));
        });
    }

    private static void ger(Arguments a, DataType type) {
        int m = a.size();
        int n = a.size();
        a.require(m >= 0 && n >= 0, "m " + m + ", n " + n);
        Scalar alpha = a.scalar(type);
        Vector x = vector(a, type, m);
        Vector y = vector(a, type, n);
        Matrix matrix = matrix(a, type, m, n);
        if (m == 0 || n == 0) {
            return;
        }
        present(a, matrix.address(), x.address(), y.address());
        a.submit(turn -> {
            View view = a.view();
            double scale = alpha.get(view, turn);
            if (scale != 0) {
                Dense.blend(view, turn, matrix, Dense.multiply(m, n, 1, x.read(view, turn), y.read(view, turn)), scale, 1);
            }
        });
    }

    private static void symv(Arguments a, DataType type) {
        boolean upper = a.second("fill mode");
        int n = a.size();
        a.require(n >= 0, "n " + n);
        Object raw = a.scalar();
        Matrix matrix = matrix(a, type, n, n);
        Vector x = vector(a, type, n);
        Object kept = a.scalar();
        Vector y = vector(a, type, n);
        Scalar alpha = a.scalar(raw, type);
        Scalar beta = a.scalar(kept, type);
        if (n == 0) {
            return;
        }
        present(a, matrix.address(), x.address(), y.address());
        a.submit(turn -> {
            View view = a.view();
            double[] dense = matrix.triangle(view, turn, upper, false, Matrix.Fill.MIRRORED);
            blend(view, turn, y, Dense.multiply(n, 1, n, dense, x.read(view, turn)), alpha.get(view, turn), beta.get(view, turn));
        });
    }

    private static void syr(Arguments a, DataType type) {
        boolean upper = a.second("fill mode");
        int n = a.size();
        a.require(n >= 0, "n " + n);
        Scalar alpha = a.scalar(type);
        Vector x = vector(a, type, n);
        Matrix matrix = matrix(a, type, n, n);
        if (n == 0) {
            return;
        }
        present(a, matrix.address(), x.address());
        a.submit(turn -> {
            View view = a.view();
            double scale = alpha.get(view, turn);
            double[] from = x.read(view, turn);
            double[] sum = matrix.triangle(view, turn, upper, false, Matrix.Fill.ZERO);
            double[] outer = Dense.multiply(n, n, 1, from, from);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += scale * outer[i];
            }
            matrix.writeTriangle(view, turn, upper, sum);
        });
    }

    private static void triangular(Arguments a, DataType type, boolean solve) {
        boolean upper = a.second("fill mode");
        boolean transposed = a.transposed();
        boolean unit = a.second("diagonal type");
        int n = a.size();
        a.require(n >= 0, "n " + n);
        Matrix matrix = matrix(a, type, n, n);
        Vector x = vector(a, type, n);
        if (n == 0) {
            return;
        }
        present(a, matrix.address(), x.address());
        a.submit(turn -> {
            View view = a.view();
            double[] dense = matrix.triangle(view, turn, upper, unit, Matrix.Fill.ZERO);
            double[] full = transposed ? Dense.transpose(n, n, dense) : dense;
            double[] values = x.read(view, turn);
            if (solve) {
                Dense.solve(upper == transposed, n, 1, full, values);
            } else {
                values = Dense.multiply(n, 1, n, full, values);
            }
            x.write(view, turn, values);
        });
    }
}

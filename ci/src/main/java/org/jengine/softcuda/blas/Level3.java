package org.jengine.softcuda.blas;

import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.work.Turn;

/** Matrix operations other than the plain product, formed in double and rounded once. */
final class Level3 {
    private Level3() {
    }

    static void provide(Blas blas, CallTable calls) {
        for (DataType type : new DataType[] {DataType.F32, DataType.F64}) {
            String letter = type == DataType.F32 ? "cublasS" : "cublasD";
            blas.add(calls, letter + "geam", a -> geam(a, type));
            blas.add(calls, letter + "dgmm", a -> dgmm(a, type));
            blas.add(calls, letter + "symm_v2", a -> symm(a, type));
            blas.add(calls, letter + "syrk_v2", a -> syrk(a, type));
            blas.add(calls, letter + "trmm_v2", a -> trmm(a, type));
            blas.add(calls, letter + "trsm_v2", a -> trsm(a, type, false));
            blas.add(calls, letter + "trsmBatched", a -> trsm(a, type, true));
        }
    }

    private static boolean some(Arguments a, int m, int n, Matrix... matrices) {
        a.require(m >= 0 && n >= 0, "sizes " + m + " and " + n);
        if (m == 0 || n == 0) {
            return false;
        }
        for (Matrix matrix : matrices) {
            a.require(matrix.address() != 0, "a null matrix");
        }
        return true;
    }

    private static void geam(Arguments a, DataType type) {
        boolean transposeA = a.transposed();
        boolean transposeB = a.transposed();
        int m = a.size();
        int n = a.size();
        Object raw = a.scalar();
        Matrix first = Level2.matrix(a, type, transposeA ? n : m, transposeA ? m : n);
        Object other = a.scalar();
        Matrix second = Level2.matrix(a, type, transposeB ? n : m, transposeB ? m : n);
        Matrix to = Level2.matrix(a, type, m, n);
        Scalar alpha = a.scalar(raw, type);
        Scalar beta = a.scalar(other, type);
        a.require(to.address() != first.address() || !transposeA && first.ld() == to.ld(), "C in place of A must lie like A");
        a.require(to.address() != second.address() || !transposeB && second.ld() == to.ld(), "C in place of B must lie like B");
        if (some(a, m, n, to)) {
            a.submit(turn -> {
                View view = a.view();
                double[] sum = new double[m * n];
                add(sum, first, transposeA, alpha.get(view, turn), view, turn);
                add(sum, second, transposeB, beta.get(view, turn), view, turn);
                to.write(view, turn, sum);
            });
        }
    }

    private static void add(double[] sum, Matrix matrix, boolean transposed, double factor, View view, Turn turn) {
        if (factor == 0) {
            return;
        }
        double[] dense = matrix.doubles(view, turn);
        double[] values = transposed ? Dense.transpose(matrix.rows(), matrix.columns(), dense) : dense;
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * values[i];
        }
    }

    private static void dgmm(Arguments a, DataType type) {
        boolean right = a.second("side mode");
        int m = a.size();
        int n = a.size();
        Matrix from = Level2.matrix(a, type, m, n);
        Vector x = new Vector(type, a.i64(), right ? n : m, a.size());
        Matrix to = Level2.matrix(a, type, m, n);
        if (some(a, m, n, from, to)) {
            a.require(x.address() != 0, "a null vector");
            a.submit(turn -> {
                double[] values = from.doubles(a.view(), turn);
                double[] factors = x.read(a.view(), turn);
                for (int i = 0; i < values.length; i++) {
                    values[i] *= factors[right ? i / m : i % m];
                }
                to.write(a.view(), turn, values);
            });
        }
    }

    private static void symm(Arguments a, DataType type) {
        boolean right = a.second("side mode");
        boolean upper = a.second("fill mode");
        int m = a.size();
        int n = a.size();
        Object raw = a.scalar();
        int square = right ? n : m;
        Matrix symmetric = Level2.matrix(a, type, square, square);
        Matrix other = Level2.matrix(a, type, m, n);
        Object kept = a.scalar();
        Matrix to = Level2.matrix(a, type, m, n);
        Scalar alpha = a.scalar(raw, type);
        Scalar beta = a.scalar(kept, type);
        if (some(a, m, n, symmetric, other, to)) {
            a.submit(turn -> {
                View view = a.view();
                double[] full = symmetric.triangle(view, turn, upper, false, Matrix.Fill.MIRRORED);
                double[] with = other.doubles(view, turn);
                double[] sum = right ? Dense.multiply(m, n, n, with, full) : Dense.multiply(m, n, m, full, with);
                Dense.blend(view, turn, to, sum, alpha.get(view, turn), beta.get(view, turn));
            });
        }
    }

    private static void syrk(Arguments a, DataType type) {
        boolean upper = a.second("fill mode");
        boolean transposed = a.transposed();
        int n = a.size();
        int k = a.size();
        Object raw = a.scalar();
        Matrix from = Level2.matrix(a, type, transposed ? k : n, transposed ? n : k);
        Object kept = a.scalar();
        Matrix to = Level2.matrix(a, type, n, n);
        Scalar alpha = a.scalar(raw, type);
        Scalar beta = a.scalar(kept, type);
        a.require(k >= 0, "k " + k);
        if (some(a, n, n, to)) {
            a.submit(turn -> {
                View view = a.view();
                double scale = alpha.get(view, turn);
                double keep = beta.get(view, turn);
                double[] sum = new double[n * n];
                if (k > 0 && scale != 0) {
                    double[] dense = from.doubles(view, turn);
                    double[] across = Dense.transpose(from.rows(), from.columns(), dense);
                    sum = transposed ? Dense.multiply(n, n, k, across, dense) : Dense.multiply(n, n, k, dense, across);
                }
                double[] old = keep == 0 ? null : to.triangle(view, turn, upper, false, Matrix.Fill.ZERO);
                for (int i = 0; i < sum.length; i++) {
                    sum[i] = scale * sum[i] + (old == null ? 0 : keep * old[i]);
                }
                to.writeTriangle(view, turn, upper, sum);
            });
        }
    }

    /** The triangular matrix of trmm and trsm. */
    private record Triangle(boolean right, boolean upper, boolean transposed, boolean unit) {
        static Triangle read(Arguments a) {
            return new Triangle(a.second("side mode"), a.second("fill mode"), a.transposed(), a.second("diagonal type"));
        }

        double[] dense(Matrix matrix, View view, Turn turn) {
            double[] dense = matrix.triangle(view, turn, upper, unit, Matrix.Fill.ZERO);
            return transposed ? Dense.transpose(matrix.rows(), matrix.rows(), dense) : dense;
        }
    }

    private static void trmm(Arguments a, DataType type) {
        Triangle shape = Triangle.read(a);
        int m = a.size();
        int n = a.size();
        Object raw = a.scalar();
        int square = shape.right ? n : m;
        Matrix triangle = Level2.matrix(a, type, square, square);
        Matrix from = Level2.matrix(a, type, m, n);
        Matrix to = Level2.matrix(a, type, m, n);
        Scalar alpha = a.scalar(raw, type);
        if (some(a, m, n, triangle, from, to)) {
            a.submit(turn -> {
                View view = a.view();
                double scale = alpha.get(view, turn);
                double[] sum = new double[m * n];
                if (scale != 0) {
                    double[] full = shape.dense(triangle, view, turn);
                    double[] with = from.doubles(view, turn);
                    sum = shape.right ? Dense.multiply(m, n, n, with, full) : Dense.multiply(m, n, m, full, with);
                }
                Dense.blend(view, turn, to, sum, scale, 0);
            });
        }
    }

    private static void trsm(Arguments a, DataType type, boolean batched) {
        Triangle shape = Triangle.read(a);
        int m = a.size();
        int n = a.size();
        Object raw = a.scalar();
        int square = shape.right ? n : m;
        Matrix triangle = Level2.matrix(a, type, square, square);
        Matrix to = Level2.matrix(a, type, m, n);
        int batch = batched ? a.size() : 1;
        Scalar alpha = a.scalar(raw, type);
        a.require(batch >= 0, "batch " + batch);
        if (some(a, m, n, triangle, to) && batch > 0) {
            a.submit(turn -> {
                View view = a.view();
                double scale = alpha.get(view, turn);
                if (!batched) {
                    solve(shape, triangle, to, scale, view, turn);
                    return;
                }
                long[] triangles = Gemms.pointers(view, turn, triangle.address(), batch);
                long[] places = Gemms.pointers(view, turn, to.address(), batch);
                for (int i = 0; i < batch; i++) {
                    solve(shape, triangle.at(triangles[i]), to.at(places[i]), scale, view, turn);
                }
            });
        }
    }

    private static void solve(Triangle shape, Matrix triangle, Matrix to, double scale, View view, Turn turn) {
        int m = to.rows();
        int n = to.columns();
        if (scale == 0) {
            to.write(view, turn, new double[m * n]);
            return;
        }
        double[] values = to.doubles(view, turn);
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale;
        }
        double[] full = shape.dense(triangle, view, turn);
        boolean lower = shape.upper == shape.transposed;
        if (shape.right) {
            // x t = b is t' x' = b'.
            double[] across = Dense.transpose(m, n, values);
            Dense.solve(!lower, n, m, Dense.transpose(n, n, full), across);
            values = Dense.transpose(n, m, across);
        } else {
            Dense.solve(lower, m, n, full, values);
        }
        to.write(view, turn, values);
    }
}

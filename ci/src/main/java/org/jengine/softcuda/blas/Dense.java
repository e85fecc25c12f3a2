package org.jengine.softcuda.blas;

import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.work.Turn;

/** Operations on dense column-major matrices of doubles. */
final class Dense {
    private Dense() {
    }

    /** a (m x k) times b (k x n). */
    static double[] multiply(int m, int n, int k, double[] a, double[] b) {
        double[] c = new double[m * n];
        // Column-major matrices are the transposes of row-major ones, so the factors change places.
        Product.add(n, m, k, b, a, c);
        return c;
    }

    /** The transpose (columns x rows) of a column-major matrix (rows x columns). */
    static double[] transpose(int rows, int columns, double[] from) {
        return Product.transpose(columns, rows, from);
    }

    /** The x (n x columns) with t x = b, for a triangular t; b is overwritten with it. */
    static void solve(boolean lower, int n, int columns, double[] t, double[] b) {
        for (int column = 0; column < columns; column++) {
            int at = column * n;
            for (int step = 0; step < n; step++) {
                int row = lower ? step : n - 1 - step;
                double value = b[at + row] / t[row * n + row];
                b[at + row] = value;
                int first = lower ? row + 1 : 0;
                int end = lower ? n : row;
                for (int other = first; other < end; other++) {
                    b[at + other] -= value * t[row * n + other];
                }
            }
        }
    }

    /**
     * Factors a (n x n) in place into a unit lower and an upper triangle.
     *
     * @param pivots gets the row, counted from 1, that each row changed places with; null for none to change
     * @return 0, or the first column, counted from 1, whose pivot is zero
     */
    static int factor(int n, double[] a, int[] pivots) {
        int singular = 0;
        for (int column = 0; column < n; column++) {
            int best = column;
            for (int row = column + 1; pivots != null && row < n; row++) {
                if (Math.abs(a[column * n + row]) > Math.abs(a[column * n + best])) {
                    best = row;
                }
            }
            if (pivots != null) {
                pivots[column] = best + 1;
                swapRows(n, n, a, column, best);
            }
            double pivot = a[column * n + column];
            if (pivot == 0) {
                singular = singular == 0 ? column + 1 : singular;
                continue;
            }
            for (int row = column + 1; row < n; row++) {
                a[column * n + row] /= pivot;
            }
            for (int other = column + 1; other < n; other++) {
                double factor = a[other * n + column];
                for (int row = column + 1; row < n; row++) {
                    a[other * n + row] -= factor * a[column * n + row];
                }
            }
        }
        return singular;
    }

    /** Overwrites b (n x columns) with the x of op(a) x = b, where a is what {@link #factor} left. */
    static void solveFactored(int n, int columns, double[] factored, int[] pivots, boolean transposed, double[] b) {
        double[] lower = new double[n * n];
        double[] upper = new double[n * n];
        for (int column = 0; column < n; column++) {
            for (int row = 0; row < n; row++) {
                double value = factored[column * n + row];
                lower[column * n + row] = row > column ? value : row == column ? 1 : 0;
                upper[column * n + row] = row <= column ? value : 0;
            }
        }
        if (transposed) {
            solve(true, n, columns, transpose(n, n, upper), b);
            solve(false, n, columns, transpose(n, n, lower), b);
            for (int row = n - 1; pivots != null && row >= 0; row--) {
                swapRows(n, columns, b, row, pivots[row] - 1);
            }
            return;
        }
        for (int row = 0; pivots != null && row < n; row++) {
            swapRows(n, columns, b, row, pivots[row] - 1);
        }
        solve(true, n, columns, lower, b);
        solve(false, n, columns, upper, b);
    }

    static double[] identity(int n) {
        double[] one = new double[n * n];
        for (int i = 0; i < n; i++) {
            one[i * n + i] = 1;
        }
        return one;
    }

    private static void swapRows(int rows, int columns, double[] a, int one, int other) {
        for (int column = 0; one != other && column < columns; column++) {
            double kept = a[column * rows + one];
            a[column * rows + one] = a[column * rows + other];
            a[column * rows + other] = kept;
        }
    }

    /** scale * sum + keep * old, into the place; the old values are not read where keep is zero. */
    static void blend(View view, Turn turn, Matrix to, double[] sum, double scale, double keep) {
        double[] old = keep == 0 ? null : to.doubles(view, turn);
        for (int i = 0; i < sum.length; i++) {
            sum[i] = scale * sum[i] + (old == null ? 0 : keep * old[i]);
        }
        to.write(view, turn, sum);
    }
}

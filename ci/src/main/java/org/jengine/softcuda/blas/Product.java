package org.jengine.softcuda.blas;

/**
 * Products of dense row-major matrices in float, each sum kept in one float and formed with fma in the order of k, as a GPU's plain
 * kernel does. The inner loop has the one shape that HotSpot of JDK 17 makes vectors of: one output, inputs in arrays of their own, no
 * offset into any (measured: 44 GFLOP/s at 512 columns, 17 at 128; with offsets, or with two outputs, 7 to 10).
 */
public final class Product {
    /** Columns and depth of the part of b that stays in the first-level cache. */
    private static final int WIDE = 512;
    private static final int DEEP = 16;
    /** Below this many columns a vector loop does not pay, and the product is formed transposed. */
    private static final int NARROW = 32;
    private static final int TILE = 32;

    private Product() {
    }

    /** Adds a (m x k) times b (k x n) to c (m x n). */
    public static void add(int m, int n, int k, float[] a, float[] b, float[] c) {
        if (n < NARROW && m > n) {
            float[] across = transpose(m, n, c);
            rows(n, m, k, transpose(k, n, b), transpose(m, k, a), across);
            System.arraycopy(transpose(n, m, across), 0, c, 0, m * n);
            return;
        }
        rows(m, n, k, a, b, c);
    }

    /** The transpose (columns x rows) of a matrix (rows x columns). */
    public static float[] transpose(int rows, int columns, float[] from) {
        float[] to = new float[rows * columns];
        for (int r0 = 0; r0 < rows; r0 += TILE) {
            int r1 = Math.min(rows, r0 + TILE);
            for (int c0 = 0; c0 < columns; c0 += TILE) {
                int c1 = Math.min(columns, c0 + TILE);
                for (int r = r0; r < r1; r++) {
                    for (int c = c0; c < c1; c++) {
                        to[c * rows + r] = from[r * columns + c];
                    }
                }
            }
        }
        return to;
    }

    private static void rows(int m, int n, int k, float[] a, float[] b, float[] c) {
        float[][] panel = new float[DEEP][Math.min(n, WIDE)];
        float[] row = new float[Math.min(n, WIDE)];
        for (int j = 0; j < n; j += WIDE) {
            int wide = Math.min(WIDE, n - j);
            for (int p = 0; p < k; p += DEEP) {
                int deep = Math.min(DEEP, k - p);
                for (int q = 0; q < deep; q++) {
                    System.arraycopy(b, (p + q) * n + j, panel[q], 0, wide);
                }
                for (int i = 0; i < m; i++) {
                    int left = i * k + p;
                    System.arraycopy(c, i * n + j, row, 0, wide);
                    int q = 0;
                    for (; q + 4 <= deep; q += 4) {
                        four(row, panel[q], panel[q + 1], panel[q + 2], panel[q + 3],
                                a[left + q], a[left + q + 1], a[left + q + 2], a[left + q + 3], wide);
                    }
                    for (; q < deep; q++) {
                        one(row, panel[q], a[left + q], wide);
                    }
                    System.arraycopy(row, 0, c, i * n + j, wide);
                }
            }
        }
    }

    private static void four(float[] row, float[] b0, float[] b1, float[] b2, float[] b3, float a0, float a1, float a2, float a3,
            int wide) {
        for (int i = 0; i < wide; i++) {
            row[i] = Math.fma(b3[i], a3, Math.fma(b2[i], a2, Math.fma(b1[i], a1, Math.fma(b0[i], a0, row[i]))));
        }
    }

    private static void one(float[] row, float[] b, float a, int wide) {
        for (int i = 0; i < wide; i++) {
            row[i] = Math.fma(b[i], a, row[i]);
        }
    }

    /** Adds a (m x k) times b (k x n) to c (m x n), in double. */
    public static void add(int m, int n, int k, double[] a, double[] b, double[] c) {
        for (int i = 0; i < m; i++) {
            for (int p = 0; p < k; p++) {
                double x = a[i * k + p];
                for (int j = 0; j < n; j++) {
                    c[i * n + j] = Math.fma(x, b[p * n + j], c[i * n + j]);
                }
            }
        }
    }

    /** The transpose (columns x rows) of a matrix (rows x columns). */
    public static double[] transpose(int rows, int columns, double[] from) {
        double[] to = new double[rows * columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                to[c * rows + r] = from[r * columns + c];
            }
        }
        return to;
    }
}

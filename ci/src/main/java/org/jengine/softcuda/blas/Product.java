package org.jengine.softcuda.blas;

/**
 * Products of dense row-major matrices in float, each sum kept in one float and formed with fma in the order of k, as a GPU's plain
 * kernel does. The
 * inner loops have the shape that HotSpot vectorises: several inputs, two rows of output in arrays of their own.
 */
public final class Product {
    /** Columns and depth of the part of b that stays in the first-level cache. */
    private static final int WIDE = 128;
    private static final int DEEP = 32;
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
        float[] panel = new float[WIDE * DEEP];
        float[] upper = new float[WIDE];
        float[] lower = new float[WIDE];
        float[] left = new float[2 * DEEP];
        for (int j = 0; j < n; j += WIDE) {
            int wide = Math.min(WIDE, n - j);
            for (int p = 0; p < k; p += DEEP) {
                int deep = Math.min(DEEP, k - p);
                for (int q = 0; q < deep; q++) {
                    System.arraycopy(b, (p + q) * n + j, panel, q * wide, wide);
                }
                for (int i = 0; i < m; i += 2) {
                    boolean two = i + 1 < m;
                    System.arraycopy(a, i * k + p, left, 0, deep);
                    System.arraycopy(c, i * n + j, upper, 0, wide);
                    if (two) {
                        System.arraycopy(a, (i + 1) * k + p, left, DEEP, deep);
                        System.arraycopy(c, (i + 1) * n + j, lower, 0, wide);
                    }
                    int q = 0;
                    for (; q + 4 <= deep; q += 4) {
                        four(upper, lower, panel, q * wide, left, q, wide);
                    }
                    for (; q < deep; q++) {
                        one(upper, panel, q * wide, left[q], wide);
                        one(lower, panel, q * wide, left[DEEP + q], wide);
                    }
                    System.arraycopy(upper, 0, c, i * n + j, wide);
                    if (two) {
                        System.arraycopy(lower, 0, c, (i + 1) * n + j, wide);
                    }
                }
            }
        }
    }

    private static void four(float[] upper, float[] lower, float[] panel, int at, float[] left, int q, int wide) {
        int b1 = at + wide;
        int b2 = b1 + wide;
        int b3 = b2 + wide;
        float x0 = left[q];
        float x1 = left[q + 1];
        float x2 = left[q + 2];
        float x3 = left[q + 3];
        float y0 = left[DEEP + q];
        float y1 = left[DEEP + q + 1];
        float y2 = left[DEEP + q + 2];
        float y3 = left[DEEP + q + 3];
        for (int i = 0; i < wide; i++) {
            float w0 = panel[at + i];
            float w1 = panel[b1 + i];
            float w2 = panel[b2 + i];
            float w3 = panel[b3 + i];
            upper[i] = Math.fma(w3, x3, Math.fma(w2, x2, Math.fma(w1, x1, Math.fma(w0, x0, upper[i]))));
            lower[i] = Math.fma(w3, y3, Math.fma(w2, y2, Math.fma(w1, y1, Math.fma(w0, y0, lower[i]))));
        }
    }

    private static void one(float[] row, float[] panel, int at, float x, int wide) {
        for (int i = 0; i < wide; i++) {
            row[i] = Math.fma(panel[at + i], x, row[i]);
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

package org.jengine.kernels.ref;

/**
 * Convolution of stride 1 as written in a textbook (a cross-correlation, as in every framework; Keras: {@code Conv2D}): the oracle of
 * the library operation.
 *
 * <p>{@code x [n, h, w, c]}, filters {@code f [k, r, s, c]}, bias {@code b [k]}, {@code y [n, p, q, k]} with
 * {@code p = h + 2 * pad - r + 1} and {@code q = w + 2 * pad - s + 1}; {@code pad} rows and columns of zeros stand on every side. No
 * activation.
 */
public final class ConvRef {
    private ConvRef() {
    }

    /** The sizes of a convolution; {@code k} filters of {@code r} rows and {@code s} columns. */
    public record Dims(int n, int h, int w, int c, int k, int r, int s, int pad) {
        /** Rows of the output. */
        public int p() {
            return h + 2 * pad - r + 1;
        }

        /** Columns of the output. */
        public int q() {
            return w + 2 * pad - s + 1;
        }

        public int xCount() {
            return n * h * w * c;
        }

        public int yCount() {
            return n * p() * q() * k;
        }

        public int filterCount() {
            return k * r * s * c;
        }

        private boolean inside(int row, int column) {
            return row >= 0 && row < h && column >= 0 && column < w;
        }

        private int x(int image, int row, int column, int channel) {
            return ((image * h + row) * w + column) * c + channel;
        }

        private int y(int image, int row, int column, int filter) {
            return ((image * p() + row) * q() + column) * k + filter;
        }

        private int f(int filter, int row, int column, int channel) {
            return ((filter * r + row) * s + column) * c + channel;
        }
    }

    /** What {@link #backwardWeights} gives: {@code df [k, r, s, c]} and {@code db [k]}, sums over the batch. */
    public record WeightGradients(double[] df, double[] db) {
    }

    /** {@code y[i, u, v, m] = b[m] + sum over e, g, o of x[i, u + e - pad, v + g - pad, o] * f[m, e, g, o]}. */
    public static double[] forward(double[] x, double[] f, double[] b, Dims d) {
        double[] y = new double[d.yCount()];
        eachProduct(d, (xi, fi, yi) -> y[yi] += x[xi] * f[fi]);
        for (int i = 0; i < y.length; i++) {
            y[i] += b[i % d.k()];
        }
        return y;
    }

    /** {@code dx} from {@code dy}. */
    public static double[] backwardData(double[] dy, double[] f, Dims d) {
        double[] dx = new double[d.xCount()];
        eachProduct(d, (xi, fi, yi) -> dx[xi] += dy[yi] * f[fi]);
        return dx;
    }

    /** The gradients of the filters and of the bias from {@code dy}. */
    public static WeightGradients backwardWeights(double[] x, double[] dy, Dims d) {
        double[] df = new double[d.filterCount()];
        eachProduct(d, (xi, fi, yi) -> df[fi] += x[xi] * dy[yi]);
        double[] db = new double[d.k()];
        for (int i = 0; i < dy.length; i++) {
            db[i % d.k()] += dy[i];
        }
        return new WeightGradients(df, db);
    }

    /** The indices of one product {@code x * f} that the sum for {@code y} contains. */
    private interface Product {
        void at(int x, int f, int y);
    }

    /** Visits every product of a convolution; the three directions differ only in which factor they are after. */
    private static void eachProduct(Dims d, Product product) {
        for (int image = 0; image < d.n(); image++) {
            for (int row = 0; row < d.p(); row++) {
                for (int column = 0; column < d.q(); column++) {
                    for (int filter = 0; filter < d.k(); filter++) {
                        eachProductOf(d, image, row, column, filter, product);
                    }
                }
            }
        }
    }

    private static void eachProductOf(Dims d, int image, int row, int column, int filter, Product product) {
        for (int e = 0; e < d.r(); e++) {
            for (int g = 0; g < d.s(); g++) {
                int fromRow = row + e - d.pad();
                int fromColumn = column + g - d.pad();
                for (int o = 0; o < d.c() && d.inside(fromRow, fromColumn); o++) {
                    product.at(d.x(image, fromRow, fromColumn, o), d.f(filter, e, g, o), d.y(image, row, column, filter));
                }
            }
        }
    }
}

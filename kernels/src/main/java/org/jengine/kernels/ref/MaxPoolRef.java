package org.jengine.kernels.ref;

/**
 * Max pooling over windows that do not overlap (Keras: {@code MaxPooling2D}, padding {@code valid}): the oracle of the library
 * operation. {@code x [n, h, w, c]}, {@code y [n, h / window, w / window, c]}; rows and columns that fill no window are dropped.
 */
public final class MaxPoolRef {
    private MaxPoolRef() {
    }

    /** What {@link #forward} gives: {@code y}, and of its shape the place of each maximum in its window, row by row from 0. */
    public record Result(double[] y, int[] index) {
    }

    /** The maximum of every window; among equals the first, row by row. */
    public static Result forward(double[] x, int n, int h, int w, int c, int window) {
        int p = h / window;
        int q = w / window;
        double[] y = new double[n * p * q * c];
        int[] index = new int[y.length];
        for (int out = 0; out < y.length; out++) {
            y[out] = Double.NEGATIVE_INFINITY;
            for (int place = 0; place < window * window; place++) {
                double value = x[source(out, place, h, w, c, window)];
                if (value > y[out]) {
                    y[out] = value;
                    index[out] = place;
                }
            }
        }
        return new Result(y, index);
    }

    /** {@code dx}: each {@code dy} goes to the place of its maximum, everything else is 0. */
    public static double[] backward(double[] dy, int[] index, int n, int h, int w, int c, int window) {
        double[] dx = new double[n * h * w * c];
        for (int out = 0; out < dy.length; out++) {
            dx[source(out, index[out], h, w, c, window)] = dy[out];
        }
        return dx;
    }

    /** The index in {@code x} of a place in the window of an element of {@code y}. */
    public static int source(int out, int place, int h, int w, int c, int window) {
        int p = h / window;
        int q = w / window;
        int channel = out % c;
        int column = out / c % q * window + place % window;
        int row = out / c / q % p * window + place / window;
        int image = out / c / q / p;
        return ((image * h + row) * w + column) * c + channel;
    }
}

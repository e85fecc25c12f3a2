package org.jengine.kernels.ref;

/**
 * Dense layer (Keras: {@code Dense}): the oracle of the library operation. {@code x [n, in]}, {@code w [in, out]}, {@code b [out]},
 * {@code y [n, out]}. No activation.
 */
public final class DenseRef {
    private DenseRef() {
    }

    /** What {@link #backwardWeights} gives: {@code dw [in, out]} and {@code db [out]}, sums over the batch. */
    public record WeightGradients(double[] dw, double[] db) {
    }

    /** {@code y = x w + b}. */
    public static double[] forward(double[] x, double[] w, double[] b, int n, int in, int out) {
        double[] y = new double[n * out];
        for (int i = 0; i < n; i++) {
            for (int o = 0; o < out; o++) {
                double sum = b[o];
                for (int j = 0; j < in; j++) {
                    sum += x[i * in + j] * w[j * out + o];
                }
                y[i * out + o] = sum;
            }
        }
        return y;
    }

    /** {@code dx = dy w'}. */
    public static double[] backwardData(double[] dy, double[] w, int n, int in, int out) {
        double[] dx = new double[n * in];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < in; j++) {
                for (int o = 0; o < out; o++) {
                    dx[i * in + j] += dy[i * out + o] * w[j * out + o];
                }
            }
        }
        return dx;
    }

    /** {@code dw = x' dy}, {@code db = sum(dy)} over the batch. */
    public static WeightGradients backwardWeights(double[] x, double[] dy, int n, int in, int out) {
        double[] dw = new double[in * out];
        double[] db = new double[out];
        for (int i = 0; i < n; i++) {
            for (int o = 0; o < out; o++) {
                db[o] += dy[i * out + o];
                for (int j = 0; j < in; j++) {
                    dw[j * out + o] += x[i * in + j] * dy[i * out + o];
                }
            }
        }
        return new WeightGradients(dw, db);
    }
}

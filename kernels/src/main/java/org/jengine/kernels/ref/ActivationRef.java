package org.jengine.kernels.ref;

/** The activations that a library operation can apply to its result; element by element, the derivatives taken from {@code y}. */
public final class ActivationRef {
    private ActivationRef() {
    }

    /** {@code y = max(x, 0)}. */
    public static double[] relu(double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i] > 0 ? x[i] : 0;
        }
        return y;
    }

    /** {@code dx = y > 0 ? dy : 0}. */
    public static double[] reluBackward(double[] dy, double[] y) {
        double[] dx = new double[y.length];
        for (int i = 0; i < y.length; i++) {
            dx[i] = y[i] > 0 ? dy[i] : 0;
        }
        return dx;
    }

    /** {@code y = 1 / (1 + exp(-x))}. */
    public static double[] sigmoid(double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = 1 / (1 + Math.exp(-x[i]));
        }
        return y;
    }

    /** {@code dx = dy * y * (1 - y)}. */
    public static double[] sigmoidBackward(double[] dy, double[] y) {
        double[] dx = new double[y.length];
        for (int i = 0; i < y.length; i++) {
            dx[i] = dy[i] * y[i] * (1 - y[i]);
        }
        return dx;
    }
}

package org.jengine.kernels.ref;

/**
 * Batch normalisation over the last dimension: Ioffe and Szegedy, arXiv 1502.03167, with Keras' {@code BatchNormalization} semantics:
 * the oracle of the library operation. {@code x y dx dy [rows, channels]}, everything else {@code [channels]}; images are
 * {@code rows = n * h * w}.
 */
public final class BatchNormRef {
    private BatchNormRef() {
    }

    /** What {@link #forward} gives; {@code invStd = 1 / sqrt(variance + epsilon)} of the batch. */
    public record Training(double[] y, double[] mean, double[] invStd, double[] runningMean, double[] runningVar) {
    }

    /** What {@link #backward} gives. */
    public record Gradients(double[] dx, double[] dgamma, double[] dbeta) {
    }

    /**
     * Normalises with the batch's mean and biased variance:
     * {@code y = gamma * (x - mean) * invStd + beta}, {@code running = momentum * running + (1 - momentum) * batch}.
     */
    public static Training forward(double[] x, double[] gamma, double[] beta, double[] runningMean, double[] runningVar,
            int rows, int channels, double momentum, double epsilon) {
        double[] y = new double[rows * channels];
        double[] mean = new double[channels];
        double[] invStd = new double[channels];
        double[] nextMean = new double[channels];
        double[] nextVar = new double[channels];
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < rows; i++) {
                mean[c] += x[i * channels + c] / rows;
            }
            double variance = 0;
            for (int i = 0; i < rows; i++) {
                double off = x[i * channels + c] - mean[c];
                variance += off * off / rows;
            }
            invStd[c] = 1 / Math.sqrt(variance + epsilon);
            nextMean[c] = momentum * runningMean[c] + (1 - momentum) * mean[c];
            nextVar[c] = momentum * runningVar[c] + (1 - momentum) * variance;
            for (int i = 0; i < rows; i++) {
                y[i * channels + c] = gamma[c] * (x[i * channels + c] - mean[c]) * invStd[c] + beta[c];
            }
        }
        return new Training(y, mean, invStd, nextMean, nextVar);
    }

    /** {@code y = gamma * (x - runningMean) / sqrt(runningVar + epsilon) + beta}. */
    public static double[] inference(double[] x, double[] gamma, double[] beta, double[] runningMean, double[] runningVar,
            int rows, int channels, double epsilon) {
        double[] y = new double[rows * channels];
        for (int i = 0; i < y.length; i++) {
            int c = i % channels;
            y[i] = gamma[c] * (x[i] - runningMean[c]) / Math.sqrt(runningVar[c] + epsilon) + beta[c];
        }
        return y;
    }

    /**
     * The way back through {@link #forward}, mean and variance included. With {@code xhat = (x - mean) * invStd}:
     * {@code dbeta = sum(dy)}, {@code dgamma = sum(dy * xhat)},
     * {@code dx = gamma * invStd * (dy - dbeta / rows - xhat * dgamma / rows)}.
     */
    public static Gradients backward(double[] dy, double[] x, double[] gamma, double[] mean, double[] invStd, int rows, int channels) {
        double[] dx = new double[rows * channels];
        double[] dgamma = new double[channels];
        double[] dbeta = new double[channels];
        for (int i = 0; i < dx.length; i++) {
            int c = i % channels;
            dbeta[c] += dy[i];
            dgamma[c] += dy[i] * (x[i] - mean[c]) * invStd[c];
        }
        for (int i = 0; i < dx.length; i++) {
            int c = i % channels;
            double xhat = (x[i] - mean[c]) * invStd[c];
            dx[i] = gamma[c] * invStd[c] * (dy[i] - dbeta[c] / rows - xhat * dgamma[c] / rows);
        }
        return new Gradients(dx, dgamma, dbeta);
    }
}

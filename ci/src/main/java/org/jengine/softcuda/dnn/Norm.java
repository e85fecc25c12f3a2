package org.jengine.softcuda.dnn;

/**
 * Normalisation: which elements share a mean and a variance, and which share a scale, is said by the dimensions of these. Sums are formed
 * in double.
 *
 * @param dims      of the data
 * @param statistic of mean and inverse deviation
 * @param scale     of scale and bias
 * @param centred   whether the mean is taken off; the root mean square norm does not
 */
record Norm(int[] dims, int[] statistic, int[] scale, boolean centred) {
    /** @param variance biased, as the data has it */
    record Statistics(float[] mean, float[] variance, float[] inverse) {
    }

    /** How many elements share a mean. */
    int shared() {
        return Tensor.count(dims) / Tensor.count(statistic);
    }

    Statistics statistics(float[] x, double epsilon) {
        int[] places = Shapes.places(statistic, dims);
        int count = Tensor.count(statistic);
        double[] sums = new double[count];
        for (int i = 0; centred && i < x.length; i++) {
            sums[places[i]] += x[i];
        }
        double[] squares = new double[count];
        for (int i = 0; i < x.length; i++) {
            double off = x[i] - sums[places[i]] / shared();
            squares[places[i]] += off * off;
        }
        Statistics found = new Statistics(new float[count], new float[count], new float[count]);
        for (int i = 0; i < count; i++) {
            found.mean[i] = (float) (sums[i] / shared());
            found.variance[i] = (float) (squares[i] / shared());
            found.inverse[i] = (float) (1 / Math.sqrt(squares[i] / shared() + epsilon));
        }
        return found;
    }

    /** The inverse deviation of a variance. */
    static float[] inverse(float[] variance, double epsilon) {
        float[] inverse = new float[variance.length];
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = (float) (1 / Math.sqrt(variance[i] + epsilon));
        }
        return inverse;
    }

    /** Scale times the normalised data plus bias; the bias may be null. */
    float[] apply(float[] x, float[] mean, float[] inverse, float[] factors, float[] bias) {
        int[] places = Shapes.places(statistic, dims);
        int[] scales = Shapes.places(scale, dims);
        float[] y = new float[x.length];
        for (int i = 0; i < y.length; i++) {
            float normal = (centred ? x[i] - mean[places[i]] : x[i]) * inverse[places[i]];
            y[i] = Math.fma(normal, factors[scales[i]], bias == null ? 0 : bias[scales[i]]);
        }
        return y;
    }

    /** Gradients of the data, the scale and the bias. */
    record Gradients(float[] dx, float[] dscale, float[] dbias) {
    }

    Gradients gradients(float[] x, float[] dy, float[] mean, float[] inverse, float[] factors) {
        int[] places = Shapes.places(statistic, dims);
        int[] scales = Shapes.places(scale, dims);
        double[] dscale = new double[factors.length];
        double[] dbias = new double[factors.length];
        double[] pulls = new double[inverse.length];
        double[] turns = new double[inverse.length];
        float[] normal = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            int at = places[i];
            normal[i] = (centred ? x[i] - mean[at] : x[i]) * inverse[at];
            dbias[scales[i]] += dy[i];
            dscale[scales[i]] += (double) dy[i] * normal[i];
            double pull = (double) dy[i] * factors[scales[i]];
            pulls[at] += pull;
            turns[at] += pull * normal[i];
        }
        float[] dx = new float[x.length];
        for (int i = 0; i < dx.length; i++) {
            int at = places[i];
            double pull = (double) dy[i] * factors[scales[i]] - normal[i] * turns[at] / shared() - (centred ? pulls[at] / shared() : 0);
            dx[i] = (float) (pull * inverse[at]);
        }
        return new Gradients(dx, floats(dscale), floats(dbias));
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}

package org.jengine.nn.golden;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jengine.kernels.Shape;
import org.jengine.nn.NamedWeight;
import org.jengine.nn.Net;
import org.jengine.nn.Weights;

/**
 * The closed formulas of {@code formula.py}: weights and images of the golden runs as a hash of a seed, a stream and the element, so
 * that neither needs storing. Weight tensors take their index in the net as their stream.
 */
final class Formula {
    static final int IMAGES = 1000;
    static final int LABELS = 1001;
    static final int VALIDATION_IMAGES = 1002;
    static final int VALIDATION_LABELS = 1003;

    private Formula() {
    }

    private static int mix(int x) {
        x = (x ^ x >>> 16) * 0x7FEB352D;
        x = (x ^ x >>> 15) * 0x846CA68B;
        return x ^ x >>> 16;
    }

    static int hash(int seed, int stream, int i) {
        return mix(mix(mix(seed) + stream) + i);
    }

    /** Uniform in plus and minus {@code sqrt(6 / (fanIn + fanOut))}. */
    static float[] glorot(int seed, int stream, int count, long fanIn, long fanOut) {
        double limit = Math.sqrt(6.0 / (fanIn + fanOut));
        float[] out = new float[count];
        for (int i = 0; i < count; i++) {
            double unit = (hash(seed, stream, i) >>> 8) * 0x1p-24 + 0x1p-25;
            out[i] = (float) ((2 * unit - 1) * limit);
        }
        return out;
    }

    static byte[] images(int seed, int stream, int count) {
        byte[] out = new byte[count];
        for (int i = 0; i < count; i++) {
            out[i] = (byte) hash(seed, stream, i);
        }
        return out;
    }

    static byte[] labels(int seed, int stream, int count, int classes) {
        byte[] out = new byte[count];
        for (int i = 0; i < count; i++) {
            out[i] = (byte) Integer.remainderUnsigned(hash(seed, stream, i), classes);
        }
        return out;
    }

    /** Glorot-uniform filters and matrices, biases, betas and means of 0, gammas and variances of 1. */
    static Weights weights(Net net, int seed) {
        Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
        for (NamedWeight w : net.weights()) {
            Shape shape = w.spec().shape();
            tensors.put(w.name(), new Weights.Tensor(shape, fresh(w, seed, tensors.size())));
        }
        return new Weights(tensors);
    }

    private static float[] fresh(NamedWeight weight, int seed, int index) {
        Shape shape = weight.spec().shape();
        int count = Math.toIntExact(shape.count());
        if (shape.rank() == 4) {
            long window = (long) shape.dim(1) * shape.dim(2);
            return glorot(seed, index, count, window * shape.dim(3), window * shape.dim(0));
        } else if (shape.rank() == 2) {
            return glorot(seed, index, count, shape.dim(0), shape.dim(1));
        }
        float[] out = new float[count];
        if (weight.name().endsWith(".gamma") || weight.name().endsWith(".running_var")) {
            Arrays.fill(out, 1);
        }
        return out;
    }
}

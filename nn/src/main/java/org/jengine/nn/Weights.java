package org.jengine.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jengine.kernels.Shape;

/**
 * A net's weights on the host, float32, by name in the order of the layers: {@code conv1.weight}, {@code conv1.bias},
 * {@code norm1.gamma}, {@code norm1.running_mean} and so on. Filters are KRSC, dense weights {@code [in, out]}.
 */
public final class Weights {
    private final Map<String, Tensor> tensors;

    /** One named array; {@code values} is not copied and must not be changed afterwards. */
    public record Tensor(Shape shape, float[] values) {
        public Tensor {
            if (shape.count() != values.length) {
                throw new IllegalArgumentException(values.length + " values for " + shape);
            }
        }
    }

    public Weights(Map<String, Tensor> tensors) {
        this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** What a net starts from; the same on every machine. */
    public static Weights initial(Net net, long seed) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (NamedWeight w : net.weights()) {
            float[] values = new float[Math.toIntExact(w.spec().shape().count())];
            w.spec().initializer().fill(values, seed, tensors.size());
            tensors.put(w.name(), new Tensor(w.spec().shape(), values));
        }
        return new Weights(tensors);
    }

    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** @throws IllegalArgumentException naming the first array that the net lacks, or has in another shape, or that is missing here */
    public void check(Net net) {
        Set<String> left = new LinkedHashSet<>(tensors.keySet());
        for (NamedWeight w : net.weights()) {
            Tensor t = tensors.get(w.name());
            if (t == null) {
                throw new IllegalArgumentException("net '" + net.name() + "' has weights " + w.name() + " " + w.spec().shape()
                        + ", which are missing");
            }
            if (!t.shape.equals(w.spec().shape())) {
                throw new IllegalArgumentException("net '" + net.name() + "' has weights " + w.name() + " of shape " + w.spec().shape()
                        + ", these are of shape " + t.shape);
            }
            left.remove(w.name());
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("net '" + net.name() + "' has no weights " + left.iterator().next());
        }
    }
}

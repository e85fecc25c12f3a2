package org.jengine.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
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

    public Map<String, Tensor> tensors() {
        return tensors;
    }
}

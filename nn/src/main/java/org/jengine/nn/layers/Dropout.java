package org.jengine.nn.layers;

import java.util.List;
import org.jengine.kernels.Shape;
import org.jengine.nn.Layer;
import org.jengine.nn.LayerPlan;
import org.jengine.nn.Site;

/**
 * Inverted dropout; nothing in evaluation.
 *
 * @param rate share of the elements that become 0; the others grow so that the sum is expected to stay
 */
public record Dropout(float rate) implements Layer {
    public Dropout {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("a dropout rate must be at least 0 and below 1, got " + rate);
        }
    }

    @Override
    public String operation() {
        return "Dropout " + rate;
    }

    @Override
    public String kind() {
        return "dropout";
    }

    @Override
    public Shape output(Shape in) {
        return in;
    }

    @Override
    public LayerPlan plan(Site s) {
        if (!s.training()) {
            return new LayerPlan(s.x(), List.of(), null);
        }
        throw new UnsupportedOperationException();
    }
}

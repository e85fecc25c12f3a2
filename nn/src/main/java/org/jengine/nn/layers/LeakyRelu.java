package org.jengine.nn.layers;

import java.util.List;
import org.jengine.kernels.Shape;
import org.jengine.nn.Layer;
import org.jengine.nn.LayerPlan;
import org.jengine.nn.Site;
import org.jengine.runtime.Kernel;
import org.jengine.runtime.Slice;

/**
 * {@code y = x > 0 ? x : slope * x}, Keras' {@code LeakyReLU}.
 *
 * @param slope of the negative part
 */
public record LeakyRelu(float slope) implements Layer {
    public LeakyRelu {
        if (!(slope >= 0 && slope < 1)) {
            throw new IllegalArgumentException("a slope must be at least 0 and below 1, got " + slope);
        }
    }

    @Override
    public String operation() {
        return "LeakyReLU " + slope;
    }

    @Override
    public String kind() {
        return "leaky_relu";
    }

    @Override
    public Shape output(Shape in) {
        return in;
    }

    @Override
    public LayerPlan plan(Site s) {
        int count = Math.toIntExact(s.x().count());
        Slice y = s.perImage("y", s.in(), s.real());
        Kernel forward = s.device().kernel(org.jengine.kernels.LeakyRelu.fwd(s.real()));
        return new LayerPlan(y, List.of(forward.bind(y, s.x(), count, slope)), (dy, wantDx, out) -> {
            out.add(s.device().kernel(org.jengine.kernels.LeakyRelu.bwd(s.real())).bind(dy, dy, s.x(), count, slope));
            return dy;
        });
    }
}

package org.jengine.nn.layers;

import java.util.List;
import org.jengine.kernels.Matmul;
import org.jengine.kernels.Shape;
import org.jengine.nn.Layer;
import org.jengine.nn.LayerPlan;
import org.jengine.nn.Site;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Kernel;
import org.jengine.runtime.Slice;

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
    public float dropRate() {
        return rate;
    }

    @Override
    public boolean derives() {
        return true;
    }

    @Override
    public LayerPlan plan(Site s) {
        if (!s.training()) {
            return new LayerPlan(s.x(), List.of(), null);
        }
        Kernel dropout = s.device().kernel(org.jengine.kernels.Dropout.of(s.real()));
        int count = Math.toIntExact(s.x().count());
        Slice y = s.mayOverwriteX() ? s.x() : s.perImage("y", s.in(), s.real());
        return new LayerPlan(y, List.of(dropout.bind(y, s.x(), s.clock(), s.key(), count, s.layer(), rate)), (dy, wantDx, out) -> {
            // The mask is a function of counters, so the way back draws it again instead of keeping it.
            out.add(s.device().kernel(org.jengine.kernels.Dropout.bwd(s.real()))
                    .bind(dy, dy, s.x(), s.clock(), s.key(), count, s.layer(), number(s.before()), rate));
            return dy;
        });
    }

    /** The number by which kernels know an activation. */
    private static int number(Activation activation) {
        return switch (activation) {
            case NONE -> Matmul.NONE;
            case RELU -> Matmul.RELU;
            case SIGMOID -> Matmul.SIGMOID;
        };
    }
}

package org.jengine.nn.layers;

import java.util.List;
import org.jengine.kernels.Shape;
import org.jengine.nn.Act;
import org.jengine.nn.Initializer;
import org.jengine.nn.Layer;
import org.jengine.nn.LayerPlan;
import org.jengine.nn.Site;
import org.jengine.nn.WeightSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Library;
import org.jengine.runtime.Slice;

/** Every unit sees every feature; with bias. */
public record Dense(int units, Act activation) implements Layer {
    public Dense {
        if (units < 1) {
            throw new IllegalArgumentException("a dense layer needs units, got " + units);
        }
    }

    public Dense relu() {
        return new Dense(units, Act.RELU);
    }

    public Dense sigmoid() {
        return new Dense(units, Act.SIGMOID);
    }

    /** Probabilities of the classes; the end of a net. */
    public Dense softmax() {
        return new Dense(units, Act.SOFTMAX);
    }

    @Override
    public String operation() {
        return "Dense " + units + activation.suffix();
    }

    @Override
    public String kind() {
        return "dense";
    }

    @Override
    public Shape output(Shape in) {
        if (in.rank() != 1) {
            throw new IllegalArgumentException("takes plain features, not " + in + "; put flatten() before it");
        }
        return Shape.of(units);
    }

    @Override
    public List<WeightSpec> weights(Shape in) {
        return List.of(WeightSpec.matrix("weight", Shape.of(in.last(), units), in.last(), units),
                WeightSpec.vector("bias", units, Initializer.ZEROS));
    }

    @Override
    public long flops(Shape in) {
        return 2L * in.last() * units;
    }

    @Override
    public boolean derives() {
        return true;
    }

    @Override
    public LayerPlan plan(Site s) {
        DenseSpec spec = new DenseSpec(s.batch(), s.in().last(), units, s.real(), activation.fused(), s.before());
        Library.DensePlan dense = s.library().dense(spec);
        Library.DensePlan beside = s.libraryBeside().dense(spec);
        Slice x = s.x();
        Slice w = s.weight("weight");
        Slice y = s.perImage("y", output(s.in()), s.real());
        return new LayerPlan(y, List.of(dense.forward(y, x, w, s.weight("bias"))), (dy, wantDx, out) -> {
            if (!wantDx) {
                out.add(dense.backwardWeights(s.gradient("weight"), s.gradient("bias"), x, dy));
                return null;
            }
            out.beside(beside.backwardWeights(s.gradient("weight"), s.gradient("bias"), x, dy));
            Slice dx = s.perImage("dx", s.in(), s.real());
            out.add(dense.backwardData(dx, dy, w, x));
            return dx;
        });
    }
}

package org.jengine.nn.layers;

import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.nn.Initializer;
import org.jengine.nn.Layer;
import org.jengine.nn.LayerPlan;
import org.jengine.nn.Site;
import org.jengine.nn.WeightSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;

/**
 * Batch normalisation over the last dimension: by the batch's statistics in training, by the running ones in evaluation.
 *
 * @param momentum share of the running statistics that a step keeps
 * @param epsilon  added to the variance
 */
public record BatchNorm(float momentum, float epsilon) implements Layer {
    public BatchNorm {
        if (!(momentum >= 0 && momentum < 1) || !(epsilon > 0)) {
            throw new IllegalArgumentException("momentum must lie in 0..1 and epsilon be positive, got " + momentum + ", " + epsilon);
        }
    }

    @Override
    public String operation() {
        return "BatchNormalization";
    }

    @Override
    public String kind() {
        return "norm";
    }

    @Override
    public Shape output(Shape in) {
        return in;
    }

    @Override
    public List<WeightSpec> weights(Shape in) {
        int channels = in.last();
        return List.of(WeightSpec.vector("gamma", channels, Initializer.ONES), WeightSpec.vector("beta", channels, Initializer.ZEROS),
                WeightSpec.statistic("running_mean", channels, Initializer.ZEROS),
                WeightSpec.statistic("running_var", channels, Initializer.ONES));
    }

    @Override
    public long flops(Shape in) {
        return 2 * in.count();
    }

    @Override
    public boolean derives() {
        return true;
    }

    @Override
    public boolean drops() {
        return true;
    }

    @Override
    public boolean pools() {
        return true;
    }

    @Override
    public LayerPlan plan(Site s) {
        Shape in = s.in();
        int channels = in.last();
        NormSpec spec = new NormSpec(s.batch(), Math.toIntExact(in.count() / channels), channels, momentum, epsilon, s.real(), s.before());
        Slice y = s.perImage("y", in, s.real());
        Slice gamma = s.weight("gamma");
        Slice beta = s.weight("beta");
        Slice runningMean = s.weight("running_mean");
        Slice runningVar = s.weight("running_var");
        if (!s.training()) {
            return new LayerPlan(y, List.of(s.library().batchNorm(spec).inference(y, s.x(), gamma, beta, runningMean, runningVar)), null);
        }
        Slice mean = s.shared("mean", Shape.of(channels), DType.F32);
        Slice invStd = s.shared("invStd", Shape.of(channels), DType.F32);
        if (s.window() > 0) {
            return withPool(s, spec, y, mean, invStd);
        }
        Library.NormPlan norm = s.library().batchNorm(spec, s.dropping());
        Slice x = s.x();
        return new LayerPlan(y, List.of(norm.forward(y, mean, invStd, runningMean, runningVar, x, gamma, beta)), (dy, wantDx, out) -> {
            // The operation always makes dx: the gradients of gamma and beta are by-products of it.
            Slice dx = s.perImage("dx", in, s.real());
            out.add(norm.backward(dx, s.gradient("gamma"), s.gradient("beta"), dy, x, gamma, mean, invStd));
            return dx;
        });
    }

    private static LayerPlan withPool(Site s, NormSpec spec, Slice y, Slice mean, Slice invStd) {
        Shape image = Shape.of(s.x().shape().dim(1), s.x().shape().dim(2), spec.channels());
        Library.PoolNormPlan both = s.library().poolNorm(
                new PoolSpec(s.batch(), image.dim(0), image.dim(1), spec.channels(), s.window(), s.real()), spec, s.dropping());
        Slice pooled = s.perImage("pooled", s.in(), s.real());
        Slice index = s.perImage("index", s.in(), DType.U8);
        Slice gamma = s.weight("gamma");
        Launch forward = both.forward(y, pooled, index, mean, invStd, s.weight("running_mean"), s.weight("running_var"), s.x(), gamma,
                s.weight("beta"));
        return new LayerPlan(y, List.of(forward), (dy, wantDx, out) -> {
            Slice dx = s.perImage("dx", image, s.real());
            out.add(both.backward(dx, s.perImage("dpooled", s.in(), s.real()), s.gradient("gamma"), s.gradient("beta"), dy, pooled, index,
                    gamma, mean, invStd));
            return dx;
        });
    }
}

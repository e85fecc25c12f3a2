package org.jengine.nn.layers;

import java.util.List;
import org.jengine.kernels.Shape;
import org.jengine.nn.Act;
import org.jengine.nn.Initializer;
import org.jengine.nn.Layer;
import org.jengine.nn.LayerPlan;
import org.jengine.nn.Site;
import org.jengine.nn.WeightSpec;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.Library;
import org.jengine.runtime.Slice;

/**
 * Convolution of stride 1 with bias.
 *
 * @param filters channels of the result
 * @param kernel  rows and columns of a filter
 * @param padded  whether zeros are put around the input, so that the result is as high and wide as it
 */
public record Conv(int filters, int kernel, boolean padded, Act activation) implements Layer {
    public Conv {
        if (filters < 1 || kernel < 1) {
            throw new IllegalArgumentException("a convolution needs filters, 1x1 or more; got " + filters + " of " + kernel + "x" + kernel);
        }
        if (padded && kernel % 2 == 0) {
            throw new IllegalArgumentException("'same' needs filters with a middle, of odd size; got " + kernel + "x" + kernel);
        }
        if (activation == Act.SOFTMAX) {
            throw new IllegalArgumentException("softmax is for the dense layer that ends a net, not for a convolution");
        }
    }

    /** With a result as high and wide as the input. */
    public Conv same() {
        return new Conv(filters, kernel, true, activation);
    }

    public Conv relu() {
        return new Conv(filters, kernel, padded, Act.RELU);
    }

    public Conv sigmoid() {
        return new Conv(filters, kernel, padded, Act.SIGMOID);
    }

    @Override
    public String operation() {
        return "Conv2D " + filters + " " + kernel + "x" + kernel + (padded ? " same" : "") + activation.suffix();
    }

    @Override
    public String kind() {
        return "conv";
    }

    @Override
    public Shape output(Shape in) {
        Images.check(in);
        int lost = padded ? 0 : kernel - 1;
        if (in.dim(0) <= lost || in.dim(1) <= lost) {
            throw new IllegalArgumentException("a " + kernel + "x" + kernel + " filter does not fit into " + in);
        }
        return Shape.of(in.dim(0) - lost, in.dim(1) - lost, filters);
    }

    @Override
    public List<WeightSpec> weights(Shape in) {
        long window = (long) kernel * kernel;
        return List.of(WeightSpec.matrix("weight", Shape.of(filters, kernel, kernel, in.last()), window * in.last(), window * filters),
                WeightSpec.vector("bias", filters, Initializer.ZEROS));
    }

    @Override
    public long flops(Shape in) {
        return 2L * kernel * kernel * in.last() * output(in).count();
    }

    @Override
    public boolean derives() {
        return true;
    }

    @Override
    public LayerPlan plan(Site s) {
        Shape in = s.in();
        ConvSpec spec = new ConvSpec(s.batch(), in.dim(0), in.dim(1), in.last(), filters, kernel, kernel,
                padded ? kernel / 2 : 0, s.real(), activation.fused(), s.before());
        Library.ConvPlan conv = s.library().conv(spec);
        Library.ConvPlan beside = s.libraryBeside().conv(spec);
        Slice x = s.x();
        Slice w = s.weight("weight");
        Slice y = s.perImage("y", output(in), s.real());
        return new LayerPlan(y, List.of(conv.forward(y, x, w, s.weight("bias"))), (dy, wantDx, out) -> {
            if (!wantDx) {
                out.add(conv.backwardWeights(s.gradient("weight"), s.gradient("bias"), x, dy));
                return null;
            }
            out.beside(beside.backwardWeights(s.gradient("weight"), s.gradient("bias"), x, dy));
            Slice dx = s.perImage("dx", in, s.real());
            out.add(conv.backwardData(dx, dy, w, x));
            return dx;
        });
    }
}

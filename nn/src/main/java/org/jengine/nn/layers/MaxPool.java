package org.jengine.nn.layers;

import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.nn.Layer;
import org.jengine.nn.LayerPlan;
import org.jengine.nn.Site;
import org.jengine.runtime.Library;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;

/**
 * Max pooling without overlap; rows and columns that fill no window are dropped.
 *
 * @param window its edge, and the step from one to the next
 */
public record MaxPool(int window) implements Layer {
    public MaxPool {
        if (window < 1 || window > 15) {
            throw new IllegalArgumentException("a pooling window must be 1 to 15 wide, got " + window);
        }
    }

    @Override
    public String operation() {
        return "MaxPooling2D " + window + "x" + window;
    }

    @Override
    public String kind() {
        return "pool";
    }

    @Override
    public Shape output(Shape in) {
        Images.check(in);
        if (in.dim(0) < window || in.dim(1) < window) {
            throw new IllegalArgumentException("a " + window + "x" + window + " window does not fit into " + in);
        }
        return Shape.of(in.dim(0) / window, in.dim(1) / window, in.last());
    }

    @Override
    public boolean selects() {
        return true;
    }

    @Override
    public int poolWindow() {
        return window;
    }

    @Override
    public LayerPlan plan(Site s) {
        Shape in = s.in();
        Library.PoolPlan pool = s.library().maxPool(
                new PoolSpec(s.batch(), in.dim(0), in.dim(1), in.last(), window, s.real()));
        Slice y = s.perImage("y", output(in), s.real());
        Slice index = s.perImage("index", output(in), DType.U8);
        return new LayerPlan(y, List.of(pool.forward(y, index, s.x())), (dy, wantDx, out) -> {
            Slice dx = s.perImage("dx", in, s.real());
            out.add(pool.backward(dx, dy, index));
            return dx;
        });
    }
}

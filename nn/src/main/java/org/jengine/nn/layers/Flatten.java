package org.jengine.nn.layers;

import java.util.List;
import org.jengine.kernels.Shape;
import org.jengine.nn.Layer;
import org.jengine.nn.LayerPlan;
import org.jengine.nn.Site;

/** Images to plain features, row by row and channels last as in Keras; the memory stays as it is. */
public record Flatten() implements Layer {
    @Override
    public String operation() {
        return "Flatten";
    }

    @Override
    public String kind() {
        return "flatten";
    }

    @Override
    public Shape output(Shape in) {
        return Shape.of(Math.toIntExact(in.count()));
    }

    @Override
    public long activations(Shape in) {
        return 0;
    }

    @Override
    public boolean selects() {
        return true;
    }

    @Override
    public LayerPlan plan(Site s) {
        Shape in = s.in().batch(s.batch());
        Shape flat = output(s.in()).batch(s.batch());
        return new LayerPlan(s.x().reshape(flat), List.of(), (dy, wantDx, out) -> dy.reshape(in));
    }
}

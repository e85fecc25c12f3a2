package org.jengine.nn;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Device;
import org.jengine.runtime.Dropping;
import org.jengine.runtime.Library;
import org.jengine.runtime.Slice;

/** The place of one layer in a {@link StepPlanner}'s pass. */
record LayerSite(Device device, Params params, Workspace work, DType real, Slice clock, Slice key, boolean training, int batch, int layer,
                 Shape in, Slice x, int window, Activation before, Dropping dropping,
                 boolean mayOverwriteX) implements Site {
    @Override
    public Library library() {
        return work.library();
    }

    @Override
    public Library libraryBeside() {
        return work.libraryBeside();
    }

    @Override
    public Slice perImage(String name, Shape shape, DType type) {
        return work.perImage(unique(name), batch, shape, type);
    }

    @Override
    public Slice shared(String name, Shape shape, DType type) {
        return work.shared(unique(name), shape, type);
    }

    private String unique(String name) {
        return "layer " + (layer + 1) + " " + name;
    }

    @Override
    public Slice weight(String name) {
        return params.weight(layer, name);
    }

    @Override
    public Slice gradient(String name) {
        return params.gradient(layer, name);
    }
}

package org.jengine.runtime.portable;

import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.MaxPool;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;

/** Max pooling, one kernel each way. */
final class PortablePool implements Library.PoolPlan {
    private final PortableLibrary library;
    private final PoolSpec spec;
    private final List<Object> sizes;

    PortablePool(PortableLibrary library, PoolSpec spec) {
        this.library = library;
        this.spec = spec;
        sizes = List.of(spec.n(), spec.h(), spec.w(), spec.c(), spec.window());
    }

    @Override
    public Launch forward(Slice y, Slice index, Slice x) {
        Operands.require("max pool", "y", y, spec.real(), spec.y());
        Operands.require("max pool", "index", index, DType.U8, spec.y());
        Operands.require("max pool", "x", x, spec.real(), spec.x());
        return library.bind(MaxPool.fwd(spec.real()), List.of(y, index, x), sizes);
    }

    @Override
    public Launch backward(Slice dx, Slice dy, Slice index) {
        Operands.require("max pool", "dx", dx, spec.real(), spec.x());
        Operands.require("max pool", "dy", dy, spec.real(), spec.y());
        Operands.require("max pool", "index", index, DType.U8, spec.y());
        return library.bind(MaxPool.bwd(spec.real()), List.of(dx, dy, index), sizes);
    }
}

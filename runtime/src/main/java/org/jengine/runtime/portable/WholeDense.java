package org.jengine.runtime.portable;

import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.Factors;
import org.jengine.kernels.Product;
import org.jengine.kernels.WeightProduct;
import org.jengine.runtime.Activation;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Slice;

/** A dense layer in one launch each way, on devices whose last block can finish the work of all: images of one pixel under one tap. */
final class WholeDense implements Library.DensePlan {
    private final PortableLibrary library;
    private final DenseSpec spec;
    private final DType real;
    private final Factors factors;

    WholeDense(PortableLibrary library, DenseSpec spec) {
        this.library = library;
        this.spec = spec;
        real = spec.real();
        factors = library.factors(real);
    }

    @Override
    public Launch forward(Slice y, Slice x, Slice w, Slice b) {
        Operands.forward(spec, y, x, w, b);
        Whole cut = Whole.product(factors, spec.n(), spec.out(), 1, spec.in());
        return Whole.bind(library, Product.fwd(factors, cut.edge()), List.of(y), List.of(x, w, b),
                List.of(spec.n(), 1, 1, spec.in(), 1, 1, spec.out(), 1, 1, 0, 0, 0, spec.out(), 1, cut.parts(),
                        PortableLibrary.number(spec.act())));
    }

    @Override
    public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
        Operands.backwardData(spec, dx, dy, w);
        boolean derived = spec.before() != Activation.NONE;
        if (derived) {
            Operands.require("dense", "x", x, real, spec.x());
        }
        Whole cut = Whole.product(factors, spec.n(), spec.in(), 1, spec.out());
        return Whole.bind(library, Product.bwd(factors, cut.edge()), List.of(dx), List.of(dy, w, derived ? x : dy),
                List.of(spec.n(), 1, 1, spec.out(), 1, 1, spec.in(), 1, 1, 0, 0, 0, 1, spec.out(), cut.parts(),
                        PortableLibrary.number(spec.before())));
    }

    @Override
    public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
        Operands.backwardWeights(spec, dw, db, x, dy);
        Whole cut = Whole.gradient(factors, spec.out(), spec.in(), spec.n());
        return Whole.bind(library, WeightProduct.of(factors, cut.edge()), List.of(dw, db), List.of(x, dy),
                List.of(spec.n(), 1, 1, spec.in(), 1, 1, spec.out(), 1, 1, 0, 1, cut.parts()));
    }
}

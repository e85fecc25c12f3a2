package org.jengine.runtime.portable;

import java.util.List;
import org.jengine.kernels.ConvFirst;
import org.jengine.kernels.DType;
import org.jengine.kernels.Factors;
import org.jengine.kernels.Product;
import org.jengine.kernels.WeightProduct;
import org.jengine.runtime.Activation;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Slice;

/** Convolution in one launch each way, on devices whose last block can finish the work of all. */
final class WholeConv implements Library.ConvPlan {
    private final PortableLibrary library;
    private final ConvSpec spec;
    private final DType real;
    private final Factors factors;
    private final int taps;
    private final int outHeight;
    private final int outWidth;

    WholeConv(PortableLibrary library, ConvSpec spec) {
        this.library = library;
        this.spec = spec;
        real = spec.real();
        factors = library.factors(real);
        taps = spec.r() * spec.s();
        outHeight = spec.y().dim(1);
        outWidth = spec.y().dim(2);
    }

    @Override
    public Launch forward(Slice y, Slice x, Slice w, Slice b) {
        Operands.forward(spec, y, x, w, b);
        if (PortableConv.direct(spec)) {
            return library.bind(ConvFirst.of(real), List.of(y, x, w, b), List.of(spec.n(), spec.h(), spec.w(), outHeight, outWidth,
                    spec.k(), spec.pad(), PortableLibrary.number(spec.act())));
        }
        Whole cut = Whole.product(factors, (long) spec.n() * outHeight * outWidth, spec.k(), taps, spec.c());
        return Whole.bind(library, Product.fwd(factors, cut.edge()), List.of(y), List.of(x, w, b),
                List.of(spec.n(), spec.h(), spec.w(), spec.c(), outHeight, outWidth, spec.k(), spec.r(), spec.s(), spec.pad(), 0,
                        spec.c(), 1, taps * spec.c(), cut.parts(), PortableLibrary.number(spec.act())));
    }

    @Override
    public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
        Operands.backwardData(spec, dx, dy, w);
        boolean derived = spec.before() != Activation.NONE;
        if (derived) {
            Operands.require("convolution", "x", x, real, spec.x());
        }
        Whole cut = Whole.product(factors, (long) spec.n() * spec.h() * spec.w(), spec.c(), taps, spec.k());
        return Whole.bind(library, Product.bwd(factors, cut.edge()), List.of(dx), List.of(dy, w, derived ? x : dy),
                List.of(spec.n(), outHeight, outWidth, spec.k(), spec.h(), spec.w(), spec.c(), spec.r(), spec.s(), spec.pad(), 1,
                        spec.c(), taps * spec.c(), 1, cut.parts(), PortableLibrary.number(spec.before())));
    }

    @Override
    public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
        Operands.backwardWeights(spec, dw, db, x, dy);
        Whole cut = Whole.gradient(factors, spec.k(), taps * spec.c(), (long) spec.n() * outHeight * outWidth);
        return Whole.bind(library, WeightProduct.of(factors, cut.edge()), List.of(dw, db), List.of(x, dy),
                List.of(spec.n(), spec.h(), spec.w(), spec.c(), outHeight, outWidth, spec.k(), spec.r(), spec.s(), spec.pad(), 0,
                        cut.parts()));
    }
}

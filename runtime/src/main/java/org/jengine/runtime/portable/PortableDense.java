package org.jengine.runtime.portable;

import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.kernels.Transpose;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Slice;

/** A dense layer as a product of one pixel and one tap. */
final class PortableDense implements Library.DensePlan {
    private final PortableLibrary library;
    private final DenseSpec spec;
    private final DType real;

    PortableDense(PortableLibrary library, DenseSpec spec) {
        this.library = library;
        this.spec = spec;
        real = spec.real();
    }

    @Override
    public Launch forward(Slice y, Slice x, Slice w, Slice b) {
        Operands.forward(spec, y, x, w, b);
        return Gemm.dense(spec.n(), spec.in(), spec.out()).forward(library, real, PortableLibrary.number(spec.act()), y, x, w, b);
    }

    @Override
    public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
        Operands.backwardData(spec, dx, dy, w);
        Slice turned = library.scratch("turned weights", Shape.of(spec.out(), spec.in()), real);
        Launch gradient = library.bind(Transpose.of(real), List.of(turned, w), List.of(1, spec.in(), spec.out(), spec.in()))
                .then(Gemm.dense(spec.n(), spec.out(), spec.in()).backward(library, real, dx, dy, turned));
        return library.derived(gradient, spec.before(), real, dx, x);
    }

    @Override
    public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
        Operands.backwardWeights(spec, dw, db, x, dy);
        return WeightGradient.dense(library, real, spec.n(), spec.in(), spec.out(), dw, x, dy)
                .then(library.columnSums(real, db, dy, spec.n(), spec.out()));
    }
}

package org.jengine.runtime.cuda;

import java.util.List;
import org.jengine.kernels.BiasAct;
import org.jengine.kernels.DType;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Slice;
import org.jengine.runtime.portable.Operands;
import org.jengine.runtime.portable.PortableLibrary;

/** A dense layer by cuBLAS's products; what they leave, bias, activation and derivative, is done by our kernels in place. */
final class CublasDense implements Library.DensePlan {
    private final PortableLibrary ours;
    private final Products products;
    private final DenseSpec spec;
    private final DType real;
    private final boolean tf32;

    /** @param tf32 whether float inputs may be rounded to TF32 */
    CublasDense(PortableLibrary ours, Products products, DenseSpec spec, boolean tf32) {
        this.ours = ours;
        this.products = products;
        this.spec = spec;
        this.tf32 = tf32;
        real = spec.real();
    }

    private Launch product(String way, int rows, int cols, int depth, boolean turnedA, boolean turnedB, Slice c, Slice a, Slice b) {
        return products.bind("cuBLAS dense " + way + " " + spec.n() + "x" + spec.in() + " to " + spec.out(),
                new Blas.Product(rows, cols, depth, turnedA, turnedB, real, c.type(), tf32 && real == DType.F32), c, a, b);
    }

    @Override
    public Launch forward(Slice y, Slice x, Slice w, Slice b) {
        Operands.forward(spec, y, x, w, b);
        return product("forward", spec.n(), spec.out(), spec.in(), false, false, y, x, w)
                .then(ours.bind(BiasAct.of(real), List.of(y, b), List.of(spec.n(), spec.out(), PortableLibrary.number(spec.act()))));
    }

    @Override
    public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
        Operands.backwardData(spec, dx, dy, w);
        return ours.derived(product("data gradient", spec.n(), spec.in(), spec.out(), false, true, dx, dy, w), spec.before(), real, dx, x);
    }

    @Override
    public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
        Operands.backwardWeights(spec, dw, db, x, dy);
        return product("weight gradient", spec.in(), spec.out(), spec.n(), true, false, dw, x, dy)
                .then(ours.columnSums(real, db, dy, spec.n(), spec.out()));
    }
}

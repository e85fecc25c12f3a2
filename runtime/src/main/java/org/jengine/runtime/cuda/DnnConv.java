package org.jengine.runtime.cuda;

import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Arena;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library.ConvPlan;
import org.jengine.runtime.Slice;
import org.jengine.runtime.portable.PortableLibrary;

/** A convolution, each way of it by cuDNN or by our kernels. */
final class DnnConv implements ConvPlan {
    private final DnnLibrary library;
    private final ConvSpec spec;

    DnnConv(DnnLibrary library, ConvSpec spec) {
        this.library = library;
        this.spec = spec;
    }

    @Override
    public Launch forward(Slice y, Slice x, Slice w, Slice b) {
        return library.bind(DnnOp.of(DnnOp.Form.FORWARD, spec), List.of(y, x, w, b), new DnnLibrary.Way(
                () -> library.ours().conv(spec).forward(y, x, w, b),
                arena -> library.trial(arena).conv(spec).forward(images(arena, spec.y()), images(arena, spec.x()),
                        images(arena, spec.weights()), vector(arena))), null);
    }

    @Override
    public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
        DnnOp whole = DnnOp.backwardData(spec);
        boolean together = spec.before() == Activation.NONE || whole.fused() && library.accepts(whole);
        // What cuDNN does not take together it may take without the derivative.
        ConvSpec s = together ? spec : new ConvSpec(spec.n(), spec.h(), spec.w(), spec.c(), spec.k(), spec.r(), spec.s(), spec.pad(),
                spec.real(), spec.act(), Activation.NONE);
        DnnOp op = DnnOp.backwardData(s);
        Launch gradient = library.bind(op, op.fused() ? List.of(dx, dy, w, x) : List.of(dx, dy, w), new DnnLibrary.Way(
                () -> library.ours().conv(s).backwardData(dx, dy, w, x),
                arena -> library.trial(arena).conv(s).backwardData(images(arena, s.x()), images(arena, s.y()), images(arena, s.weights()),
                        images(arena, s.x()))), null);
        return together ? gradient : library.ours().derived(gradient, spec.before(), spec.real(), dx, x);
    }

    @Override
    public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
        DnnLibrary.Way both = new DnnLibrary.Way(() -> library.ours().conv(spec).backwardWeights(dw, db, x, dy),
                arena -> library.trial(arena).conv(spec).backwardWeights(arena.take("tried", spec.weights(), DType.F32), vector(arena),
                        images(arena, spec.x()), images(arena, spec.y())));
        DnnLibrary.Way ownBias = new DnnLibrary.Way(() -> sums(library.ours(), db, dy),
                arena -> sums(library.trial(arena), vector(arena), images(arena, spec.y())));
        DnnLibrary.Way bias = new DnnLibrary.Way(
                () -> library.bind(DnnOp.of(DnnOp.Form.BACKWARD_BIAS, spec), List.of(db, dy), ownBias, null), ownBias.trial());
        return library.bind(DnnOp.of(DnnOp.Form.BACKWARD_WEIGHTS, spec), List.of(dw, x, dy), both, bias);
    }

    private Launch sums(PortableLibrary ours, Slice db, Slice dy) {
        return ours.columnSums(spec.real(), db, dy, spec.n() * spec.y().dim(1) * spec.y().dim(2), spec.k());
    }

    private Slice images(Arena arena, Shape shape) {
        return arena.take("tried", shape, spec.real());
    }

    private Slice vector(Arena arena) {
        return arena.take("tried", Shape.of(spec.k()), DType.F32);
    }
}

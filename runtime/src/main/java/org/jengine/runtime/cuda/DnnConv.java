package org.jengine.runtime.cuda;

import java.util.ArrayList;
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
    /** Null where padding is not to be tried. */
    private final PaddedConv padded;

    DnnConv(DnnLibrary library, ConvSpec spec) {
        this.library = library;
        this.spec = spec;
        padded = PaddedConv.suits(spec) && library.times() ? new PaddedConv(library, spec) : null;
    }

    @Override
    public Launch forward(Slice y, Slice x, Slice w, Slice b) {
        DnnOp op = DnnOp.of(DnnOp.Form.FORWARD, spec);
        List<Way> ways = new ArrayList<>(library.ways(op, () -> List.of(y, x, w, b)));
        if (padded != null) {
            ways.addAll(padded.forward(y, x, w, b));
        }
        return library.bind(op, ways, library.own(() -> library.ours().conv(spec).forward(y, x, w, b),
                arena -> library.trial(arena).conv(spec).forward(images(arena, spec.y()), images(arena, spec.x()),
                        images(arena, spec.weights()), vector(arena))));
    }

    @Override
    public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
        DnnOp whole = DnnOp.backwardData(spec);
        boolean together = spec.before() == Activation.NONE || whole.fused() && library.accepts(whole);
        // What cuDNN does not take together it may take without the derivative.
        ConvSpec s = together ? spec : spec.withoutDerivative();
        DnnOp op = DnnOp.backwardData(s);
        List<Way> ways = library.ways(op, () -> op.fused() ? List.of(dx, dy, w, x) : List.of(dx, dy, w));
        Launch gradient = library.bind(op, ways, library.own(() -> library.ours().conv(s).backwardData(dx, dy, w, x),
                arena -> library.trial(arena).conv(s).backwardData(images(arena, s.x()), images(arena, s.y()), images(arena, s.weights()),
                        images(arena, s.x()))));
        return together ? gradient : library.ours().derived(gradient, spec.before(), spec.real(), dx, x);
    }

    /** By our kernels in one launch with the bias's gradient, or by cuDNN, which leaves that to another. */
    @Override
    public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
        DnnOp op = DnnOp.of(DnnOp.Form.BACKWARD_WEIGHTS, spec);
        List<Way> ways = new ArrayList<>(library.ways(op, () -> List.of(dw, x, dy)));
        if (padded != null) {
            ways.addAll(padded.backwardWeights(dw, x, dy));
        }
        ways.replaceAll(way -> way.then(() -> bias(db, dy), arena -> sums(library.trial(arena), vector(arena), images(arena, spec.y()))));
        return library.bind(op, ways, library.own(() -> library.ours().conv(spec).backwardWeights(dw, db, x, dy),
                arena -> library.trial(arena).conv(spec).backwardWeights(arena.take("tried", spec.weights(), DType.F32), vector(arena),
                        images(arena, spec.x()), images(arena, spec.y()))));
    }

    private Launch bias(Slice db, Slice dy) {
        DnnOp op = DnnOp.of(DnnOp.Form.BACKWARD_BIAS, spec);
        return library.bind(op, library.ways(op, () -> List.of(db, dy)), library.own(() -> sums(library.ours(), db, dy),
                arena -> sums(library.trial(arena), vector(arena), images(arena, spec.y()))));
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

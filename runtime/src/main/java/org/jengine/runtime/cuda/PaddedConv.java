package org.jengine.runtime.cuda;

import java.util.List;
import java.util.function.Supplier;
import org.jengine.kernels.DType;
import org.jengine.kernels.PadChannels;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;
import org.jengine.runtime.portable.PortableLibrary;

/**
 * A convolution of pictures with zeros beside their three channels: for bf16 cuDNN has engines for tensor cores only where the channels
 * fill sixteen bytes.
 */
final class PaddedConv {
    private final DnnLibrary library;
    private final ConvSpec spec;
    private final ConvSpec padded;
    private final String how;

    PaddedConv(DnnLibrary library, ConvSpec spec) {
        this.library = library;
        this.spec = spec;
        padded = padded(spec);
        how = "padded to " + padded.c() + " channels";
    }

    /** Whether there is anything to pad. */
    static boolean suits(ConvSpec spec) {
        return spec.c() <= PadChannels.MOST && spec.c() < PadChannels.padded(spec.real());
    }

    /** What cuDNN is asked for. */
    static ConvSpec padded(ConvSpec spec) {
        return spec.withChannels(PadChannels.padded(spec.real()));
    }

    /** The ways forward. */
    List<Way> forward(Slice y, Slice x, Slice w, Slice b) {
        Supplier<List<Slice>> tensors = () -> List.of(y, images(), filters(padded.real()), b);
        return library.ways(DnnOp.of(DnnOp.Form.FORWARD, padded), tensors).stream().map(way -> way.after(how,
                () -> pad(library.ours(), images(), x).then(pad(library.ours(), filters(padded.real()), w)),
                arena -> pad(library.trial(arena), take(arena, padded.x()), take(arena, spec.x()))
                        .then(pad(library.trial(arena), take(arena, padded.weights()), take(arena, spec.weights()))))).toList();
    }

    /** The ways to the weights' gradient alone. */
    List<Way> backwardWeights(Slice dw, Slice x, Slice dy) {
        Supplier<List<Slice>> tensors = () -> List.of(filters(DType.F32), images(), dy);
        return library.ways(DnnOp.of(DnnOp.Form.BACKWARD_WEIGHTS, padded), tensors).stream().map(way -> way.after(how,
                () -> pad(library.ours(), images(), x),
                arena -> pad(library.trial(arena), take(arena, padded.x()), take(arena, spec.x()))).then(
                () -> cut(library.ours(), dw, filters(DType.F32)),
                arena -> cut(library.trial(arena), arena.take("tried", spec.weights(), DType.F32),
                        arena.take("tried", padded.weights(), DType.F32)))).toList();
    }

    private Launch pad(PortableLibrary ours, Slice to, Slice from) {
        return ours.bind(PadChannels.fwd(spec.real()), List.of(to, from), sizes(to));
    }

    private Launch cut(PortableLibrary ours, Slice to, Slice from) {
        return ours.bind(PadChannels.bwd(), List.of(to, from), sizes(from));
    }

    private List<Object> sizes(Slice wide) {
        return List.of(Math.toIntExact(wide.count() / padded.c()), spec.c(), padded.c());
    }

    private Slice images() {
        return library.ours().scratch("padded images", padded.x(), spec.real());
    }

    private Slice filters(DType type) {
        return library.ours().scratch("padded filters", padded.weights(), type);
    }

    private Slice take(Arena arena, Shape shape) {
        return arena.take("tried", shape, spec.real());
    }
}

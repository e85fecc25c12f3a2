package org.jengine.runtime.portable;

import java.util.List;
import org.jengine.kernels.ConvDirect;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.kernels.Tile;
import org.jengine.kernels.Transpose;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Slice;

/** Convolution as a product that stores no matrix; images of three channels under 3x3 filters go a way of their own. */
final class PortableConv implements Library.ConvPlan {
    /** Threads that fill a GPU in the gradient of the first layer, where each sums over a part; enough for the cores of a CPU. */
    private static final int THREADS_IN_BLOCKS = 8192;
    private static final int THREADS_ALONE = 64;
    /** Columns of the narrowest tile that makes vectors. */
    private static final int NARROW = 4;

    private final PortableLibrary library;
    private final ConvSpec spec;
    private final DType real;
    private final int outHeight;
    private final int outWidth;

    PortableConv(PortableLibrary library, ConvSpec spec) {
        this.library = library;
        this.spec = spec;
        real = spec.real();
        outHeight = spec.y().dim(1);
        outWidth = spec.y().dim(2);
    }

    /** Whether it is one that goes a way of its own. */
    static boolean direct(ConvSpec spec) {
        return spec.c() == ConvDirect.DEPTH && spec.r() == ConvDirect.FILTER && spec.s() == ConvDirect.FILTER && spec.k() >= NARROW;
    }

    @Override
    public Launch forward(Slice y, Slice x, Slice w, Slice b) {
        Operands.forward(spec, y, x, w, b);
        // Filters stand one after the other; the product wants what belongs to one input number side by side.
        int each = spec.r() * spec.s() * spec.c();
        Slice packed = library.scratch("turned weights", Shape.of(each, spec.k()), real);
        Launch pack = library.bind(Transpose.of(real), List.of(packed, w), List.of(1, spec.k(), each, spec.k()));
        int activation = PortableLibrary.number(spec.act());
        return pack.then(direct(spec) ? directForward(y, x, packed, b, activation)
                : new Gemm(spec.n(), spec.h(), spec.w(), spec.c(), outHeight, outWidth, spec.k(), spec.r(), spec.s(), spec.pad(), spec.k(),
                        false, spec.c() * spec.k(), spec.k()).forward(library, real, activation, y, x, packed, b));
    }

    private Launch directForward(Slice y, Slice x, Slice packed, Slice b, int activation) {
        List<Object> sizes = List.of(spec.n(), spec.h(), spec.w(), outHeight, outWidth, spec.k(), spec.pad(), activation);
        List<Tile> tiles = library.tiles(ConvDirect.ALONE, ConvDirect.BLOCKS, t -> t.fits(spec.k()));
        Tile tile = library.tuner().pick(shape(), tiles, t -> ConvDirect.fwd(real, t), sizes, flops());
        return library.bind(ConvDirect.fwd(real, tile), List.of(y, x, packed, b), sizes);
    }

    @Override
    public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
        Operands.backwardData(spec, dx, dy, w);
        return library.derived(gradient(dx, dy, w), spec.before(), real, dx, x);
    }

    private Launch gradient(Slice dx, Slice dy, Slice w) {
        if (spec.c() >= NARROW) {
            return gradient(spec.c()).backward(library, real, dx, dy, w);
        }
        // Fewer channels than the narrowest tile of vectors has: each tap's are padded, which turning columns of one does.
        int taps = spec.k() * spec.r() * spec.s();
        Slice padded = library.scratch("turned weights", Shape.of(taps, NARROW), real);
        return library.bind(Transpose.of(real), List.of(padded, w), List.of(taps, spec.c(), 1, NARROW))
                .then(gradient(NARROW).backward(library, real, dx, dy, padded));
    }

    private Gemm gradient(int stored) {
        return new Gemm(spec.n(), outHeight, outWidth, spec.k(), spec.h(), spec.w(), spec.c(), spec.r(), spec.s(), spec.pad(), stored, true,
                stored, spec.r() * spec.s() * stored);
    }

    @Override
    public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
        Operands.backwardWeights(spec, dw, db, x, dy);
        Launch weights = direct(spec) ? directGradient(dw, x, dy)
                : new WeightGradient(spec.n(), spec.h(), spec.w(), spec.c(), outHeight, outWidth, spec.k(), spec.r(), spec.s(), spec.pad())
                        .launch(library, real, dw, dy, x);
        return weights.then(library.columnSums(real, db, dy, spec.n() * outHeight * outWidth, spec.k()));
    }

    private Launch directGradient(Slice dw, Slice x, Slice dy) {
        int lines = spec.n() * outHeight;
        // A thread takes four or eight filters of one row; with eight the number of parts hangs on no search.
        int threadsPerPart = ConvDirect.FILTER * PortableLibrary.divideUp(spec.k(), 8);
        int wanted = PortableLibrary.divideUp(library.cpu() ? THREADS_ALONE : THREADS_IN_BLOCKS, threadsPerPart);
        int partLines = PortableLibrary.divideUp(lines, Math.min(lines, wanted));
        int parts = PortableLibrary.divideUp(lines, partLines);
        List<Object> sizes = List.of(spec.n(), spec.h(), spec.w(), outHeight, outWidth, spec.k(), spec.pad(), partLines);
        List<Tile> tiles = library.tiles(ConvDirect.GRADIENT_ALONE, ConvDirect.GRADIENT_BLOCKS, t -> t.fits(spec.k()));
        Tile tile = library.tuner().pick(shape(), tiles, t -> ConvDirect.bwd(real, t), sizes, flops());
        return library.inParts(dw, parts, partials -> library.bind(ConvDirect.bwd(real, tile), List.of(partials, x, dy), sizes));
    }

    private String shape() {
        return spec.h() + "x" + spec.w() + " to " + outHeight + "x" + outWidth + "x" + spec.k() + " pad " + spec.pad();
    }

    private double flops() {
        return 2.0 * spec.y().count() * spec.r() * spec.s() * spec.c();
    }
}

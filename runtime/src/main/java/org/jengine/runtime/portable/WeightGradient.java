package org.jengine.runtime.portable;

import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.MatmulWeights;
import org.jengine.kernels.Tile;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;

/**
 * Sizes of one gradient of weights, as {@link MatmulWeights} takes them. How many parts the batch is summed in hangs on the sizes and the
 * kind of device alone, never on a search, so that the sums are the same each time.
 */
record WeightGradient(int images, int height, int width, int cols, int outHeight, int outWidth, int rows, int filterRows, int filterCols,
                      int pad) {
    /** Pieces of work that keep the cores of a CPU evenly busy, and those that fill a GPU. */
    private static final int PIECES_ALONE = 64;
    private static final int PIECES_IN_BLOCKS = 512;
    /** About what a piece of work covers of the gradient: four tiles of six rows, or one block's tile. */
    private static final int ROWS_ALONE = 24;
    private static final int EDGE_IN_BLOCKS = 64;

    /** Columns of a gradient below which a dense layer's is summed up lying on its side, since tiles are wide rather than high. */
    private static final int NARROW = 16;

    /** That of a dense layer: {@code dw [in, out]} out of {@code x [n, in]} and {@code dy [n, out]}. */
    static Launch dense(PortableLibrary library, DType real, int n, int in, int out, Slice dw, Slice x, Slice dy) {
        // The batch as the pixels of one image of one row: they lie behind each other, which is all that the sum asks of pixels.
        return out < NARROW && in > out
                ? new WeightGradient(1, 1, n, in, 1, n, out, 1, 1, 0).launch(library, real, true, dw, dy, x)
                : new WeightGradient(1, 1, n, out, 1, n, in, 1, 1, 0).launch(library, real, false, dw, x, dy);
    }

    /** That of a convolution's filters: {@code a} is {@code dy}, {@code b} is {@code x}. */
    Launch launch(PortableLibrary library, DType real, Slice dw, Slice a, Slice b) {
        return launch(library, real, false, dw, a, b);
    }

    private Launch launch(PortableLibrary library, DType real, boolean turned, Slice dw, Slice a, Slice b) {
        int partImages = PortableLibrary.divideUp(images, parts(library));
        int parts = PortableLibrary.divideUp(images, partImages);
        List<Object> sizes = List.of(images, height, width, cols, outHeight, outWidth, rows, filterRows, filterCols, pad, partImages,
                turned ? 1 : 0);
        double flops = 2.0 * images * outHeight * outWidth * rows * cols * filterRows * filterCols;
        List<Tile> tiles = library.wideTiles(t -> MatmulWeights.fits(t, rows, cols));
        // The batch of a dense layer is the width of one image.
        String shape = images == 1 ? rows + " by " + cols
                : outHeight + "x" + outWidth + "x" + rows + " by " + height + "x" + width + "x" + cols
                + " taps " + filterRows + "x" + filterCols;
        Tile tile = library.tuner().pick(shape, tiles, t -> MatmulWeights.of(real, t), sizes, flops);
        return library.inParts(dw, parts, partials -> library.bind(MatmulWeights.of(real, tile), List.of(partials, a, b), sizes));
    }

    private int parts(PortableLibrary library) {
        int taps = filterRows * filterCols;
        int pieces = library.cpu() ? PortableLibrary.divideUp(rows, ROWS_ALONE) * taps
                : PortableLibrary.divideUp(rows, EDGE_IN_BLOCKS) * PortableLibrary.divideUp(cols, EDGE_IN_BLOCKS) * taps;
        return Math.min(images, PortableLibrary.divideUp(library.cpu() ? PIECES_ALONE : PIECES_IN_BLOCKS, pieces));
    }
}

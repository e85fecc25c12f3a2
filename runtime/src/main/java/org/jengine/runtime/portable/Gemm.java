package org.jengine.runtime.portable;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.Matmul;
import org.jengine.kernels.Tile;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;

/**
 * Sizes of one product of images with weights, as {@link Matmul} takes them.
 *
 * @param stored   columns in each row of the weights, of which {@code cols} count and the others are padding
 * @param mirrored whether the images are gradients that flow back through the filters
 */
record Gemm(int images, int height, int width, int depth, int outHeight, int outWidth, int cols, int filterRows, int filterCols, int pad,
            int stored, boolean mirrored, int tapStride, int depthStride) {
    /** {@code [rows, depth]} times {@code [depth, cols]}. */
    static Gemm dense(int rows, int depth, int cols) {
        return new Gemm(rows, 1, 1, depth, 1, 1, cols, 1, 1, 0, cols, false, 0, cols);
    }

    private List<Object> sizes() {
        return List.of(images, height, width, depth, outHeight, outWidth, cols, filterRows, filterCols, pad, mirrored ? 1 : 0, tapStride,
                depthStride);
    }

    private String shape() {
        return height + "x" + width + "x" + depth + " to " + outHeight + "x" + outWidth + "x" + cols
                + " by " + filterRows + "x" + filterCols + " pad " + pad;
    }

    private double flops() {
        return 2.0 * images * outHeight * outWidth * cols * filterRows * filterCols * depth;
    }

    /** The product with bias and activation, by the number that {@link Matmul} gives it. */
    Launch forward(PortableLibrary library, DType real, int activation, Slice y, Slice x, Slice w, Slice bias) {
        List<Object> args = new ArrayList<>(sizes());
        args.add(activation);
        Tile tile = library.tuner().pick(shape(), tiles(library), t -> Matmul.fwd(real, t), args, flops());
        return library.bind(Matmul.fwd(real, tile), List.of(y, x, w, bias), args);
    }

    /** The product alone. */
    Launch backward(PortableLibrary library, DType real, Slice y, Slice x, Slice w) {
        Tile tile = library.tuner().pick(shape(), tiles(library), t -> Matmul.bwd(real, t), sizes(), flops());
        return library.bind(Matmul.bwd(real, tile), List.of(y, x, w), sizes());
    }

    private List<Tile> tiles(PortableLibrary library) {
        return library.wideTiles(t -> t.fits(stored));
    }
}

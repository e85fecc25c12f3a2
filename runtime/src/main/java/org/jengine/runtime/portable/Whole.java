package org.jengine.runtime.portable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jengine.kernels.Args;
import org.jengine.kernels.DType;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.kernels.Product;
import org.jengine.kernels.Shape;
import org.jengine.kernels.WeightProduct;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;

/**
 * Products and gradients of weights as one launch each, on devices whose last block can finish the work of all. How they are cut hangs on
 * the sizes alone, so that the sums are the same each time, on every GPU.
 *
 * @param edge  of a tile
 * @param parts that each tile's sum is made in
 */
record Whole(int edge, int parts) {
    /** Blocks that keep a GPU busy. */
    private static final int BLOCKS = 256;
    /** Tiles from which on the widest pay. */
    private static final int ENOUGH = 64;
    /** Steps below which a part costs more than it saves. */
    private static final int LEAST_STEPS = 4;

    private static final int WIDEST = 64;
    private static final int NARROW = 32;
    private static final int NARROWEST = 16;

    /** Steps of the sum by a tile's edge. */
    private interface Steps {
        int of(int edge);
    }

    private static Whole of(long rows, long cols, Steps steps) {
        long narrow = Math.min(rows, cols);
        int edge = narrow <= NARROWEST ? NARROWEST : narrow <= NARROW || tiles(rows, cols, WIDEST) < ENOUGH ? NARROW : WIDEST;
        long parts = Math.min(BLOCKS / tiles(rows, cols, edge), steps.of(edge) / LEAST_STEPS);
        return new Whole(edge, (int) Math.max(1, parts));
    }

    private static long tiles(long rows, long cols, int edge) {
        return ((rows + edge - 1) / edge) * ((cols + edge - 1) / edge);
    }

    /** For a product of so many rows and columns, over taps of so many channels. */
    static Whole product(long rows, int cols, int taps, int depth) {
        return of(rows, cols, edge -> Product.steps(edge, taps, depth));
    }

    /** For the gradient of so many filters of so many features each, over so many pixels. */
    static Whole gradient(int filters, int features, long pixels) {
        return of(filters, features, edge -> WeightProduct.steps(edge, pixels));
    }

    /**
     * A launch with what the parts need between its outputs and inputs.
     *
     * @param rest sizes, then scalars, in the order of the declaration
     */
    static Launch bind(PortableLibrary library, KernelDef def, List<Slice> outputs, List<Slice> inputs, List<Object> rest) {
        List<String> names = def.params().stream().filter(p -> p.role() == Param.Role.SIZE).map(Param::name).toList();
        Map<String, Integer> named = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            named.put(names.get(i), (Integer) rest.get(i));
        }
        Args args = Args.sizes(def, named);
        List<Slice> buffers = new ArrayList<>(outputs);
        buffers.add(library.scratch("partial sums", shape(def, "partials", args), DType.F32));
        buffers.add(library.counters(shape(def, "arrivals", args)));
        buffers.addAll(inputs);
        return library.bind(def, buffers, rest);
    }

    private static Shape shape(KernelDef def, String buffer, Args args) {
        return Shape.of(Math.toIntExact(def.elements(buffer, args)));
    }
}

package org.jengine.runtime.portable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jengine.kernels.Args;
import org.jengine.kernels.DType;
import org.jengine.kernels.Factors;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.kernels.Product;
import org.jengine.kernels.Shape;
import org.jengine.kernels.WeightProduct;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;

/**
 * Products and gradients of weights as one launch each, on devices whose last block can finish the work of all. How they are cut hangs on
 * the factors and the sizes alone, so that the sums are the same each time, on every GPU.
 *
 * @param edge  of a tile
 * @param parts that each tile's sum is made in
 */
record Whole(int edge, int parts) {
    /** Blocks that keep a GPU busy. On tensor cores a block has three steps on their way, so that one on each multiprocessor does. */
    private static final int BLOCKS = 256;
    private static final int BLOCKS_OF_TENSOR_CORES = 128;
    /**
     * Tiles from which on the widest pay; on tensor cores, blocks. There a wide tile's warps multiply twice as often what they load: by the
     * counters of the software H100 a gradient that 18 narrow tiles make in 14 parts, or 5 wide ones in 26, is issued in 15 or 9 us with
     * TF32, in 5.9 or 4.3 us with bf16, for half the sectors.
     */
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

    private static Whole of(Factors factors, long rows, long cols, Steps steps) {
        long narrow = Math.min(rows, cols);
        if (narrow <= NARROW) {
            return of(factors, narrow <= NARROWEST ? NARROWEST : NARROW, rows, cols, steps);
        }
        Whole widest = of(factors, WIDEST, rows, cols, steps);
        long busy = tiles(rows, cols, WIDEST) * (factors == Factors.F32 ? 1 : widest.parts);
        return busy < ENOUGH ? of(factors, NARROW, rows, cols, steps) : widest;
    }

    private static Whole of(Factors factors, int edge, long rows, long cols, Steps steps) {
        int blocks = factors == Factors.F32 ? BLOCKS : BLOCKS_OF_TENSOR_CORES;
        long parts = Math.min(blocks / tiles(rows, cols, edge), steps.of(edge) / LEAST_STEPS);
        return new Whole(edge, (int) Math.max(1, parts));
    }

    private static long tiles(long rows, long cols, int edge) {
        return ((rows + edge - 1) / edge) * ((cols + edge - 1) / edge);
    }

    /** For a product of so many rows and columns, over taps of so many channels. */
    static Whole product(Factors factors, long rows, int cols, int taps, int depth) {
        return of(factors, rows, cols, edge -> Product.steps(edge, taps, depth));
    }

    /** For the gradient of so many filters of so many features each, over so many pixels. */
    static Whole gradient(Factors factors, int filters, int features, long pixels) {
        return of(factors, filters, features, edge -> WeightProduct.steps(edge, pixels));
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

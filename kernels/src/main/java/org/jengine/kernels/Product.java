package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The matrix product behind convolutions of stride 1 and dense layers as one launch, for NVIDIA's GPUs: what {@link Matmul} computes, with
 * the weights read as they lie, and the sum cut in parts where there are too few tiles to go round.
 *
 * <pre>
 * y[i, p, q, n] = sum over r, s, t of
 *     x[i, p + r - pad, q + s - pad, t] * w[(r * filterCols + s) * tapStride + t * depthStride + n * colStride]
 * </pre>
 *
 * {@code x} and {@code w} are {@link Factors}, whose name stands before the type's where the type does not tell.
 * One of {@code depthStride} and {@code colStride} is 1; {@code mirrored} as in {@link Matmul}. A part is a share of the steps, which are
 * {@link #steps}, and there are at most as many. For {@code partials} and {@code arrivals} see {@link Parts}.
 */
public final class Product {
    /** The edges of the tiles that there are, widest first. */
    public static final List<Integer> EDGES = List.of(64, 32, 16);

    /** Numbers of each side that a block takes in one step. */
    static final int TAKEN = 1024;

    private Product() {
    }

    /** {@code product_fwd_s<edge>_<real>}: also adds {@code bias F32[cols]} and applies {@code activation}, by its number in Matmul. */
    public static KernelDef fwd(Factors factors, int edge) {
        return new Forward(factors, edge);
    }

    /**
     * {@code product_bwd_s<edge>_<real>}: the gradient {@code dx} out of {@code dy}, multiplied with the derivative of the activation
     * {@code before}, which made {@code x}; without one, {@code x} may be any buffer.
     */
    public static KernelDef bwd(Factors factors, int edge) {
        return new Backward(factors, edge);
    }

    /** Steps that a tile's sum has over so many taps of so many channels. */
    public static int steps(int edge, int taps, int depth) {
        return taps * tiles(depth, TAKEN / edge);
    }

    static int tiles(long count, int edge) {
        return Math.toIntExact((count + edge - 1) / edge);
    }

    /** What the product has both ways. */
    private interface Whole extends KernelDef {
        Factors factors();

        int edge();

        default DType real() {
            return factors().real();
        }

        @Override
        default Devices devices() {
            return factors().devices();
        }

        @Override
        default String stem() {
            return "product";
        }

        @Override
        default Map<String, String> constants() {
            return factors().constants(Parts.constants(edge()));
        }

        default long outputs(Args a) {
            return a.product("images", "outHeight", "outWidth", "cols");
        }

        /** Of the buffers that both have. */
        default long elements(String buffer, Args a, String read) {
            if (buffer.equals(read)) {
                return a.product("images", "height", "width", "depth");
            }
            if (buffer.equals("w")) {
                return (a.product("filterRows", "filterCols") - 1) * a.size("tapStride") + (a.size("depth") - 1L) * a.size("depthStride")
                        + (a.size("cols") - 1L) * a.size("colStride") + 1;
            }
            return Parts.elements(buffer, (long) grid(a).blocksX() * grid(a).blocksY(), a.size("parts"), (long) edge() * edge());
        }

        @Override
        default Grid grid(Args a) {
            if (a.size("depthStride") != 1 && a.size("colStride") != 1) {
                throw new IllegalArgumentException("the weights are dense along neither the sum nor the result");
            }
            Parts.require(a.size("parts"), steps(edge(), Math.toIntExact(a.product("filterRows", "filterCols")), a.size("depth")));
            return new Grid(tiles(a.product("images", "outHeight", "outWidth"), edge()), tiles(a.size("cols"), edge()), a.size("parts"),
                    Parts.THREADS);
        }

        default List<Case> cases(int activation) {
            int step = TAKEN / edge();
            return List.of(
                    new Setting("same", 2, 7, 6, 8, 7, 6, edge() + 4, 3, 3, 1, 1, activation).make(this),
                    new Setting("valid", 3, 5, 4, 5, 4, 2, 7, 2, 3, 0, 2, Matmul.NONE).make(this),
                    new Setting("dense", 127, 1, 1, 2 * step + 4, 1, 1, edge() + 4, 1, 1, 0, 3, Matmul.SIGMOID).make(this),
                    new Setting("uneven", 10, 1, 1, 13, 1, 1, 2 * edge() + 1, 1, 1, 0, 1, activation).make(this),
                    new Setting("one_image", 1, 33, 3, 3, 33, 3, 10, 3, 3, 1, 9, Matmul.NONE).make(this),
                    new Setting("many_parts", 1, 4, 3, step + 4, 4, 3, edge(), 5, 5, 2, 35, activation).make(this));
        }
    }

    private record Forward(Factors factors, int edge) implements Whole {
        @Override
        public String entry() {
            return factors.entry("product_fwd_s" + edge);
        }

        @Override
        public List<Param> params() {
            return Product.params(List.of(Param.out("y", real()), Param.scratch("partials", DType.F32), Param.inout("arrivals", DType.I32),
                    Param.in("x", real()), Param.in("w", real()), Param.in("bias", DType.F32)), "activation");
        }

        @Override
        public long elements(String buffer, Args a) {
            return switch (buffer) {
                case "y" -> outputs(a);
                case "bias" -> a.size("cols");
                default -> elements(buffer, a, "x");
            };
        }

        @Override
        public void reference(Args a) {
            int cols = a.size("cols");
            for (int at = 0; at < outputs(a); at++) {
                double sum = sum(a, factors, "x", at / cols, at % cols) + a.data("bias").get(at % cols);
                a.data("y").set(at, Matmul.activated(sum, a.size("activation")));
            }
            Parts.arrive(a);
        }

        @Override
        public List<Case> cases() {
            return cases(Matmul.RELU);
        }
    }

    private record Backward(Factors factors, int edge) implements Whole {
        @Override
        public String entry() {
            return factors.entry("product_bwd_s" + edge);
        }

        @Override
        public List<Param> params() {
            return Product.params(List.of(Param.out("dx", real()), Param.scratch("partials", DType.F32), Param.inout("arrivals", DType.I32),
                    Param.in("dy", real()), Param.in("w", real()), Param.in("x", real())), "before");
        }

        @Override
        public long elements(String buffer, Args a) {
            return switch (buffer) {
                case "dx" -> outputs(a);
                case "x" -> a.size("before") == Matmul.NONE ? 1 : outputs(a);
                default -> elements(buffer, a, "dy");
            };
        }

        @Override
        public void reference(Args a) {
            int cols = a.size("cols");
            for (int at = 0; at < outputs(a); at++) {
                double x = a.size("before") == Matmul.NONE ? 0 : a.data("x").get(at);
                a.data("dx").set(at, sum(a, factors, "dy", at / cols, at % cols) * Matmul.slope(a.size("before"), x));
            }
            Parts.arrive(a);
        }

        @Override
        public List<Case> cases() {
            return cases(Matmul.RELU);
        }
    }

    private static List<Param> params(List<Param> buffers, String last) {
        List<Param> params = new ArrayList<>(buffers);
        for (String size : List.of("images", "height", "width", "depth", "outHeight", "outWidth", "cols", "filterRows", "filterCols",
                "pad", "mirrored", "tapStride", "depthStride", "colStride", "parts", last)) {
            params.add(Param.size(size));
        }
        return List.copyOf(params);
    }

    /** @param pixel of the result */
    private static double sum(Args a, Factors factors, String read, int pixel, int col) {
        int q = pixel % a.size("outWidth");
        int p = pixel / a.size("outWidth") % a.size("outHeight");
        int image = pixel / a.size("outWidth") / a.size("outHeight");
        int depth = a.size("depth");
        double sum = 0;
        for (int tap = 0; tap < a.product("filterRows", "filterCols"); tap++) {
            int down = tap / a.size("filterCols") - a.size("pad");
            int across = tap % a.size("filterCols") - a.size("pad");
            int row = a.size("mirrored") == 1 ? p - down : p + down;
            int column = a.size("mirrored") == 1 ? q - across : q + across;
            boolean inside = row >= 0 && row < a.size("height") && column >= 0 && column < a.size("width");
            int x = ((image * a.size("height") + row) * a.size("width") + column) * depth;
            int w = tap * a.size("tapStride") + col * a.size("colStride");
            for (int t = 0; inside && t < depth; t++) {
                sum += factors.rounded(a.data(read).get(x + t)) * factors.rounded(a.data("w").get(w + t * a.size("depthStride")));
            }
        }
        return sum;
    }

    /** One case; what goes forth has filters {@code [cols, taps, depth]} and comes back mirrored through {@code [depth, taps, cols]}. */
    private record Setting(String name, int images, int height, int width, int depth, int outHeight, int outWidth, int cols,
                           int filterRows, int filterCols, int pad, int parts, int activation) {
        Case make(Whole def) {
            return new Case(name, filterRows * filterCols * depth + 8, random -> args(def, random));
        }

        private Args args(Whole def, SplittableRandom random) {
            boolean forth = def instanceof Forward;
            int taps = filterRows * filterCols;
            int outputs = images * outHeight * outWidth * cols;
            // A dense layer's weights are [depth, cols] forth; the way back from n to m they are [m, n].
            boolean alongDepth = (taps == 1) != forth;
            Args.Builder args = Args.of(def).out(forth ? "y" : "dx", outputs)
                    .data(forth ? "x" : "dy", Fill.normal(def.real(), images * height * width * depth, random, 1))
                    .data("w", Fill.normal(def.real(), taps * depth * cols, random, 0.3))
                    .size("images", images).size("height", height).size("width", width).size("depth", depth)
                    .size("outHeight", outHeight).size("outWidth", outWidth).size("cols", cols)
                    .size("filterRows", filterRows).size("filterCols", filterCols).size("pad", pad)
                    .size("mirrored", forth || taps == 1 ? 0 : 1).size("tapStride", alongDepth ? depth : cols)
                    .size("depthStride", alongDepth ? 1 : taps * cols).size("colStride", alongDepth ? taps * depth : 1)
                    .size("parts", parts).size(forth ? "activation" : "before", activation);
            if (forth) {
                args.data("bias", Fill.uniform(DType.F32, cols, random, 0.5, 1.5));
            } else {
                args.data("x", Fill.uniform(def.real(), activation == Matmul.NONE ? 1 : outputs, random, -0.5, 1));
            }
            return Parts.complete(args, parts, tiles((long) images * outHeight * outWidth, def.edge()) * tiles(cols, def.edge()),
                    def.edge() * def.edge());
        }
    }
}

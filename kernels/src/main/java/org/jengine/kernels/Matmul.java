package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The blocked matrix product behind convolutions of stride 1 and dense layers; what it multiplies with the weights, a row for each
 * pixel of the result, is read out of the images where it stands (implicit GEMM: Chetlur et al., <i>cuDNN: Efficient primitives for
 * deep learning</i>, arXiv 1410.0759).
 *
 * <pre>
 * y[i, p, q, n] = sum over r, s, t of x[i, p + r - pad, q + s - pad, t] * w[(r * filterCols + s) * tapStride + t * depthStride + n]
 * </pre>
 *
 * with {@code x real[images, height, width, depth]}, 0 outside the image, and {@code y real[images, outHeight, outWidth, cols]}. With
 * {@code mirrored} 1 the pixel is {@code p - r + pad, q - s + pad}: a convolution's data gradient, {@code x} being {@code dy}. The strides
 * let one kernel read filters as they stand and transposed; the last index of {@code w} is dense. A dense layer is the case of one pixel
 * and one tap. A register tile that is wider than the result reads as many columns of {@code w} as it has: they must be there.
 */
public final class Matmul {
    /** Numbers of the activations that the forward kernel applies. */
    public static final int NONE = 0;
    /** {@code max(y, 0)}. */
    public static final int RELU = 1;
    /** {@code 1 / (1 + exp(-y))}. */
    public static final int SIGMOID = 2;

    private Matmul() {
    }

    /** {@code matmul_fwd_<tile>_<real>}: also adds {@code bias F32[cols]} and applies {@code activation}, one of the numbers here. */
    public static KernelDef fwd(DType real, Tile tile) {
        return new Forward(real, tile);
    }

    /** {@code matmul_bwd_<tile>_<real>}: the sums as they are. */
    public static KernelDef bwd(DType real, Tile tile) {
        return new Backward(real, tile);
    }

    /** What the product has both ways. */
    private interface Product extends KernelDef {
        Tile tile();

        List<Setting> settings();

        @Override
        default List<Case> cases() {
            return settings().stream().map(setting -> setting.make(this)).toList();
        }

        @Override
        default Devices devices() {
            return Devices.OPENCL;
        }

        @Override
        default String stem() {
            return "matmul";
        }

        @Override
        default Map<String, String> constants() {
            return tile().constants();
        }

        @Override
        default long elements(String buffer, Args a) {
            long taps = a.product("filterRows", "filterCols");
            int read = tile().form() == Tile.Form.SHARED ? a.size("cols") : Math.max(a.size("cols"), tile().cols());
            return switch (buffer) {
                case "y" -> a.product("images", "outHeight", "outWidth", "cols");
                case "x" -> a.product("images", "height", "width", "depth");
                case "w" -> (taps - 1) * a.size("tapStride") + (a.size("depth") - 1L) * a.size("depthStride") + read;
                case "bias" -> a.size("cols");
                default -> throw new IllegalArgumentException(buffer);
            };
        }

        @Override
        default Grid grid(Args a) {
            long rows = (long) a.size("images") * a.size("outHeight") * a.size("outWidth");
            return new Grid(tile().blocksDown(rows), tile().across(a.size("cols")), 1, tile().threads());
        }
    }

    private record Forward(DType real, Tile tile) implements Product {
        private Forward {
            Real.require("matmul_fwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("matmul_fwd_" + tile.name(), real);
        }

        @Override
        public List<Param> params() {
            return Matmul.params(real, true);
        }

        @Override
        public void reference(Args a) {
            for (Sum sum : sums(a)) {
                double value = sum.of(a) + a.data("bias").get(sum.col);
                a.data("y").set(sum.index, activated(value, a.size("activation")));
            }
        }

        @Override
        public List<Setting> settings() {
            int cols = tile.cols();
            if (tile.form() == Tile.Form.SHARED) {
                // A step is 16 of the depth: less than one, just one, and several with some over. Each tap takes a step at the least.
                return List.of(
                        new Setting("same", 2, 3, 6, 5, 3, 6, 19, 3, 3, 1, 0, RELU),
                        new Setting("valid", 3, 5, 4, 4, 4, 2, cols, 2, 3, 0, 0, NONE),
                        new Setting("dense", tile.rows() + 3, 1, 1, 33, 1, 1, cols + 1, 1, 1, 0, 0, SIGMOID),
                        new Setting("one_image", 1, 33, 1, 2, 33, 3, 16, 3, 1, 1, 0, NONE),
                        whole(tile, 0));
            }
            return List.of(
                    new Setting("same", 2, 7, 6, 5, 7, 6, cols + 3, 3, 3, 1, 0, RELU),
                    new Setting("valid", 3, 5, 4, 4, 4, 2, cols, 2, 3, 0, 0, NONE),
                    new Setting("dense", 127, 1, 1, 33, 1, 1, 2 * cols + 1, 1, 1, 0, 0, SIGMOID),
                    new Setting("one_image", 1, 33, 3, 2, 33, 3, cols, 3, 3, 1, 0, NONE));
        }
    }

    private record Backward(DType real, Tile tile) implements Product {
        private Backward {
            Real.require("matmul_bwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("matmul_bwd_" + tile.name(), real);
        }

        @Override
        public List<Param> params() {
            return Matmul.params(real, false);
        }

        @Override
        public void reference(Args a) {
            for (Sum sum : sums(a)) {
                a.data("y").set(sum.index, sum.of(a));
            }
        }

        @Override
        public List<Setting> settings() {
            int cols = tile.cols();
            if (tile.form() == Tile.Form.SHARED) {
                return List.of(
                        new Setting("same", 2, 3, 6, 5, 3, 6, 19, 3, 3, 1, 1, NONE),
                        new Setting("valid", 3, 2, 1, 17, 3, 3, cols, 2, 3, 0, 1, NONE),
                        new Setting("dense", tile.rows() + 3, 1, 1, 10, 1, 1, cols + 1, 1, 1, 0, 0, NONE),
                        new Setting("one_image", 1, 33, 3, 3, 33, 3, 16, 1, 3, 1, 1, NONE),
                        new Setting("padded", 2, 3, 2, 6, 3, 2, cols - 1, 1, 3, 1, 1, NONE).padded(cols),
                        whole(tile, 1));
            }
            return List.of(
                    new Setting("same", 2, 7, 6, 17, 7, 6, cols + 3, 3, 3, 1, 1, NONE),
                    new Setting("valid", 3, 4, 2, 5, 5, 4, cols, 2, 3, 0, 1, NONE),
                    new Setting("dense", 127, 1, 1, 10, 1, 1, 2 * cols + 1, 1, 1, 0, 0, NONE),
                    new Setting("one_image", 1, 33, 2, 3, 33, 2, cols, 3, 3, 1, 1, NONE),
                    new Setting("padded", 2, 5, 4, 6, 5, 4, Math.max(1, cols - 1), 3, 3, 1, 1, NONE).padded(cols));
        }
    }

    /** One tile and one step, with nothing over. */
    private static Setting whole(Tile tile, int mirrored) {
        return new Setting("whole", 2, tile.rows() / 8, 4, 16, tile.rows() / 8, 4, tile.cols(), 1, 1, 0, mirrored, NONE);
    }

    private static List<Param> params(DType real, boolean finish) {
        List<Param> params = new ArrayList<>(List.of(Param.out("y", real), Param.in("x", real), Param.in("w", real)));
        if (finish) {
            params.add(Param.in("bias", DType.F32));
        }
        for (String size : List.of("images", "height", "width", "depth", "outHeight", "outWidth", "cols", "filterRows", "filterCols",
                "pad", "mirrored", "tapStride", "depthStride")) {
            params.add(Param.size(size));
        }
        if (finish) {
            params.add(Param.size("activation"));
        }
        return List.copyOf(params);
    }

    /** The derivative by what the function took, out of what it gave. */
    static double slope(int activation, double given) {
        return switch (activation) {
            case RELU -> given > 0 ? 1 : 0;
            case SIGMOID -> given * (1 - given);
            default -> 1;
        };
    }

    static double activated(double value, int activation) {
        return switch (activation) {
            case RELU -> Math.max(value, 0);
            case SIGMOID -> 1 / (1 + Math.exp(-value));
            default -> value;
        };
    }

    private static List<Sum> sums(Args a) {
        List<Sum> sums = new ArrayList<>();
        for (int image = 0; image < a.size("images"); image++) {
            for (int p = 0; p < a.size("outHeight"); p++) {
                for (int q = 0; q < a.size("outWidth"); q++) {
                    for (int n = 0; n < a.size("cols"); n++) {
                        sums.add(new Sum(sums.size(), image, p, q, n));
                    }
                }
            }
        }
        return sums;
    }

    /** One element of the result, at {@code index} of {@code y}. */
    private record Sum(int index, int image, int p, int q, int col) {
        double of(Args a) {
            double sum = 0;
            for (int r = 0; r < a.size("filterRows"); r++) {
                for (int s = 0; s < a.size("filterCols"); s++) {
                    int row = a.size("mirrored") == 1 ? p - r + a.size("pad") : p + r - a.size("pad");
                    int column = a.size("mirrored") == 1 ? q - s + a.size("pad") : q + s - a.size("pad");
                    if (row >= 0 && row < a.size("height") && column >= 0 && column < a.size("width")) {
                        sum += tap(a, (image * a.size("height") + row) * a.size("width") + column, r * a.size("filterCols") + s);
                    }
                }
            }
            return sum;
        }

        private double tap(Args a, int pixel, int tap) {
            double sum = 0;
            for (int t = 0; t < a.size("depth"); t++) {
                sum += a.data("x").get(pixel * a.size("depth") + t)
                        * a.data("w").get(tap * a.size("tapStride") + t * a.size("depthStride") + col);
            }
            return sum;
        }
    }

    /** One case. What is mirrored has filters in the order that a convolution keeps them in, {@code [depth, taps, cols]}. */
    private record Setting(String name, int images, int height, int width, int depth, int outHeight, int outWidth, int cols,
                           int filterRows, int filterCols, int pad, int mirrored, int activation, int stored) {
        Setting(String name, int images, int height, int width, int depth, int outHeight, int outWidth, int cols, int filterRows,
                int filterCols, int pad, int mirrored, int activation) {
            this(name, images, height, width, depth, outHeight, outWidth, cols, filterRows, filterCols, pad, mirrored, activation, cols);
        }

        /** With more columns in each row of w than the result has. */
        Setting padded(int columns) {
            return new Setting(name, images, height, width, depth, outHeight, outWidth, cols, filterRows, filterCols, pad, mirrored,
                    activation, columns);
        }

        Case make(KernelDef def) {
            return new Case(name, filterRows * filterCols * depth + 8, random -> args(def, random));
        }

        /** What is behind the last column that is read belongs to nobody. */
        private int weights(KernelDef def, int taps) {
            boolean shared = def.constants().containsKey("FORM_SHARED");
            return taps * depth * stored - (shared ? stored - cols : 0);
        }

        private Args args(KernelDef def, SplittableRandom random) {
            DType real = def.params().get(0).type();
            int taps = filterRows * filterCols;
            Args.Builder args = Args.of(def)
                    .out("y", images * outHeight * outWidth * cols)
                    .data("x", Fill.normal(real, images * height * width * depth, random, 1))
                    .data("w", Fill.normal(real, weights(def, taps), random, 0.3))
                    .size("images", images).size("height", height).size("width", width).size("depth", depth)
                    .size("outHeight", outHeight).size("outWidth", outWidth).size("cols", cols)
                    .size("filterRows", filterRows).size("filterCols", filterCols).size("pad", pad).size("mirrored", mirrored)
                    .size("tapStride", mirrored == 1 ? stored : depth * stored).size("depthStride", mirrored == 1 ? taps * stored : stored);
            if (def instanceof Forward) {
                args.data("bias", Fill.uniform(DType.F32, cols, random, 0.5, 1.5)).size("activation", activation);
            }
            return args.build();
        }
    }
}

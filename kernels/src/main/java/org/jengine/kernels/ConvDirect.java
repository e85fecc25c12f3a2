package org.jengine.kernels;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Convolution of images of {@value #DEPTH} channels by {@value #FILTER}x{@value #FILTER} filters, stride 1: the first layer of every
 * convolutional net, where a {@link Matmul} would have three numbers at a time to add. {@code x real[images, height, width, 3]},
 * {@code y real[images, outHeight, outWidth, cols]}, 0 outside the image.
 */
public final class ConvDirect {
    /** Channels of the images. */
    public static final int DEPTH = 3;
    /** Rows and columns of the filters. */
    public static final int FILTER = 3;
    private static final int RUN = FILTER * DEPTH;

    private ConvDirect() {
    }

    /**
     * {@code conv_direct_fwd_<tile>_<real>}: {@code y = act(conv(x, w) + bias)} with {@code w real[3, 3, 3, cols]}, the filters last, and
     * {@code activation} as in {@link Matmul}.
     */
    public static KernelDef fwd(DType real, Tile tile) {
        return new Forward(real, tile);
    }

    /**
     * {@code conv_direct_bwd_<tile>_<real>}: {@code partials F32[parts, cols, 3, 3, 3]}, the gradient of the filters summed over parts of
     * {@code partLines} rows of {@code dy}.
     */
    public static KernelDef bwd(DType real, Tile tile) {
        return new Backward(real, tile);
    }

    /** Ways to cut the forward pass, for CPUs. */
    public static final List<Tile> ALONE = List.of(tile(6, 16, 1), tile(4, 16, 1), tile(6, 8, 1), tile(4, 4, 1));
    /** A way for GPUs: threads side by side write side by side. For those of NVIDIA's there is {@link ConvFirst}. */
    public static final List<Tile> BLOCKS = List.of(tile(4, 4, 128));
    /** Ways to cut the gradient, for CPUs; the columns are filters. */
    public static final List<Tile> GRADIENT_ALONE = List.of(tile(1, 4, 1), tile(1, 8, 1));
    /** A way for GPUs. */
    public static final List<Tile> GRADIENT_BLOCKS = List.of(tile(1, 4, 128));

    private static Tile tile(int rows, int cols, int threads) {
        return new Tile(Tile.Form.REGISTER, rows, cols, 1, threads);
    }

    /** What the convolution has both ways. */
    private interface Direct extends KernelDef {
        Tile tile();

        /** {@link ConvFirst} and {@link WeightProduct} are their match on NVIDIA's GPUs. */
        @Override
        default Devices devices() {
            return Devices.OPENCL;
        }

        @Override
        default String stem() {
            return "conv_direct";
        }

        @Override
        default Map<String, String> constants() {
            Map<String, String> constants = new LinkedHashMap<>(tile().constants());
            constants.put("FILTER_ROWS", Integer.toString(FILTER));
            constants.put("FILTER_COLS", Integer.toString(FILTER));
            constants.put("DEPTH", Integer.toString(DEPTH));
            return constants;
        }
    }

    private record Forward(DType real, Tile tile) implements Direct {
        private Forward {
            Real.require("conv_direct_fwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("conv_direct_fwd_" + tile.name(), real);
        }

        @Override
        public List<Param> params() {
            return forwardParams(real);
        }

        @Override
        public long elements(String buffer, Args a) {
            return forwardElements(buffer, a);
        }

        /** One thread per row of the result and tile of filters. */
        @Override
        public Grid grid(Args a) {
            return Grid.cover((long) a.size("images") * a.size("outHeight") * tile.across(a.size("cols")), tile.threads());
        }

        @Override
        public void reference(Args a) {
            int cols = a.size("cols");
            for (int at = 0; at < a.size("images") * a.size("outHeight") * a.size("outWidth") * cols; at++) {
                int n = at % cols;
                int pixel = at / cols;
                double sum = a.data("bias").get(n);
                for (int tap = 0; tap < FILTER * FILTER; tap++) {
                    int x = under(a, pixel, tap);
                    for (int c = 0; c < DEPTH && x >= 0; c++) {
                        sum += a.data("x").get(x + c) * a.data("w").get((tap * DEPTH + c) * cols + n);
                    }
                }
                a.data("y").set(at, Matmul.activated(sum, a.size("activation")));
            }
        }

        @Override
        public List<Case> cases() {
            int cols = tile.cols();
            return List.of(
                    forward(this, "same", 2, 7, 9, 1, cols + 3, Matmul.RELU),
                    forward(this, "valid", 3, 5, 15, 0, 2 * cols, Matmul.NONE),
                    forward(this, "narrow", 1, 33, 1, 1, cols, Matmul.SIGMOID),
                    forward(this, "flat", 127, 1, 3, 1, cols, Matmul.RELU),
                    forward(this, "wide_border", 1, 4, 5, 2, cols + 1, Matmul.NONE));
        }
    }

    private record Backward(DType real, Tile tile) implements Direct {
        private Backward {
            Real.require("conv_direct_bwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("conv_direct_bwd_" + tile.name(), real);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("partials", DType.F32), Param.in("x", real), Param.in("dy", real),
                    Param.size("images"), Param.size("height"), Param.size("width"), Param.size("outHeight"), Param.size("outWidth"),
                    Param.size("cols"), Param.size("pad"), Param.size("partLines"));
        }

        @Override
        public long elements(String buffer, Args a) {
            return switch (buffer) {
                case "dy" -> a.product("images", "outHeight", "outWidth", "cols");
                case "x" -> a.product("images", "height", "width") * DEPTH;
                case "partials" -> parts(a) * (long) a.size("cols") * FILTER * RUN;
                default -> throw new IllegalArgumentException(buffer);
            };
        }

        /** One thread per part, row of the filters and tile of filters. */
        @Override
        public Grid grid(Args a) {
            return Grid.cover((long) parts(a) * FILTER * tile.across(a.size("cols")), tile.threads());
        }

        private static int parts(Args a) {
            return (a.size("images") * a.size("outHeight") + a.size("partLines") - 1) / a.size("partLines");
        }

        @Override
        public void reference(Args a) {
            int cols = a.size("cols");
            int pixels = a.size("images") * a.size("outHeight") * a.size("outWidth");
            int partPixels = a.size("partLines") * a.size("outWidth");
            for (int at = 0; at < parts(a) * cols * FILTER * RUN; at++) {
                int part = at / (cols * FILTER * RUN);
                int n = at / (FILTER * RUN) % cols;
                int tap = at / DEPTH % (FILTER * FILTER);
                double sum = 0;
                for (int pixel = part * partPixels; pixel < Math.min(pixels, (part + 1) * partPixels); pixel++) {
                    int x = under(a, pixel, tap);
                    sum += x < 0 ? 0 : a.data("x").get(x + at % DEPTH) * a.data("dy").get(pixel * cols + n);
                }
                a.data("partials").set(at, sum);
            }
        }

        @Override
        public List<Case> cases() {
            int cols = tile.cols();
            return List.of(
                    backward(this, "same", 2, 7, 9, 1, cols + 3, 3),
                    backward(this, "valid", 3, 5, 15, 0, 2 * cols, 9),
                    backward(this, "narrow", 1, 33, 1, 2, cols, 33),
                    backward(this, "flat", 127, 1, 3, 2, cols, 8),
                    backward(this, "wide_border", 1, 4, 5, 2, cols + 1, 2));
        }
    }

    /** What the way forth takes, however the weights lie. */
    static List<Param> forwardParams(DType real) {
        return List.of(Param.out("y", real), Param.in("x", real), Param.in("w", real), Param.in("bias", DType.F32),
                Param.size("images"), Param.size("height"), Param.size("width"), Param.size("outHeight"), Param.size("outWidth"),
                Param.size("cols"), Param.size("pad"), Param.size("activation"));
    }

    static long forwardElements(String buffer, Args a) {
        return switch (buffer) {
            case "y" -> a.product("images", "outHeight", "outWidth", "cols");
            case "x" -> a.product("images", "height", "width") * DEPTH;
            case "w" -> FILTER * RUN * (long) a.size("cols");
            case "bias" -> a.size("cols");
            default -> throw new IllegalArgumentException(buffer);
        };
    }

    /** The first channel of the pixel of {@code x} under a tap, or -1 in the border. */
    static int under(Args a, int pixel, int tap) {
        int q = pixel % a.size("outWidth");
        int p = pixel / a.size("outWidth") % a.size("outHeight");
        int image = pixel / a.size("outWidth") / a.size("outHeight");
        int row = p + tap / FILTER - a.size("pad");
        int col = q + tap % FILTER - a.size("pad");
        boolean inside = row >= 0 && row < a.size("height") && col >= 0 && col < a.size("width");
        return inside ? ((image * a.size("height") + row) * a.size("width") + col) * DEPTH : -1;
    }

    static Case forward(KernelDef def, String name, int images, int height, int width, int pad, int cols, int activation) {
        return new Case(name, FILTER * RUN + 8, random -> images(def, random, images, height, width, pad, cols)
                .out("y", images * (height + 2 * pad - 2) * (width + 2 * pad - 2) * cols)
                .data("w", Fill.normal(def.params().get(0).type(), FILTER * RUN * cols, random, 0.3))
                .data("bias", Fill.uniform(DType.F32, cols, random, 0.5, 1.5)).size("activation", activation).build());
    }

    private static Case backward(Backward def, String name, int images, int height, int width, int pad, int cols, int partLines) {
        int outHeight = height + 2 * pad - 2;
        int outWidth = width + 2 * pad - 2;
        int parts = (images * outHeight + partLines - 1) / partLines;
        return new Case(name, partLines * outWidth, random -> images(def, random, images, height, width, pad, cols)
                .out("partials", parts * cols * FILTER * RUN)
                .data("dy", Fill.normal(def.real, images * outHeight * outWidth * cols, random, 1)).size("partLines", partLines).build());
    }

    private static Args.Builder images(KernelDef def, SplittableRandom random, int images, int height, int width, int pad, int cols) {
        return Args.of(def)
                .data("x", Fill.normal(def.params().get(1).type(), images * height * width * DEPTH, random, 1))
                .size("images", images).size("height", height).size("width", width)
                .size("outHeight", height + 2 * pad - 2).size("outWidth", width + 2 * pad - 2).size("cols", cols).size("pad", pad);
    }
}

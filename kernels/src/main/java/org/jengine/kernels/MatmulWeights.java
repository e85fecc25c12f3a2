package org.jengine.kernels;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The product behind the gradients of weights, {@code matmul_weights_<tile>_<real>}, summed over parts of the batch:
 *
 * <pre>
 * partials[part, m, r, s, n] = sum over the part's images and p, q of a[image, p, q, m] * b[image, p + r - pad, q + s - pad, n]
 * </pre>
 *
 * with {@code a real[images, outHeight, outWidth, rows]} and {@code b real[images, height, width, cols]}, 0 outside the image. A part is
 * {@code partImages} images, the last may be shorter; {@code partials F32[parts, rows, filterRows, filterCols, cols]}, or with
 * {@code turned} 1, which filters of one tap allow, {@code F32[parts, cols, rows]}. For a convolution
 * {@code a} is {@code dy} and {@code b} is {@code x}; for a dense layer {@code a} is {@code x} and {@code b} is {@code dy}, the batch being
 * one image of one row.
 */
public record MatmulWeights(DType real, Tile tile) implements KernelDef {
    /** Tiles beside each other that one thread computes. */
    private static final int TILES_ACROSS = 16;

    public MatmulWeights {
        Real.require("matmul_weights", real);
    }

    public static KernelDef of(DType real, Tile tile) {
        return new MatmulWeights(real, tile);
    }

    @Override
    public String entry() {
        return Real.entry("matmul_weights_" + tile.name(), real);
    }

    @Override
    public String stem() {
        return "matmul_weights";
    }

    @Override
    public Devices devices() {
        return Devices.OPENCL;
    }

    @Override
    public Map<String, String> constants() {
        Map<String, String> constants = new LinkedHashMap<>(tile.constants());
        constants.put("TILES_ACROSS", Integer.toString(TILES_ACROSS));
        return constants;
    }

    /** Whether a gradient of so many rows and columns can be cut this way. */
    public static boolean fits(Tile tile, int rows, int cols) {
        return tile.form() == Tile.Form.SHARED || tile.threads() == 1 && rows >= tile.rows() && cols >= tile.cols();
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("partials", DType.F32), Param.in("a", real), Param.in("b", real),
                Param.size("images"), Param.size("height"), Param.size("width"), Param.size("cols"),
                Param.size("outHeight"), Param.size("outWidth"), Param.size("rows"),
                Param.size("filterRows"), Param.size("filterCols"), Param.size("pad"), Param.size("partImages"), Param.size("turned"));
    }

    @Override
    public long elements(String buffer, Args a) {
        return switch (buffer) {
            case "partials" -> parts(a) * a.product("rows", "filterRows", "filterCols", "cols");
            case "a" -> a.product("images", "outHeight", "outWidth", "rows");
            case "b" -> a.product("images", "height", "width", "cols");
            default -> throw new IllegalArgumentException(buffer);
        };
    }

    @Override
    public Grid grid(Args a) {
        if (a.size("turned") == 1 && a.product("filterRows", "filterCols") != 1) {
            throw new IllegalArgumentException("only a gradient of one tap can be turned");
        }
        int across = tile.form() == Tile.Form.SHARED ? tile.across(a.size("cols"))
                : (a.size("cols") + TILES_ACROSS * tile.cols() - 1) / (TILES_ACROSS * tile.cols());
        return new Grid(tile.blocksDown(a.size("rows")) * across, a.size("filterRows") * a.size("filterCols"), parts(a), tile.threads());
    }

    private static int parts(Args a) {
        return (a.size("images") + a.size("partImages") - 1) / a.size("partImages");
    }

    @Override
    public void reference(Args a) {
        int rows = a.size("rows");
        int cols = a.size("cols");
        int at = 0;
        for (int part = 0; part < parts(a); part++) {
            for (int m = 0; m < rows; m++) {
                for (int r = 0; r < a.size("filterRows"); r++) {
                    for (int s = 0; s < a.size("filterCols"); s++) {
                        for (int n = 0; n < cols; n++) {
                            int place = a.size("turned") == 1 ? (part * cols + n) * rows + m : at;
                            a.data("partials").set(place, sum(a, part, m, r - a.size("pad"), s - a.size("pad"), n));
                            at++;
                        }
                    }
                }
            }
        }
    }

    private static double sum(Args a, int part, int m, int down, int across, int n) {
        double sum = 0;
        int last = Math.min((part + 1) * a.size("partImages"), a.size("images"));
        for (int image = part * a.size("partImages"); image < last; image++) {
            for (int p = 0; p < a.size("outHeight"); p++) {
                for (int q = 0; q < a.size("outWidth"); q++) {
                    int row = p + down;
                    int col = q + across;
                    if (row >= 0 && row < a.size("height") && col >= 0 && col < a.size("width")) {
                        int left = (image * a.size("outHeight") + p) * a.size("outWidth") + q;
                        int right = (image * a.size("height") + row) * a.size("width") + col;
                        sum += a.data("a").get(left * a.size("rows") + m) * a.data("b").get(right * a.size("cols") + n);
                    }
                }
            }
        }
        return sum;
    }

    @Override
    public List<Case> cases() {
        int rows = tile.rows();
        int cols = tile.cols();
        if (tile.form() == Tile.Form.SHARED) {
            // A step is 16 pixels of an image: less than one, just one, and several with some over.
            return List.of(
                    of("same", 3, 3, 5, 19, 3, 5, 12, 3, 3, 1, 2),
                    of("valid", 2, 5, 6, cols, 4, 4, rows, 2, 3, 0, 1),
                    of("dense", 1, 1, 39, cols + 1, 1, 39, rows + 3, 1, 1, 0, 1),
                    of("dense_turned", 1, 1, 17, cols + 5, 1, 17, rows + 1, 1, 1, 0, 1, 1),
                    of("dense_in_parts", 3, 1, 20, cols, 1, 20, rows, 1, 1, 0, 2),
                    of("below_the_image", 2, 2, 5, 16, 1, 5, 10, 3, 1, 0, 2),
                    of("one_image", 1, 33, 2, 16, 35, 2, 10, 1, 3, 1, 1));
        }
        return List.of(
                of("same", 3, 5, 4, cols + 3, 5, 4, rows + 2, 3, 3, 1, 2),
                of("overlap", 2, 1, 3, cols + 1, 1, 3, 4 * rows + 1, 1, 1, 0, 2),
                of("valid", 3, 5, 6, cols, 4, 4, 2 * rows, 2, 3, 0, 1),
                of("dense", 1, 1, 127, cols + 1, 1, 127, 5 * rows + 1, 1, 1, 0, 1),
                of("dense_turned", 1, 1, 130, 17 * cols + 1, 1, 130, rows + 1, 1, 1, 0, 1, 1),
                of("dense_in_parts", 3, 1, 140, cols, 1, 140, rows, 1, 1, 0, 2),
                of("below_the_image", 2, 2, 5, cols, 1, 5, rows, 3, 1, 0, 2),
                of("one_image", 1, 33, 3, cols, 33, 3, rows, 3, 3, 1, 1));
    }

    private Case of(String name, int images, int height, int width, int cols, int outHeight, int outWidth, int rows, int filterRows,
                    int filterCols, int pad, int partImages) {
        return of(name, images, height, width, cols, outHeight, outWidth, rows, filterRows, filterCols, pad, partImages, 0);
    }

    private Case of(String name, int images, int height, int width, int cols, int outHeight, int outWidth, int rows, int filterRows,
                    int filterCols, int pad, int partImages, int turned) {
        int taps = filterRows * filterCols;
        int parts = (images + partImages - 1) / partImages;
        return new Case(name, partImages * outHeight * outWidth, random -> Args.of(this)
                .out("partials", parts * rows * taps * cols)
                .data("a", Fill.normal(real, images * outHeight * outWidth * rows, random, 1))
                .data("b", Fill.normal(real, images * height * width * cols, random, 1))
                .size("images", images).size("height", height).size("width", width).size("cols", cols)
                .size("outHeight", outHeight).size("outWidth", outWidth).size("rows", rows)
                .size("filterRows", filterRows).size("filterCols", filterCols).size("pad", pad)
                .size("partImages", partImages).size("turned", turned).build());
    }
}

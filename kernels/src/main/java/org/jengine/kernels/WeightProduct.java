package org.jengine.kernels;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The gradients of weights and bias, {@code weight_product_s<edge>_<real>}, as one launch, for NVIDIA's GPUs:
 *
 * <pre>
 * dw[k, r, s, c] = sum over images i and p, q of dy[i, p, q, k] * x[i, p + r - pad, q + s - pad, c]
 * db[k] = sum over images i and p, q of dy[i, p, q, k]
 * </pre>
 *
 * where {@code x} and {@code dy} are {@link Factors} in the first, and as they are stored in the second;
 * with {@code x real[images, height, width, depth]}, 0 outside the image, and {@code dy real[images, outHeight, outWidth, filters]}. With
 * {@code turned} 1 it is {@code dw[r, s, c, k]}, as a dense layer's weights lie. A part is a share of the {@link #steps}, and there are at
 * most as many. For {@code partials} and {@code arrivals} see {@link Parts}.
 */
public record WeightProduct(Factors factors, int edge) implements KernelDef {
    public static KernelDef of(Factors factors, int edge) {
        return new WeightProduct(factors, edge);
    }

    /** Steps that a tile's sum has over so many pixels. */
    public static int steps(int edge, long pixels) {
        return Product.tiles(pixels, Product.TAKEN / edge);
    }

    @Override
    public Devices devices() {
        return factors.devices();
    }

    @Override
    public String entry() {
        return factors.entry("weight_product_s" + edge);
    }

    @Override
    public String stem() {
        return "weight_product";
    }

    @Override
    public Map<String, String> constants() {
        return factors.constants(Parts.constants(edge));
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("dw", DType.F32), Param.out("db", DType.F32), Param.scratch("partials", DType.F32),
                Param.inout("arrivals", DType.I32), Param.in("x", factors.real()), Param.in("dy", factors.real()),
                Param.size("images"), Param.size("height"), Param.size("width"), Param.size("depth"),
                Param.size("outHeight"), Param.size("outWidth"), Param.size("filters"),
                Param.size("filterRows"), Param.size("filterCols"), Param.size("pad"), Param.size("turned"), Param.size("parts"));
    }

    private static long features(Args a) {
        return a.product("filterRows", "filterCols", "depth");
    }

    private static long pixels(Args a) {
        return a.product("images", "outHeight", "outWidth");
    }

    @Override
    public long elements(String buffer, Args a) {
        return switch (buffer) {
            case "dw" -> features(a) * a.size("filters");
            case "db" -> a.size("filters");
            case "x" -> a.product("images", "height", "width", "depth");
            case "dy" -> pixels(a) * a.size("filters");
            default -> Parts.elements(buffer, (long) grid(a).blocksX() * grid(a).blocksY(), a.size("parts"), count());
        };
    }

    /** A tile's numbers, and one more for each thread. */
    private long count() {
        return (long) edge * edge + Parts.THREADS;
    }

    @Override
    public Grid grid(Args a) {
        Parts.require(a.size("parts"), steps(edge, pixels(a)));
        int ofX = Product.tiles(features(a), edge);
        int ofDy = Product.tiles(a.size("filters"), edge);
        return a.size("turned") == 1 ? new Grid(ofX, ofDy, a.size("parts"), Parts.THREADS)
                : new Grid(ofDy, ofX, a.size("parts"), Parts.THREADS);
    }

    @Override
    public void reference(Args a) {
        int filters = a.size("filters");
        int features = Math.toIntExact(features(a));
        for (int k = 0; k < filters; k++) {
            double bias = 0;
            for (int pixel = 0; pixel < pixels(a); pixel++) {
                bias += a.data("dy").get(pixel * filters + k);
            }
            a.data("db").set(k, bias);
            for (int f = 0; f < features; f++) {
                a.data("dw").set(a.size("turned") == 1 ? f * filters + k : k * features + f, sum(a, factors, k, f));
            }
        }
        Parts.arrive(a);
    }

    private static double sum(Args a, Factors factors, int k, int feature) {
        int depth = a.size("depth");
        int down = feature / depth / a.size("filterCols") - a.size("pad");
        int across = feature / depth % a.size("filterCols") - a.size("pad");
        double sum = 0;
        for (int pixel = 0; pixel < pixels(a); pixel++) {
            int row = pixel / a.size("outWidth") % a.size("outHeight") + down;
            int col = pixel % a.size("outWidth") + across;
            if (row >= 0 && row < a.size("height") && col >= 0 && col < a.size("width")) {
                int image = pixel / a.size("outWidth") / a.size("outHeight");
                int x = ((image * a.size("height") + row) * a.size("width") + col) * depth + feature % depth;
                sum += factors.rounded(a.data("dy").get(pixel * a.size("filters") + k)) * factors.rounded(a.data("x").get(x));
            }
        }
        return sum;
    }

    @Override
    public List<Case> cases() {
        int step = Product.TAKEN / edge;
        return List.of(
                new Setting("same", 3, 5, 4, 8, 5, 4, edge + 4, 3, 3, 1, 0, 1).make(this),
                new Setting("valid", 5, 5, 6, 5, 4, 4, 7, 2, 3, 0, 0, 2).make(this),
                new Setting("dense", 127, 1, 1, 2 * edge + 4, 1, 1, 10, 1, 1, 0, 1, 2).make(this),
                new Setting("dense_wide", 33, 1, 1, 12, 1, 1, edge + 4, 1, 1, 0, 1, 1).make(this),
                new Setting("one_image", 1, 33, 3, 3, 33, 3, 4, 3, 3, 1, 0, 1).make(this),
                new Setting("many_parts", 35, 1, step, 4, 1, step, edge, 1, 1, 0, 0, 35).make(this));
    }

    private record Setting(String name, int images, int height, int width, int depth, int outHeight, int outWidth, int filters,
                           int filterRows, int filterCols, int pad, int turned, int parts) {
        Case make(WeightProduct def) {
            return new Case(name, images * outHeight * outWidth, random -> args(def, random));
        }

        private Args args(WeightProduct def, SplittableRandom random) {
            int features = filterRows * filterCols * depth;
            Args.Builder args = Args.of(def).out("dw", filters * features).out("db", filters)
                    .data("x", Fill.normal(def.factors.real(), images * height * width * depth, random, 1))
                    .data("dy", Fill.normal(def.factors.real(), images * outHeight * outWidth * filters, random, 1))
                    .size("images", images).size("height", height).size("width", width).size("depth", depth)
                    .size("outHeight", outHeight).size("outWidth", outWidth).size("filters", filters)
                    .size("filterRows", filterRows).size("filterCols", filterCols).size("pad", pad).size("turned", turned)
                    .size("parts", parts);
            return Parts.complete(args, parts, (long) Product.tiles(features, def.edge) * Product.tiles(filters, def.edge), def.count());
        }
    }
}

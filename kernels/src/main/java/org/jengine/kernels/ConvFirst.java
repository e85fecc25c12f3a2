package org.jengine.kernels;

import java.util.List;
import java.util.Map;

/**
 * Convolution of images of three channels by 3x3 filters, stride 1, for NVIDIA's GPUs, {@code conv_first_<real>}: {@code y = act(conv(x,
 * w) + bias)} with {@code x real[images, height, width, 3]}, {@code y real[images, outHeight, outWidth, cols]} and {@code activation} as
 * in {@link Matmul}, 0 outside the image. What {@link ConvDirect#fwd} computes, but {@code w real[cols, 3, 3, 3]} is read as a net has
 * it.
 */
public record ConvFirst(DType real) implements KernelDef {
    private static final int OF_FILTER = ConvDirect.FILTER * ConvDirect.FILTER * ConvDirect.DEPTH;
    /** Pixels that a block makes, and filters for which it does. Twice the rows would fetch 5 % less and fill half as many blocks. */
    private static final int ROWS = 8;
    private static final int COLS = 32;
    private static final int WIDE = 32;
    private static final int THREADS = 256;

    public ConvFirst {
        Real.require("conv_first", real);
    }

    public static KernelDef of(DType real) {
        return new ConvFirst(real);
    }

    @Override
    public Devices devices() {
        return Factors.of(real, false).devices();
    }

    @Override
    public String entry() {
        return Real.entry("conv_first", real);
    }

    @Override
    public Map<String, String> constants() {
        return Map.of("DEPTH", Integer.toString(ConvDirect.DEPTH), "FILTER", Integer.toString(ConvDirect.FILTER),
                "ROWS", Integer.toString(ROWS), "COLS", Integer.toString(COLS), "WIDE", Integer.toString(WIDE));
    }

    @Override
    public List<Param> params() {
        return ConvDirect.forwardParams(real);
    }

    @Override
    public long elements(String buffer, Args a) {
        return ConvDirect.forwardElements(buffer, a);
    }

    @Override
    public Grid grid(Args a) {
        if (elements("y", a) > Integer.MAX_VALUE || elements("x", a) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("more elements than 32 bits count");
        }
        return new Grid(a.size("images") * Product.tiles(a.size("outHeight"), ROWS) * Product.tiles(a.size("outWidth"), COLS),
                Product.tiles(a.size("cols"), WIDE), 1, THREADS);
    }

    @Override
    public void reference(Args a) {
        int cols = a.size("cols");
        for (int at = 0; at < elements("y", a); at++) {
            int n = at % cols;
            double sum = a.data("bias").get(n);
            for (int tap = 0; tap < OF_FILTER / ConvDirect.DEPTH; tap++) {
                int x = ConvDirect.under(a, at / cols, tap);
                for (int c = 0; c < ConvDirect.DEPTH && x >= 0; c++) {
                    sum += a.data("x").get(x + c) * a.data("w").get(n * OF_FILTER + tap * ConvDirect.DEPTH + c);
                }
            }
            a.data("y").set(at, Matmul.activated(sum, a.size("activation")));
        }
    }

    @Override
    public List<Case> cases() {
        return List.of(
                ConvDirect.forward(this, "same", 2, 9, 33, 1, 8, Matmul.RELU),
                ConvDirect.forward(this, "valid", 3, 5, 15, 0, 33, Matmul.NONE),
                ConvDirect.forward(this, "narrow", 1, 33, 1, 1, 4, Matmul.SIGMOID),
                ConvDirect.forward(this, "flat", 127, 1, 3, 1, 10, Matmul.RELU),
                ConvDirect.forward(this, "wide_border", 1, 4, 5, 2, 5, Matmul.NONE));
    }
}

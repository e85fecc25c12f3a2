package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Max pooling over windows that do not overlap (Keras: {@code MaxPooling2D}, padding {@code valid}). {@code x dx real[n, h, w, c]},
 * {@code y dy real[n, h / window, w / window, c]}, {@code index U8} of {@code y}'s shape: the place of each winner in its window, row by
 * row from 0. Rows and columns that fill no window are dropped; {@code window} is at most 15.
 */
public final class MaxPool {
    /** Columns of the image written that a block makes. */
    private static final int EACH = 16;
    /** Channels of a GPU's thread, side by side. */
    private static final int TOGETHER = 4;
    private static final int THREADS_OF_GPU = 256;

    private MaxPool() {
    }

    /** {@code max_pool_fwd_<real>}: the largest of every window, the first among equals, and its place. */
    public static KernelDef fwd(DType real) {
        return new Forward(real);
    }

    /** {@code max_pool_bwd_<real>}: {@code dx} is {@code dy} at the winners' places and 0 elsewhere. */
    public static KernelDef bwd(DType real) {
        return new Backward(real);
    }

    private record Forward(DType real) implements KernelDef {
        private Forward {
            Real.require("max_pool_fwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("max_pool_fwd", real);
        }

        @Override
        public Map<String, String> constants() {
            return MaxPool.constants();
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("y", real), Param.out("index", DType.U8), Param.in("x", real),
                    Param.size("n"), Param.size("h"), Param.size("w"), Param.size("c"), Param.size("window"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return Windows.of(sizes).elements(buffer);
        }

        @Override
        public Grid grid(Args sizes) {
            Windows windows = Windows.of(sizes);
            return windows.grid(windows.rows(), windows.columns());
        }

        @Override
        public Grid grid(Args sizes, Target target) {
            Windows windows = Windows.of(sizes);
            return target == Target.PORTABLE ? grid(sizes) : windows.gridOfGpu(windows.rows(), windows.columns());
        }

        @Override
        public void reference(Args a) {
            Windows.of(a).pool(a.data("y"), a.data("index"), a.data("x"));
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (Windows w : Windows.ALL) {
                cases.add(of(w, w.name(), random -> random.nextGaussian()));
            }
            // Half of the windows have more than one winner.
            cases.add(of(new Windows(3, 8, 8, 10, 2), "ties", random -> 1 + random.nextInt(4)));
            return cases;
        }

        private Case of(Windows windows, String name, ToDoubleFunction<SplittableRandom> value) {
            return new Case(name, 0, random -> windows.sizes(Args.of(this)
                    .out("y", windows.outputs()).out("index", windows.outputs())
                    .data("x", Fill.with(real, windows.inputs(), () -> value.applyAsDouble(random)))));
        }
    }

    private record Backward(DType real) implements KernelDef {
        private Backward {
            Real.require("max_pool_bwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("max_pool_bwd", real);
        }

        @Override
        public Map<String, String> constants() {
            return MaxPool.constants();
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("dx", real), Param.in("dy", real), Param.in("index", DType.U8),
                    Param.size("n"), Param.size("h"), Param.size("w"), Param.size("c"), Param.size("window"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return Windows.of(sizes).elements(buffer);
        }

        @Override
        public Grid grid(Args sizes) {
            return Windows.of(sizes).grid(sizes.size("h"), sizes.size("w"));
        }

        @Override
        public Grid grid(Args sizes, Target target) {
            Windows windows = Windows.of(sizes);
            return target == Target.PORTABLE ? grid(sizes)
                    : windows.gridOfGpu(windows.begun(sizes.size("h")), windows.begun(sizes.size("w")));
        }

        @Override
        public void reference(Args a) {
            Windows windows = Windows.of(a);
            for (int i = 0; i < windows.inputs(); i++) {
                a.data("dx").set(i, 0);
            }
            for (int out = 0; out < windows.outputs(); out++) {
                a.data("dx").set(windows.input(out, a.data("index").getInt(out)), a.data("dy").get(out));
            }
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (Windows w : Windows.ALL) {
                cases.add(new Case(w.name(), 0, random -> w.sizes(Args.of(this)
                        .out("dx", w.inputs()).data("dy", Fill.normal(real, w.outputs(), random, 1))
                        .data("index", Fill.below(DType.U8, w.outputs(), random, w.window * w.window)))));
            }
            return cases;
        }
    }

    private static Map<String, String> constants() {
        return Map.of("EACH", Integer.toString(EACH));
    }

    /** The sizes of a launch, and what follows from them. */
    record Windows(int n, int h, int w, int c, int window) {
        /** One pixel; rests on no side, on one, on both; windows of every kind; one more channel than a block has threads. */
        static final Windows[] ALL = {new Windows(1, 1, 1, 3, 1), new Windows(5, 6, 10, 7, 1), new Windows(127, 4, 4, 5, 2),
            new Windows(2, 15, 16, 32, 2), new Windows(1, 33, 32, 10, 3), new Windows(2, 5, 9, 257, 2), new Windows(2, 9, 14, 8, 4)};

        Windows {
            if (window < 1 || window > 15 || window > h || window > w) {
                throw new IllegalArgumentException("a window of " + window + " does not fit into " + h + "x" + w + " (at most 15)");
            }
        }

        static Windows of(Args sizes) {
            return new Windows(sizes.size("n"), sizes.size("h"), sizes.size("w"), sizes.size("c"), sizes.size("window"));
        }

        /** Rows of {@code y}. */
        int rows() {
            return h / window;
        }

        /** Columns of {@code y}. */
        int columns() {
            return w / window;
        }

        int inputs() {
            return n * h * w * c;
        }

        int outputs() {
            return n * rows() * columns() * c;
        }

        long elements(String buffer) {
            return buffer.equals("x") || buffer.equals("dx") ? (long) n * h * w * c : (long) n * rows() * columns() * c;
        }

        /** The index in {@code x} of a place in the window of an element of {@code y}. */
        int input(int out, int place) {
            int column = out / c % columns() * window + place % window;
            int row = out / c / columns() % rows() * window + place / window;
            int image = out / c / columns() / rows();
            return ((image * h + row) * w + column) * c + out % c;
        }

        void pool(Data y, Data index, Data x) {
            for (int out = 0; out < outputs(); out++) {
                int winner = 0;
                for (int place = 1; place < window * window; place++) {
                    winner = x.get(input(out, place)) > x.get(input(out, winner)) ? place : winner;
                }
                y.set(out, x.get(input(out, winner)));
                index.set(out, winner);
            }
        }

        /** One thread per channel for {@link #EACH} columns of the images written. */
        Grid grid(int height, int width) {
            requireElements();
            int across = (c + Channels.LANES - 1) / Channels.LANES;
            return new Grid(n * height * ((width + EACH - 1) / EACH), across, 1, (c + across - 1) / across);
        }

        /** One thread per window and {@link #TOGETHER} channels, or per channel where that divides them not. */
        Grid gridOfGpu(int down, int across) {
            requireElements();
            return Grid.cover((long) n * down * across * (c % TOGETHER == 0 ? c / TOGETHER : c), THREADS_OF_GPU);
        }

        /** Windows along a side, and the one that its rest begins. */
        int begun(int side) {
            return (side + window - 1) / window;
        }

        private void requireElements() {
            if (elements("x") > Integer.MAX_VALUE || c < 1) {
                throw new IllegalArgumentException("images of " + n + "x" + h + "x" + w + "x" + c + " have no elements or too many");
            }
        }

        String name() {
            return n + "x" + h + "x" + w + "x" + c + "_window" + window;
        }

        Args sizes(Args.Builder args) {
            return args.size("n", n).size("h", h).size("w", w).size("c", c).size("window", window).build();
        }
    }
}

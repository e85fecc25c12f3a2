package org.jengine.kernels;

import java.util.List;
import java.util.Map;

/**
 * Inverted dropout, {@code y = x * mask / (1 - rate)}. Srivastava et al., <i>Dropout: a simple way to prevent neural networks from
 * overfitting</i>, JMLR 15 (2014); scaled while training, as in Keras' {@code Dropout}.
 *
 * <p>{@code y x [count]}, {@code clock I32[4]}, {@code key I32[2]}. The mask is a function of the key, the update, the layer and the
 * element, and is stored nowhere: {@link #bwd} draws it again. {@code y} may be {@code x}.
 *
 * <p>Of each group of 1,024 elements, element {@code i} owns 16 bits of the Philox block {@code (128 group + i % 128, updates,
 * DROPOUT + layer, 0)}: of its eight halves number {@code i / 128}, word by word, the lower half first. So 128 threads, or the lanes of a
 * vector, make a group's bits and store them side by side. An element is dropped when its bits are less than
 * {@code round(rate * 65536)}.
 */
public record Dropout(DType real) implements KernelDef {
    /** Elements whose bits come from as many consecutive Philox blocks as there are {@link #BLOCKS}. */
    public static final int GROUP = 1024;
    /** Philox blocks of a group; each gives bits to eight elements. */
    public static final int BLOCKS = 128;
    /** Groups that a GPU's block of threads has. */
    private static final int GROUPS_OF_GPU = 2;
    /** The reciprocal and the product. */
    private static final int ROUNDINGS = 3;

    public Dropout {
        Real.require("dropout", real);
    }

    /** {@code dropout_<real>}. */
    public static KernelDef of(DType real) {
        return new Dropout(real);
    }

    /**
     * {@code dropout_bwd_<real>}: the way back, {@code dx = dy * mask / (1 - rate)} times the derivative of what made {@code x}:
     * {@code before} is its number, {@link Matmul#NONE}, {@link Matmul#RELU} or {@link Matmul#SIGMOID}. {@code dx} may be {@code dy}. For
     * RELU, {@code y} may stand in {@code x}'s place.
     */
    public static KernelDef bwd(DType real) {
        return new Backward(real);
    }

    @Override
    public String entry() {
        return Real.entry("dropout", real);
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("y", real), Param.in("x", real), Param.in("clock", DType.I32), Param.in("key", DType.I32),
                Param.size("count"), Param.size("layer"), Param.scalar("rate"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return Elements.count(buffer, sizes);
    }

    @Override
    public Grid grid(Args sizes) {
        return groups(sizes, Target.PORTABLE);
    }

    @Override
    public Grid grid(Args sizes, Target target) {
        return groups(sizes, target);
    }

    @Override
    public Map<String, String> constants(Target target) {
        return groups(target);
    }

    private static Grid groups(Args sizes, Target target) {
        long elements = GROUP * (target == Target.PORTABLE ? 1L : GROUPS_OF_GPU);
        return Grid.cover((sizes.size("count") + elements - 1) / elements * BLOCKS, BLOCKS);
    }

    private static Map<String, String> groups(Target target) {
        return target == Target.PORTABLE ? Map.of() : Map.of("GROUPS", Integer.toString(GROUPS_OF_GPU));
    }

    @Override
    public void reference(Args a) {
        Mask mask = new Mask(a);
        for (int e = 0; e < a.size("count"); e++) {
            a.data("y").set(e, mask.over(e, a.data("x").get(e)));
        }
    }

    /** What dropout makes of elements, for the references of the kernels that have it: {@code layer}, {@code rate}, clock and key. */
    static final class Mask {
        private final Args args;
        private final int[] words = new int[4];

        Mask(Args args) {
            this.args = args;
        }

        /** 0, or the value scaled. */
        double over(int element, double value) {
            float rate = args.scalar("rate");
            if (rate == 0) {
                return value;
            }
            int block = element / GROUP * BLOCKS + element % BLOCKS;
            Data key = args.data("key");
            Philox.block(block, Clock.updates(args), Philox.DROPOUT + args.size("layer"), 0, key.getInt(0), key.getInt(1), words, 0);
            int half = element % GROUP / BLOCKS;
            int bits = half % 2 == 0 ? words[half / 2] & 0xffff : words[half / 2] >>> 16;
            return bits < Math.round(rate * 65536) ? 0 : value * (1 / (1 - rate));
        }
    }

    private record Backward(DType real) implements KernelDef {
        private Backward {
            Real.require("dropout_bwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("dropout_bwd", real);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("dx", real), Param.in("dy", real), Param.in("x", real), Param.in("clock", DType.I32),
                    Param.in("key", DType.I32), Param.size("count"), Param.size("layer"), Param.size("before"), Param.scalar("rate"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return Elements.count(buffer, sizes);
        }

        @Override
        public Grid grid(Args sizes) {
            return Dropout.groups(sizes, Target.PORTABLE);
        }

        @Override
        public Grid grid(Args sizes, Target target) {
            return Dropout.groups(sizes, target);
        }

        @Override
        public Map<String, String> constants(Target target) {
            return Dropout.groups(target);
        }

        @Override
        public void reference(Args a) {
            Mask mask = new Mask(a);
            for (int e = 0; e < a.size("count"); e++) {
                a.data("dx").set(e, mask.over(e, a.data("dy").get(e)) * Matmul.slope(a.size("before"), a.data("x").get(e)));
            }
        }

        @Override
        public List<Case> cases() {
            return List.of(
                    of("count1_rate0", 1, 0, Matmul.NONE, 0, 0),
                    of("count37_relu", 37, 0, Matmul.RELU, 0.1, 0),
                    of("count1003_sigmoid_late", 1003, 5, Matmul.SIGMOID, 0.3, 39_100),
                    of("count35937_relu", 33 * 33 * 33, 2, Matmul.RELU, 0.25, 390));
        }

        private Case of(String name, int count, int layer, int before, double rate, int updates) {
            return new Case(name, ROUNDINGS + 2, random -> Args.of(this)
                    .out("dx", count).data("dy", Fill.normal(real, count, random, 1))
                    .data("x", Fill.everyThirdNegative(real, count, random))
                    .data("clock", Fill.clock(3, 1, updates)).data("key", Fill.key(random))
                    .size("count", count).size("layer", layer).size("before", before).scalar("rate", rate).build());
        }
    }

    @Override
    public List<Case> cases() {
        // Rates stay below a half, or the outputs would be mostly zeros.
        return List.of(
                of("count1_rate0", 1, 0, 0, 0),
                of("count37", 37, 0, 0.25, 0),
                of("count1003_rate0.4", 1003, 1, 0.4, 7),
                of("count1003_late", 1003, 5, 0.3, 39_100),
                of("count35937", 33 * 33 * 33, 2, 0.25, 390));
    }

    private Case of(String name, int count, int layer, double rate, int updates) {
        return new Case(name, ROUNDINGS, random -> Args.of(this)
                .out("y", count)
                .data("x", Fill.normal(real, count, random, 1)).data("clock", Fill.clock(3, 1, updates)).data("key", Fill.key(random))
                .size("count", count).size("layer", layer).scalar("rate", rate).build());
    }
}

package org.jengine.kernels;

import java.util.List;
import java.util.Map;

/**
 * Inverted dropout, {@code y = x * mask / (1 - rate)}. Srivastava et al., <i>Dropout: a simple way to prevent neural networks from
 * overfitting</i>, JMLR 15 (2014); scaled while training, as in Keras' {@code Dropout}.
 *
 * <p>{@code y x [count]}, {@code clock I32[4]}, {@code key I32[2]}. The mask is a function of the key, the update, the layer and the
 * element, and is stored nowhere: the same launch on the gradients is the way back. {@code y} may be {@code x}.
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
        return Grid.cover((sizes.size("count") + GROUP - 1L) / GROUP * BLOCKS, BLOCKS);
    }

    @Override
    public Grid grid(Args sizes, Target target) {
        long groups = target == Target.PORTABLE ? 1 : GROUPS_OF_GPU;
        return Grid.cover((sizes.size("count") + GROUP * groups - 1) / (GROUP * groups) * BLOCKS, BLOCKS);
    }

    @Override
    public Map<String, String> constants(Target target) {
        return target == Target.PORTABLE ? constants() : Map.of("GROUPS", Integer.toString(GROUPS_OF_GPU));
    }

    @Override
    public void reference(Args a) {
        Data key = a.data("key");
        float rate = a.scalar("rate");
        int threshold = Math.round(rate * 65536);
        float scale = 1 / (1 - rate);
        int stream = Philox.DROPOUT + a.size("layer");
        int[] words = new int[4];
        for (int e = 0; e < a.size("count"); e++) {
            int block = e / GROUP * BLOCKS + e % BLOCKS;
            Philox.block(block, Clock.updates(a), stream, 0, key.getInt(0), key.getInt(1), words, 0);
            int half = e % GROUP / BLOCKS;
            int bits = half % 2 == 0 ? words[half / 2] & 0xffff : words[half / 2] >>> 16;
            a.data("y").set(e, bits < threshold ? 0 : a.data("x").get(e) * scale);
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

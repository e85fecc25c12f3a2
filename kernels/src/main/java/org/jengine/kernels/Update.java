package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/**
 * What the fused optimisers share: parameters {@code w} and their states, the rounded copy {@code shadow} that the forward pass reads
 * in {@code BF16} nets, the clock of the next step, the learning rate of this one, decoupled weight decay (Loshchilov and Hutter, arXiv
 * 1711.05101).
 */
final class Update {
    /** Elements of a thread: enough to make up for what each thread computes beforehand. */
    private static final int EACH = 4;
    private static final int STEPS = 5;

    private Update() {
    }

    /** {@code w} and the states, the shadow if there is one, {@code next g rates clock}, {@code count}, and the op's own settings. */
    static List<Param> params(DType real, List<String> states, Param... settings) {
        List<Param> params = new ArrayList<>();
        params.add(Param.inout("w", DType.F32));
        for (String state : states) {
            params.add(Param.inout(state, DType.F32));
        }
        if (real == DType.BF16) {
            params.add(Param.out("shadow", DType.BF16));
        }
        params.add(Param.out("next", DType.I32));
        params.add(Param.in("g", DType.F32));
        params.add(Param.in("rates", DType.F32));
        params.add(Param.in("clock", DType.I32));
        params.add(Param.size("count"));
        params.addAll(List.of(settings));
        return List.copyOf(params);
    }

    static Grid grid(Args sizes) {
        return Elements.grid(sizes, EACH);
    }

    static Map<String, String> constants() {
        return Map.of("EACH", Integer.toString(EACH));
    }

    /** The table of rates is as long as an epoch, which no size tells. */
    static long elements(String buffer, Args sizes) {
        return buffer.equals("rates") ? 1 : Elements.count(buffer, sizes);
    }

    /** The learning rate of the step. */
    static double rate(Args a) {
        return a.data("rates").get(Clock.step(a));
    }

    /** {@code w[i]} after decay, before the gradient's share. */
    static double decayed(Args a, int i) {
        double w = a.data("w").get(i);
        return w - rate(a) * a.scalar("decay") * w;
    }

    /** Stores {@code w[i]}, and its shadow rounded from what was stored. */
    static void store(DType real, Args a, int i, double w) {
        a.data("w").set(i, w);
        if (real == DType.BF16) {
            a.data("shadow").set(i, a.data("w").get(i));
        }
    }

    /**
     * One case, at the given step of an epoch and after the given number of updates.
     *
     * @param roundings those behind an element of {@code w}
     * @param own       adds the states and settings of the op
     */
    static Case of(KernelDef def, String name, int count, int step, int updates, int roundings,
            BiConsumer<Args.Builder, SplittableRandom> own) {
        return new Case(name, roundings, random -> {
            Args.Builder args = Args.of(def)
                    .data("w", Fill.normal(DType.F32, count, random, 0.05))
                    .data("g", Fill.normal(DType.F32, count, random, 0.01))
                    .data("rates", Fill.uniform(DType.F32, STEPS, random, 0.001, 0.01))
                    .data("clock", Fill.clock(step, updates / STEPS, updates))
                    .out("next", Clock.COUNT).size("count", count);
            if (def.params().stream().anyMatch(p -> p.name().equals("shadow"))) {
                args.out("shadow", count);
            }
            own.accept(args, random);
            return args.build();
        });
    }
}

package org.jengine.kernels;

import java.util.List;
import java.util.Map;

/**
 * RMSprop over a flat buffer: Tieleman and Hinton, <i>Lecture 6.5</i>, Coursera 2012, with {@code epsilon} inside the root as in
 * Keras' {@code RMSprop}; no momentum, not centred; decay is decoupled.
 *
 * <pre>
 * w -= lr * decay * w
 * square = rho * square + (1 - rho) * g * g
 * w -= lr * g / sqrt(square + epsilon)
 * </pre>
 *
 * {@code w square g F32[count]}, {@code shadow BF16[count]} only where {@code real} is {@code BF16}, {@code rates F32[steps]},
 * {@code clock I32[4]}; {@code lr = rates[clock[STEP]]}.
 */
public record RmsProp(DType real) implements KernelDef {
    /** Decay 3, mean square 4, root and quotient 3, product and difference 2. */
    private static final int ROUNDINGS = 12;

    public RmsProp {
        Real.require("rmsprop", real);
    }

    /** {@code rmsprop_<real>}. */
    public static KernelDef of(DType real) {
        return new RmsProp(real);
    }

    @Override
    public String entry() {
        return Real.entry("rmsprop", real);
    }

    @Override
    public Map<String, String> constants() {
        return Update.constants();
    }

    @Override
    public List<Param> params() {
        return Update.params(real, List.of("square"), Param.scalar("rho"), Param.scalar("epsilon"), Param.scalar("decay"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return Update.elements(buffer, sizes);
    }

    @Override
    public Grid grid(Args sizes) {
        return Update.grid(sizes);
    }

    @Override
    public void reference(Args a) {
        Clock.next(a);
        double rho = a.scalar("rho");
        for (int i = 0; i < a.size("count"); i++) {
            double g = a.data("g").get(i);
            double square = rho * a.data("square").get(i) + (1 - rho) * g * g;
            a.data("square").set(i, square);
            Update.store(real, a, i, Update.decayed(a, i) - Update.rate(a) * g / Math.sqrt(square + a.scalar("epsilon")));
        }
    }

    @Override
    public List<Case> cases() {
        return List.of(
                of("count1", 1, 0, 0, 0),
                of("count7", 7, 1, 6, 0),
                of("count1003_decay", 1003, 3, 13, 0.01),
                of("count1003_late", 1003, 4, 39_099, 0),
                of("count30730", 30_730, 2, 390, 0));
    }

    private Case of(String name, int count, int step, int updates, double decay) {
        return Update.of(this, name, count, step, updates, ROUNDINGS, (args, random) -> args
                .data("square", updates == 0 ? Data.of(DType.F32, count) : Fill.uniform(DType.F32, count, random, 1e-6, 1e-4))
                .scalar("rho", 0.9).scalar("epsilon", 1e-7).scalar("decay", decay));
    }
}

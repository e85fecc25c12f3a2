package org.jengine.kernels;

import java.util.List;
import java.util.Map;

/**
 * Adam over a flat buffer: Kingma and Ba, arXiv 1412.6980, the form before its section 2.1, with {@code epsilon} outside the bias
 * correction as in Keras' {@code Adam}; {@code decay} is that of AdamW.
 *
 * <pre>
 * w -= lr * decay * w
 * m += (g - m) * (1 - beta1)
 * v += (g * g - v) * (1 - beta2)
 * w -= lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)
 * </pre>
 *
 * {@code w m v g F32[count]}, {@code shadow BF16[count]} only where {@code real} is {@code BF16}, {@code rates F32[steps]},
 * {@code clock I32[4]}; {@code lr = rates[clock[STEP]]}, {@code t = clock[UPDATES] + 1}.
 */
public record Adam(DType real) implements KernelDef {
    /** Decay 3, root and correction 4, quotient 3, product and difference 2. */
    private static final int ROUNDINGS = 12;

    public Adam {
        Real.require("adam", real);
    }

    /** {@code adam_<real>}. */
    public static KernelDef of(DType real) {
        return new Adam(real);
    }

    @Override
    public String entry() {
        return Real.entry("adam", real);
    }

    @Override
    public Map<String, String> constants() {
        return Update.constants();
    }

    @Override
    public List<Param> params() {
        return Update.params(real, List.of("m", "v"),
                Param.scalar("beta1"), Param.scalar("beta2"), Param.scalar("epsilon"), Param.scalar("decay"));
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
        double beta1 = a.scalar("beta1");
        double beta2 = a.scalar("beta2");
        double t = Clock.updates(a) + 1.0;
        // In float this difference loses the digits of the first steps; devices take it as -expm1(t * log(beta)), or as tanh has that.
        double alpha = Update.rate(a) * Math.sqrt(1 - Math.pow(beta2, t)) / (1 - Math.pow(beta1, t));
        for (int i = 0; i < a.size("count"); i++) {
            double g = a.data("g").get(i);
            double m = a.data("m").get(i);
            double v = a.data("v").get(i);
            m += (g - m) * (1 - beta1);
            v += (g * g - v) * (1 - beta2);
            a.data("m").set(i, m);
            a.data("v").set(i, v);
            Update.store(real, a, i, Update.decayed(a, i) - alpha * m / (Math.sqrt(v) + a.scalar("epsilon")));
        }
    }

    @Override
    public List<Case> cases() {
        return List.of(
                first("count1_first", 1, 0),
                first("count1003_first", 1003, 0.01),
                later("count7", 7, 1, 1, 0),
                later("count1003_decay", 1003, 3, 13, 0.01),
                later("count1003_late", 1003, 4, 39_099, 0),
                later("count30730", 30_730, 2, 390, 0));
    }

    private Case first(String name, int count, double decay) {
        return Update.of(this, name, count, 0, 0, ROUNDINGS, (args, random) -> settings(args, decay)
                .data("m", Data.of(DType.F32, count)).data("v", Data.of(DType.F32, count)));
    }

    private Case later(String name, int count, int step, int updates, double decay) {
        return Update.of(this, name, count, step, updates, ROUNDINGS, (args, random) -> settings(args, decay)
                .data("m", Fill.normal(DType.F32, count, random, 0.005))
                .data("v", Fill.uniform(DType.F32, count, random, 1e-6, 1e-4)));
    }

    private static Args.Builder settings(Args.Builder args, double decay) {
        return args.scalar("beta1", 0.9).scalar("beta2", 0.999).scalar("epsilon", 1e-7).scalar("decay", decay);
    }
}

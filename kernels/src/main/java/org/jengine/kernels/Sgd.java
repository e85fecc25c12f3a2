package org.jengine.kernels;

import java.util.List;
import java.util.Map;

/**
 * Gradient descent with momentum over a flat buffer, by choice Nesterov's (Sutskever et al., <i>On the importance of initialization
 * and momentum in deep learning</i>, ICML 2013), in the form of Keras' {@code SGD}; decay is decoupled.
 *
 * <pre>
 * w -= lr * decay * w
 * velocity = momentum * velocity - lr * g
 * w += nesterov ? momentum * velocity - lr * g : velocity
 * </pre>
 *
 * {@code w velocity g F32[count]}, {@code shadow BF16[count]} only where {@code real} is {@code BF16}, {@code rates F32[steps]},
 * {@code clock I32[4]}; {@code lr = rates[clock[STEP]]}; {@code nesterov} is 0 or 1.
 */
public record Sgd(DType real) implements KernelDef {
    /** Decay 3, velocity 3, step 3. */
    private static final int ROUNDINGS = 9;

    public Sgd {
        Real.require("sgd", real);
    }

    /** {@code sgd_<real>}. */
    public static KernelDef of(DType real) {
        return new Sgd(real);
    }

    @Override
    public String entry() {
        return Real.entry("sgd", real);
    }

    @Override
    public Map<String, String> constants() {
        return Update.constants();
    }

    @Override
    public List<Param> params() {
        return Update.params(real, List.of("velocity"), Param.size("nesterov"), Param.scalar("momentum"), Param.scalar("decay"));
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
        double momentum = a.scalar("momentum");
        for (int i = 0; i < a.size("count"); i++) {
            double pull = Update.rate(a) * a.data("g").get(i);
            double velocity = momentum * a.data("velocity").get(i) - pull;
            double move = a.size("nesterov") == 1 ? momentum * velocity - pull : velocity;
            a.data("velocity").set(i, velocity);
            Update.store(real, a, i, Update.decayed(a, i) + move);
        }
    }

    @Override
    public List<Case> cases() {
        return List.of(
                of("count1_plain", 1, 0, 0, 0, 0, 0),
                of("count7_momentum", 7, 1, 6, 0, 0.9, 0),
                of("count1003_nesterov_decay", 1003, 3, 13, 1, 0.9, 5e-4),
                of("count1003_late", 1003, 4, 39_099, 0, 0.9, 5e-4),
                of("count30730_nesterov", 30_730, 2, 390, 1, 0.9, 0));
    }

    private Case of(String name, int count, int step, int updates, int nesterov, double momentum, double decay) {
        return Update.of(this, name, count, step, updates, ROUNDINGS, (args, random) -> args
                .data("velocity", Fill.normal(DType.F32, count, random, 0.001))
                .size("nesterov", nesterov).scalar("momentum", momentum).scalar("decay", decay));
    }
}

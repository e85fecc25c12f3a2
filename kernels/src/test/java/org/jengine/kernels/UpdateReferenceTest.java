package org.jengine.kernels;

import static org.jengine.kernels.Gradients.assertNear;
import static org.jengine.kernels.Gradients.values;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Pins the references of the optimisers with steps worked out by hand: one weight that starts at 1, gradients 0.5 and -0.25. */
class UpdateReferenceTest {
    private static final double[] GRADIENTS = {0.5, -0.25};

    private final Data w = Data.of(DType.F32, new double[] {1});
    private final Data first = Data.of(DType.F32, new double[] {0});
    private final Data second = Data.of(DType.F32, new double[] {0});

    /**
     * m = 0.05, then 0.05 + (-0.25 - 0.05) / 10 = 0.02; v = 0.00025, then 0.00025 + (0.0625 - 0.00025) / 1000 = 0.00031225. With the
     * rate 0.01: alpha = 0.01 * sqrt(0.001) / 0.1 = 0.0031622777, then 0.01 * sqrt(0.001999) / 0.19 = 0.0023531673. The large epsilon,
     * 0.1, tells this placement of it from the one inside the correction. The scalars are floats, and 1 - 0.999f is 0.00100005.
     */
    @Test
    void adam() {
        adam(0, 0.1, 0);
        assertEquals(0.05, first.get(0), 1e-7);
        assertEquals(0.00025, second.get(0), 2e-8);
        assertEquals(1 - 0.0031622777 * 0.05 / (0.0158113883 + 0.1), w.get(0), 1e-7);
        double before = w.get(0);
        adam(1, 0.1, 0);
        assertEquals(0.02, first.get(0), 1e-7);
        assertEquals(0.00031225, second.get(0), 2e-8);
        assertEquals(before - 0.0023531673 * 0.02 / (0.0176705970 + 0.1), w.get(0), 1e-7);
    }

    /** With a tiny epsilon the first step is the rate, whatever the gradient. */
    @Test
    void adamsFirstStepIsTheRate() {
        adam(0, 1e-7, 0);
        assertEquals(0.99, w.get(0), 1e-6);
    }

    /** Decay takes 0.01 * 0.1 of the weight first. */
    @Test
    void adamDecaysApartFromTheGradient() {
        adam(0, 1e-7, 0.1);
        assertEquals(0.999 - 0.01, w.get(0), 1e-6);
        assertEquals(0.05, first.get(0), 1e-7, "decay does not enter the moments");
    }

    /** velocity = -0.005, then -0.0045 + 0.0025 = -0.002. */
    @Test
    void momentum() {
        sgd(0, 0, 0.9, 0);
        assertEquals(0.995, w.get(0), 1e-7);
        sgd(1, 0, 0.9, 0);
        assertEquals(-0.002, first.get(0), 1e-9);
        assertEquals(0.993, w.get(0), 1e-7);
    }

    /** Moves by 0.9 * -0.005 - 0.005 = -0.0095, then by 0.9 * -0.002 + 0.0025 = 0.0007. */
    @Test
    void nesterov() {
        sgd(0, 1, 0.9, 0);
        assertEquals(0.9905, w.get(0), 1e-7);
        sgd(1, 1, 0.9, 0);
        assertEquals(0.9912, w.get(0), 1e-7);
    }

    @Test
    void plainDescentWithDecay() {
        sgd(0, 0, 0, 0.2);
        assertEquals(1 - 0.01 * 0.2 - 0.01 * 0.5, w.get(0), 1e-7);
    }

    /** square = 0.025, then 0.0225 + 0.00625 = 0.02875; the large epsilon, 0.1, stands inside the root. */
    @Test
    void rmsProp() {
        rmsProp(0, 0);
        assertEquals(0.025, first.get(0), 1e-8);
        assertEquals(1 - 0.005 / 0.3535533906, w.get(0), 1e-7);
        double before = w.get(0);
        rmsProp(1, 0);
        assertEquals(0.02875, first.get(0), 1e-8);
        assertEquals(before + 0.0025 / 0.3588175023, w.get(0), 1e-7);
    }

    @Test
    void rmsPropDecays() {
        rmsProp(0, 0.2);
        assertEquals(1 - 0.002 - 0.005 / 0.3535533906, w.get(0), 1e-7);
    }

    @Test
    void theRateIsThatOfTheStepAndTheShadowIsTheRoundedWeight() {
        KernelDef def = Sgd.of(DType.BF16);
        Data rates = Data.of(DType.F32, 100, 0.125, 100);
        Args args = Args.of(def).data("w", w).data("velocity", first).out("shadow", 1).data("g", Data.of(DType.F32, new double[] {0.0625}))
                .out("next", Clock.COUNT).data("rates", rates).data("clock", Fill.clock(1, 8, 9))
                .size("count", 1).size("nesterov", 0).scalar("momentum", 0).scalar("decay", 0).build();
        def.reference(args);
        assertNear(new double[] {1 - 0x1p-7}, values(w), 0);
        assertNear(new double[] {1 - 0x1p-7}, values(args.data("shadow")), 0);
        args.data("g").set(0, 0x1p-7);
        def.reference(args);
        assertNear(new double[] {1 - 0x1p-7 - 0x1p-10}, values(w), 0);
        assertNear(new double[] {1 - 0x1p-7}, values(args.data("shadow")), 0);
    }

    private void adam(int update, double epsilon, double decay) {
        KernelDef def = Adam.of(DType.F32);
        def.reference(common(def, update, decay).data("m", first).data("v", second)
                .scalar("beta1", 0.9).scalar("beta2", 0.999).scalar("epsilon", epsilon).build());
    }

    private void sgd(int update, int nesterov, double momentum, double decay) {
        KernelDef def = Sgd.of(DType.F32);
        def.reference(common(def, update, decay).data("velocity", first).size("nesterov", nesterov).scalar("momentum", momentum).build());
    }

    private void rmsProp(int update, double decay) {
        KernelDef def = RmsProp.of(DType.F32);
        def.reference(common(def, update, decay).data("square", first).scalar("rho", 0.9).scalar("epsilon", 0.1).build());
    }

    private Args.Builder common(KernelDef def, int update, double decay) {
        return Args.of(def).data("w", w).data("g", Data.of(DType.F32, new double[] {GRADIENTS[update]}))
                .out("next", Clock.COUNT).data("rates", Data.of(DType.F32, new double[] {0.01, 0.01}))
                .data("clock", Fill.clock(update, 0, update))
                .size("count", 1).scalar("decay", decay);
    }
}

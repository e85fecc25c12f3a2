package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * Logistic function, {@code y = 1 / (1 + exp(-x))} (Keras: {@code keras.activations.sigmoid}), over {@code count} elements. The
 * derivative is taken from {@code y}, so that {@code x} need not be kept.
 */
public final class Sigmoid {
    /** Negation, exponential (two roundings of its own), sum, quotient; the derivative is shorter. */
    private static final int ROUNDINGS = 6;

    private Sigmoid() {
    }

    /** {@code sigmoid_fwd_<real>}. {@code y} may be {@code x}. */
    public static KernelDef fwd(DType real) {
        return new Forward(real);
    }

    /** {@code sigmoid_bwd_<real>}: {@code dx = dy * y * (1 - y)}. {@code dx} may be {@code dy}. */
    public static KernelDef bwd(DType real) {
        return new Backward(real);
    }

    private record Forward(DType real) implements PerElement {
        private Forward {
            Real.require("sigmoid_fwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("sigmoid_fwd", real);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("y", real), Param.in("x", real), Param.size("count"));
        }

        @Override
        public void reference(Args a) {
            for (int i = 0; i < a.size("count"); i++) {
                a.data("y").set(i, 1 / (1 + Math.exp(-a.data("x").get(i))));
            }
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (int count : Elements.COUNTS) {
                cases.add(withDeviation("count" + count, count, 2));
            }
            // Where exp(-x) leaves the range of float: y must end at 0 and 1, not at NaN.
            cases.add(withDeviation("saturated", 127, 100));
            return cases;
        }

        private Case withDeviation(String name, int count, double deviation) {
            return new Case(name, ROUNDINGS, random -> Args.of(this)
                    .out("y", count)
                    .data("x", Fill.normal(real, count, random, deviation))
                    .size("count", count).build());
        }
    }

    private record Backward(DType real) implements PerElement {
        private Backward {
            Real.require("sigmoid_bwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("sigmoid_bwd", real);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("dx", real), Param.in("dy", real), Param.in("y", real), Param.size("count"));
        }

        @Override
        public void reference(Args a) {
            for (int i = 0; i < a.size("count"); i++) {
                double y = a.data("y").get(i);
                a.data("dx").set(i, a.data("dy").get(i) * y * (1 - y));
            }
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (int count : Elements.COUNTS) {
                cases.add(new Case("count" + count, ROUNDINGS, random -> Args.of(this)
                        .out("dx", count)
                        .data("dy", Fill.normal(real, count, random, 1)).data("y", Fill.uniform(real, count, random, 0.01, 0.99))
                        .size("count", count).build()));
            }
            return cases;
        }
    }
}

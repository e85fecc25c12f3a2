package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * Rectified linear unit, {@code y = max(x, 0)} (Keras: {@code keras.activations.relu}), over {@code count} elements. The derivative
 * is taken from {@code y}, so that {@code x} need not be kept, and is 0 at 0.
 */
public final class Relu {
    private Relu() {
    }

    /** {@code relu_fwd_<real>}. {@code y} may be {@code x}. */
    public static KernelDef fwd(DType real) {
        return new Forward(real);
    }

    /** {@code relu_bwd_<real>}: {@code dx = y > 0 ? dy : 0}. {@code dx} may be {@code dy}. */
    public static KernelDef bwd(DType real) {
        return new Backward(real);
    }

    private record Forward(DType real) implements PerElement {
        private Forward {
            Real.require("relu_fwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("relu_fwd", real);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("y", real), Param.in("x", real), Param.size("count"));
        }

        @Override
        public void reference(Args a) {
            for (int i = 0; i < a.size("count"); i++) {
                double x = a.data("x").get(i);
                a.data("y").set(i, x > 0 ? x : 0);
            }
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (int count : Elements.COUNTS) {
                cases.add(new Case("count" + count, 0, random -> Args.of(this)
                        .out("y", count)
                        .data("x", Fill.everyThirdNegative(real, count, random))
                        .size("count", count).build()));
            }
            return cases;
        }
    }

    private record Backward(DType real) implements PerElement {
        private Backward {
            Real.require("relu_bwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("relu_bwd", real);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("dx", real), Param.in("dy", real), Param.in("y", real), Param.size("count"));
        }

        @Override
        public void reference(Args a) {
            for (int i = 0; i < a.size("count"); i++) {
                a.data("dx").set(i, a.data("y").get(i) > 0 ? a.data("dy").get(i) : 0);
            }
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (int count : Elements.COUNTS) {
                cases.add(new Case("count" + count, 0, random -> {
                    Data y = Fill.everyThirdNegative(real, count, random);
                    for (int i = 0; i < count; i++) {
                        y.set(i, Math.max(0, y.get(i)));
                    }
                    return Args.of(this)
                            .out("dx", count)
                            .data("dy", Fill.normal(real, count, random, 1)).data("y", y)
                            .size("count", count).build();
                }));
            }
            return cases;
        }
    }
}

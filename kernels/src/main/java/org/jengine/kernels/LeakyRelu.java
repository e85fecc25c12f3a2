package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * Leaky rectified linear unit, {@code y = x > 0 ? x : slope * x} (Maas, Hannun, Ng: <i>Rectifier nonlinearities improve neural network
 * acoustic models</i>, ICML 2013; Keras: {@code keras.layers.LeakyReLU}), over {@code count} elements.
 */
public final class LeakyRelu {
    /** Product and rounding on the way out. */
    private static final int ROUNDINGS = 2;

    private LeakyRelu() {
    }

    /** {@code leaky_relu_fwd_<real>}. {@code y} may be {@code x}. */
    public static KernelDef fwd(DType real) {
        return new Forward(real);
    }

    /** {@code leaky_relu_bwd_<real>}: {@code dx = x > 0 ? dy : slope * dy}. {@code dx} may be {@code dy}. */
    public static KernelDef bwd(DType real) {
        return new Backward(real);
    }

    private record Forward(DType real) implements PerElement {
        private Forward {
            Real.require("leaky_relu_fwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("leaky_relu_fwd", real);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("y", real), Param.in("x", real), Param.size("count"), Param.scalar("slope"));
        }

        @Override
        public void reference(Args a) {
            for (int i = 0; i < a.size("count"); i++) {
                double x = a.data("x").get(i);
                a.data("y").set(i, x > 0 ? x : a.scalar("slope") * x);
            }
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (int count : Elements.COUNTS) {
                cases.add(new Case("count" + count, ROUNDINGS, random -> Args.of(this)
                        .out("y", count)
                        .data("x", Fill.normal(real, count, random, 1))
                        .size("count", count).scalar("slope", 0.3).build()));
            }
            return cases;
        }
    }

    private record Backward(DType real) implements PerElement {
        private Backward {
            Real.require("leaky_relu_bwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("leaky_relu_bwd", real);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("dx", real), Param.in("dy", real), Param.in("x", real), Param.size("count"), Param.scalar("slope"));
        }

        @Override
        public void reference(Args a) {
            for (int i = 0; i < a.size("count"); i++) {
                double dy = a.data("dy").get(i);
                a.data("dx").set(i, a.data("x").get(i) > 0 ? dy : a.scalar("slope") * dy);
            }
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (int count : Elements.COUNTS) {
                cases.add(new Case("count" + count, ROUNDINGS, random -> Args.of(this)
                        .out("dx", count)
                        .data("dy", Fill.normal(real, count, random, 1)).data("x", Fill.normal(real, count, random, 1))
                        .size("count", count).scalar("slope", 0.3).build()));
            }
            return cases;
        }
    }
}

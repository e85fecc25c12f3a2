package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Batch normalisation by given statistics: Ioffe and Szegedy, arXiv 1502.03167. {@code x y dx dy real[rows, channels]}, everything else
 * {@code F32[channels]}. The statistics come from {@link NormStats} and {@link NormFinish}, the sums on the way back from
 * {@link NormGrads}.
 */
public final class Norm {
    /** Difference, product of the factors, product, sum. */
    private static final int FORWARD_ROUNDINGS = 6;
    private static final int BACKWARD_ROUNDINGS = 12;

    private Norm() {
    }

    /** {@code norm_fwd_<real>}: {@code y = gamma * (x - mean) * invStd + beta}. */
    public static KernelDef fwd(DType real) {
        return new Forward(real);
    }

    /**
     * {@code norm_bwd_<real>}: the way back through {@link #fwd} and the statistics. With {@code xhat = (x - mean) * invStd},
     * {@code dgamma = sum(dy * xhat)} and {@code dbeta = sum(dy)}:
     * {@code dx = gamma * invStd * (dy - dbeta / rows - xhat * dgamma / rows)}.
     */
    public static KernelDef bwd(DType real) {
        return new Backward(real);
    }

    private record Forward(DType real) implements KernelDef {
        private Forward {
            Real.require("norm_fwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("norm_fwd", real);
        }

        @Override
        public Map<String, String> constants() {
            return Channels.constants();
        }

        @Override
        public Map<String, String> constants(Target target) {
            return Channels.constants(real, target);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("y", real), Param.in("x", real), Param.in("gamma", DType.F32), Param.in("beta", DType.F32),
                    Param.in("mean", DType.F32), Param.in("invStd", DType.F32), Param.size("rows"), Param.size("channels"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return Channels.elements(buffer, sizes);
        }

        @Override
        public Grid grid(Args sizes) {
            return Channels.rows(sizes);
        }

        @Override
        public Grid grid(Args sizes, Target target) {
            return Channels.rows(sizes, target, real);
        }

        @Override
        public void reference(Args a) {
            int channels = a.size("channels");
            for (int i = 0; i < a.size("rows") * channels; i++) {
                int c = i % channels;
                double xhat = (a.data("x").get(i) - a.data("mean").get(c)) * a.data("invStd").get(c);
                a.data("y").set(i, a.data("gamma").get(c) * xhat + a.data("beta").get(c));
            }
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (Channels.Setting s : Channels.Setting.ALL) {
                cases.add(new Case(s.name(), FORWARD_ROUNDINGS, random -> s.sizes(Args.of(this)
                        .out("y", s.rows() * s.channels()).data("x", s.images(real, random, 0.5, 1))
                        .data("gamma", s.vector(random, 0.5, 1.5)).data("beta", s.vector(random, -1, 1))
                        .data("mean", s.vector(random, 0, 1)).data("invStd", s.vector(random, 0.5, 2))).build()));
            }
            return cases;
        }
    }

    private record Backward(DType real) implements KernelDef {
        private Backward {
            Real.require("norm_bwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("norm_bwd", real);
        }

        @Override
        public Map<String, String> constants() {
            return Channels.constants();
        }

        @Override
        public Map<String, String> constants(Target target) {
            return Channels.constants(real, target);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("dx", real), Param.in("dy", real), Param.in("x", real), Param.in("gamma", DType.F32),
                    Param.in("mean", DType.F32), Param.in("invStd", DType.F32), Param.in("dgamma", DType.F32),
                    Param.in("dbeta", DType.F32), Param.size("rows"), Param.size("channels"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return Channels.elements(buffer, sizes);
        }

        @Override
        public Grid grid(Args sizes) {
            return Channels.rows(sizes);
        }

        @Override
        public Grid grid(Args sizes, Target target) {
            return Channels.rows(sizes, target, real);
        }

        @Override
        public void reference(Args a) {
            int rows = a.size("rows");
            int channels = a.size("channels");
            for (int i = 0; i < rows * channels; i++) {
                int c = i % channels;
                double invStd = a.data("invStd").get(c);
                double xhat = (a.data("x").get(i) - a.data("mean").get(c)) * invStd;
                double off = a.data("dbeta").get(c) / rows + xhat * a.data("dgamma").get(c) / rows;
                a.data("dx").set(i, a.data("gamma").get(c) * invStd * (a.data("dy").get(i) - off));
            }
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (Channels.Setting s : Channels.Setting.ALL) {
                cases.add(new Case(s.name(), BACKWARD_ROUNDINGS, random -> s.sizes(Args.of(this)
                        .out("dx", s.rows() * s.channels())
                        .data("dy", s.images(real, random, 0, 1)).data("x", s.images(real, random, 0.5, 1))
                        .data("gamma", s.vector(random, 0.5, 1.5)).data("mean", s.vector(random, 0, 1))
                        .data("invStd", s.vector(random, 0.5, 2))
                        .data("dgamma", s.vector(random, -s.rows(), s.rows())).data("dbeta", s.vector(random, -s.rows(), s.rows())))
                        .build()));
            }
            return cases;
        }
    }
}

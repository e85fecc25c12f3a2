package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Batch normalisation by a batch's statistics, with the dropout that may follow it, for NVIDIA's GPUs. {@code x y dx dy
 * real[rows, channels]}, everything else {@code F32[channels]}; {@code mean invStd} are what {@link NormMoments} or {@link PoolMoments}
 * found, {@code dgamma dbeta} what {@link NormSums} did. Dropout is {@link Dropout}'s of the given {@code layer} and {@code rate} over the
 * elements of {@code y}; at a rate of 0 there is none, and {@code clock} and {@code key} are not read.
 */
public final class NormApply {
    private NormApply() {
    }

    /** {@code norm_apply_fwd_<real>}: {@code y = dropout(gamma * (x - mean) * invStd + beta)}. */
    public static KernelDef fwd(DType real) {
        return new Forward(real);
    }

    /**
     * {@code norm_apply_bwd_<real>}: the way back through it and through the statistics. With {@code d = dropout(dy)} and
     * {@code xhat = (x - mean) * invStd} it is {@code dx = gamma * invStd * (d - dbeta / rows - xhat * dgamma / rows)} times the derivative
     * of what made {@code x}: {@code before} is its number, {@link Matmul#NONE}, {@link Matmul#RELU} or {@link Matmul#SIGMOID}.
     */
    public static KernelDef bwd(DType real) {
        return new Backward(real);
    }

    private record Forward(DType real) implements KernelDef {
        /** Difference, two products, sum; dropout's. */
        private static final int ROUNDINGS = 8;

        private Forward {
            Real.require("norm_apply_fwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("norm_apply_fwd", real);
        }

        @Override
        public Devices devices() {
            return Devices.CUDA;
        }

        @Override
        public Map<String, String> constants() {
            return Channels.constants(real, Target.CUDA);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("y", real), Param.in("x", real), Param.in("gamma", DType.F32), Param.in("beta", DType.F32),
                    Param.in("mean", DType.F32), Param.in("invStd", DType.F32), Param.in("clock", DType.I32), Param.in("key", DType.I32),
                    Param.size("rows"), Param.size("channels"), Param.size("layer"), Param.scalar("rate"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return Channels.elements(buffer, sizes);
        }

        @Override
        public Grid grid(Args sizes) {
            return Channels.rows(sizes, Target.CUDA, real);
        }

        @Override
        public void reference(Args a) {
            int channels = a.size("channels");
            Dropout.Mask mask = new Dropout.Mask(a);
            for (int i = 0; i < a.size("rows") * channels; i++) {
                int c = i % channels;
                double xhat = (a.data("x").get(i) - a.data("mean").get(c)) * a.data("invStd").get(c);
                a.data("y").set(i, mask.over(i, a.data("gamma").get(c) * xhat + a.data("beta").get(c)));
            }
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (Channels.Setting s : Channels.Setting.ALL) {
                cases.add(new Case(s.name(), ROUNDINGS, random -> Norm.dropping(s, random, s.sizes(Args.of(this))
                        .out("y", s.rows() * s.channels()).data("x", s.images(real, random, 0.5, 1))
                        .data("gamma", s.vector(random, 0.5, 1.5)).data("beta", s.vector(random, -1, 1))
                        .data("mean", s.vector(random, 0, 1)).data("invStd", s.vector(random, 0.5, 2))).build()));
            }
            return cases;
        }
    }

    private record Backward(DType real) implements KernelDef {
        private Backward {
            Real.require("norm_apply_bwd", real);
        }

        @Override
        public String entry() {
            return Real.entry("norm_apply_bwd", real);
        }

        @Override
        public Devices devices() {
            return Devices.CUDA;
        }

        @Override
        public Map<String, String> constants() {
            return Channels.constants(real, Target.CUDA);
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("dx", real), Param.in("dy", real), Param.in("x", real), Param.in("gamma", DType.F32),
                    Param.in("mean", DType.F32), Param.in("invStd", DType.F32), Param.in("dgamma", DType.F32), Param.in("dbeta", DType.F32),
                    Param.in("clock", DType.I32), Param.in("key", DType.I32), Param.size("rows"), Param.size("channels"),
                    Param.size("layer"), Param.size("before"), Param.scalar("rate"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return Channels.elements(buffer, sizes);
        }

        @Override
        public Grid grid(Args sizes) {
            return Channels.rows(sizes, Target.CUDA, real);
        }

        @Override
        public void reference(Args a) {
            Norm.back(a, a.data("x"), a.data("dx")::set);
        }

        @Override
        public List<Case> cases() {
            List<Case> cases = new ArrayList<>();
            for (int i = 0; i < Channels.Setting.ALL.length; i++) {
                Channels.Setting s = Channels.Setting.ALL[i];
                int before = i % 3;
                cases.add(new Case(s.name(), Norm.ROUNDINGS, random -> weights(s, random, s.sizes(Args.of(this))
                        .out("dx", s.rows() * s.channels()).data("dy", s.images(real, random, 0, 1))
                        .data("x", s.images(real, random, 0.5, 1))).size("before", before).build()));
            }
            return cases;
        }
    }

    /** What the ways back share. */
    static Args.Builder weights(Channels.Setting s, SplittableRandom random, Args.Builder args) {
        return Norm.dropping(s, random, args.data("gamma", s.vector(random, 0.5, 1.5)).data("mean", s.vector(random, 0, 1))
                .data("invStd", s.vector(random, 0.5, 2)).data("dgamma", s.vector(random, -s.rows(), s.rows()))
                .data("dbeta", s.vector(random, -s.rows(), s.rows())));
    }
}

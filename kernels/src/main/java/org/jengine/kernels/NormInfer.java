package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Batch normalisation by the running statistics, {@code y = gamma * (x - mean) / sqrt(variance + epsilon) + beta}, as in evaluation.
 * {@code x y real[rows, channels]}, everything else {@code F32[channels]}.
 */
public record NormInfer(DType real) implements KernelDef {
    /** Sum, root of two roundings and quotient; difference, product, sum. */
    private static final int ROUNDINGS = 9;

    public NormInfer {
        Real.require("norm_infer", real);
    }

    /** {@code norm_infer_<real>}. */
    public static KernelDef of(DType real) {
        return new NormInfer(real);
    }

    @Override
    public String entry() {
        return Real.entry("norm_infer", real);
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
                Param.in("mean", DType.F32), Param.in("variance", DType.F32), Param.size("rows"), Param.size("channels"),
                Param.scalar("epsilon"));
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
            double xhat = (a.data("x").get(i) - a.data("mean").get(c)) / Math.sqrt(a.data("variance").get(c) + a.scalar("epsilon"));
            a.data("y").set(i, a.data("gamma").get(c) * xhat + a.data("beta").get(c));
        }
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Channels.Setting s : Channels.Setting.ALL) {
            cases.add(new Case(s.name(), ROUNDINGS, random -> s.sizes(Args.of(this)
                    .out("y", s.rows() * s.channels()).data("x", s.images(real, random, 0.5, 1))
                    .data("gamma", s.vector(random, 0.5, 1.5)).data("beta", s.vector(random, -1, 1))
                    .data("mean", s.vector(random, 0, 1)).data("variance", s.vector(random, 0, 2)))
                    .scalar("epsilon", 1e-3).build()));
        }
        return cases;
    }
}

package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A batch's statistics in one launch, for NVIDIA's GPUs: of {@code x real[rows, channels]} the {@code mean} and
 * {@code invStd = 1 / sqrt(variance + epsilon)} with the biased variance, and the running statistics moved,
 * {@code running = momentum * running + (1 - momentum) * batch}, all {@code F32[channels]}. Each block leaves what it finds of its chunk of
 * rows in {@code partials F32[chunks, 2, channels]} and counts itself in {@code arrivals I32}, and the last one merges the chunks as
 * {@link Norm} does; the counters are 0 or all ones before, 0 afterwards.
 */
public record NormMoments(DType real) implements KernelDef {
    /** Roundings of a chunk's sums, then of the merging: root, quotients, the running average. */
    static final int ROUNDINGS = 16 + Norm.ROUNDINGS;

    public NormMoments {
        Real.require("norm_moments", real);
    }

    /** {@code norm_moments_<real>}. */
    public static KernelDef of(DType real) {
        return new NormMoments(real);
    }

    @Override
    public String entry() {
        return Real.entry("norm_moments", real);
    }

    @Override
    public Devices devices() {
        return Devices.CUDA;
    }

    @Override
    public Map<String, String> constants() {
        return Channels.constants();
    }

    @Override
    public List<Param> params() {
        List<Param> params = new ArrayList<>(results());
        params.addAll(List.of(Param.in("x", real), Param.size("rows"), Param.size("channels"), Param.size("chunk"),
                Param.scalar("momentum"), Param.scalar("epsilon")));
        return params;
    }

    /** What comes of it, and what the blocks need for it. */
    static List<Param> results() {
        return List.of(Param.out("mean", DType.F32), Param.out("invStd", DType.F32), Param.inout("runningMean", DType.F32),
                Param.inout("runningVar", DType.F32), Param.scratch("partials", DType.F32), Param.inout("arrivals", DType.I32));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return Channels.elements(buffer, sizes);
    }

    @Override
    public Grid grid(Args sizes) {
        return Channels.chunks(sizes, Target.CUDA);
    }

    @Override
    public void reference(Args a) {
        statistics(a, a.data("x"));
    }

    /** Those of {@code images[rows, channels]}. */
    static void statistics(Args a, Data images) {
        int rows = a.size("rows");
        int channels = a.size("channels");
        for (int c = 0; c < channels; c++) {
            double mean = 0;
            for (int i = c; i < rows * channels; i += channels) {
                mean += images.get(i) / rows;
            }
            double variance = 0;
            for (int i = c; i < rows * channels; i += channels) {
                double off = images.get(i) - mean;
                variance += off * off / rows;
            }
            put(a, c, mean, variance);
        }
        Parts.clear(a);
    }

    /** What is kept of a channel's statistics. */
    static void put(Args a, int c, double mean, double variance) {
        double momentum = a.scalar("momentum");
        a.data("mean").set(c, mean);
        a.data("invStd").set(c, 1 / Math.sqrt(variance + a.scalar("epsilon")));
        a.data("runningMean").set(c, momentum * a.data("runningMean").get(c) + (1 - momentum) * mean);
        a.data("runningVar").set(c, momentum * a.data("runningVar").get(c) + (1 - momentum) * variance);
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Channels.Setting s : Channels.Setting.ALL) {
            cases.add(of(s, s.name(), 0.5, 1));
        }
        // A difference of sums of squares would have no digit left here.
        cases.add(of(new Channels.Setting(700, 10, 500), "far_from_zero", 1000, 0.25));
        return cases;
    }

    private Case of(Channels.Setting s, String name, double mean, double deviation) {
        return new Case(name, s.chunk() + s.chunks() + ROUNDINGS, random -> results(s, random, s.sizes(Args.of(this)
                .data("x", s.images(real, random, mean, deviation)))).build());
    }

    /** What a case binds for {@link #results()}, and the scalars. */
    static Args.Builder results(Channels.Setting s, SplittableRandom random, Args.Builder args) {
        return Channels.partials(s, args.out("mean", s.channels()).out("invStd", s.channels())
                .data("runningMean", s.vector(random, -1, 1)).data("runningVar", s.vector(random, 0.5, 1.5)))
                .scalar("momentum", 0.99).scalar("epsilon", 1e-3);
    }
}

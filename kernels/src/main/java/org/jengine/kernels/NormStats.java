package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A batch's statistics in parts: of each chunk of rows of {@code x real[rows, channels]} the {@code means}, and the
 * {@code squares}, sums of squared distances from them, both {@code F32[chunks, channels]}, {@code chunks} being
 * {@code rows / chunk} rounded up. {@link Norm} merges them.
 *
 * <p>No sum of squares is ever subtracted from another, so that channels whose mean is large beside their deviation keep their digits:
 * parts are merged as in Chan, Golub and LeVeque, <i>Algorithms for computing the sample variance</i>, The American Statistician 37
 * (1983).
 */
public record NormStats(DType real) implements KernelDef {
    /** What comes to the roundings of the sum itself: quotients, distances, merging. */
    private static final int ROUNDINGS = 16;

    public NormStats {
        Real.require("norm_stats", real);
    }

    /** {@code norm_stats_<real>}. */
    public static KernelDef of(DType real) {
        return new NormStats(real);
    }

    @Override
    public String entry() {
        return Real.entry("norm_stats", real);
    }

    @Override
    public Devices devices() {
        return Devices.OPENCL;
    }

    @Override
    public Map<String, String> constants() {
        return Channels.constants();
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("means", DType.F32), Param.out("squares", DType.F32), Param.in("x", real),
                Param.size("rows"), Param.size("channels"), Param.size("chunk"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return Channels.elements(buffer, sizes);
    }

    @Override
    public Grid grid(Args sizes) {
        return Channels.chunks(sizes);
    }

    @Override
    public void reference(Args a) {
        int channels = a.size("channels");
        int chunk = a.size("chunk");
        Data x = a.data("x");
        for (int first = 0; first < a.size("rows"); first += chunk) {
            int last = Math.min(a.size("rows"), first + chunk);
            for (int c = 0; c < channels; c++) {
                double mean = 0;
                for (int i = first; i < last; i++) {
                    mean += x.get(i * channels + c) / (last - first);
                }
                double squares = 0;
                for (int i = first; i < last; i++) {
                    double off = x.get(i * channels + c) - mean;
                    squares += off * off;
                }
                a.data("means").set(first / chunk * channels + c, mean);
                a.data("squares").set(first / chunk * channels + c, squares);
            }
        }
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
        return new Case(name, s.chunk() + ROUNDINGS, random -> s.sizes(Args.of(this)
                .out("means", s.chunks() * s.channels()).out("squares", s.chunks() * s.channels())
                .data("x", s.images(real, random, mean, deviation))).size("chunk", s.chunk()).build());
    }
}

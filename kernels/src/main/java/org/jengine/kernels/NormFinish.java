package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The second half of a batch's statistics: merges what {@link NormStats} found, {@code means squares F32[chunks, channels]}, into the
 * batch's {@code mean} and {@code invStd = 1 / sqrt(variance + epsilon)} with the biased variance, and moves the running statistics,
 * {@code running = momentum * running + (1 - momentum) * batch}, as in Keras' {@code BatchNormalization}. All are
 * {@code F32[channels]}.
 */
public record NormFinish() implements KernelDef {
    private static final int THREADS = 64;
    /** What comes to the merging of the chunks: root, quotients, the running average. */
    private static final int ROUNDINGS = 12;

    /** {@code norm_finish_f32}. */
    public static KernelDef of() {
        return new NormFinish();
    }

    @Override
    public String entry() {
        return Real.entry("norm_finish", DType.F32);
    }

    @Override
    public Map<String, String> constants() {
        return Channels.constants();
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("mean", DType.F32), Param.out("invStd", DType.F32),
                Param.inout("runningMean", DType.F32), Param.inout("runningVar", DType.F32),
                Param.in("means", DType.F32), Param.in("squares", DType.F32),
                Param.size("rows"), Param.size("channels"), Param.size("chunk"), Param.scalar("momentum"), Param.scalar("epsilon"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return Channels.elements(buffer, sizes);
    }

    /** One thread per channel. */
    @Override
    public Grid grid(Args sizes) {
        return Grid.cover(sizes.size("channels"), THREADS);
    }

    @Override
    public void reference(Args a) {
        int rows = a.size("rows");
        int channels = a.size("channels");
        int chunk = a.size("chunk");
        double momentum = a.scalar("momentum");
        for (int c = 0; c < channels; c++) {
            double mean = 0;
            for (int first = 0; first < rows; first += chunk) {
                mean += a.data("means").get(first / chunk * channels + c) * Math.min(chunk, rows - first) / rows;
            }
            double variance = 0;
            for (int first = 0; first < rows; first += chunk) {
                double off = a.data("means").get(first / chunk * channels + c) - mean;
                variance += (a.data("squares").get(first / chunk * channels + c) + off * off * Math.min(chunk, rows - first)) / rows;
            }
            a.data("mean").set(c, mean);
            a.data("invStd").set(c, 1 / Math.sqrt(variance + a.scalar("epsilon")));
            a.data("runningMean").set(c, momentum * a.data("runningMean").get(c) + (1 - momentum) * mean);
            a.data("runningVar").set(c, momentum * a.data("runningVar").get(c) + (1 - momentum) * variance);
        }
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Channels.Setting s : Channels.Setting.ALL) {
            int count = s.chunks() * s.channels();
            cases.add(new Case(s.name(), s.chunks() + ROUNDINGS, random -> s.sizes(Args.of(this)
                    .out("mean", s.channels()).out("invStd", s.channels())
                    .data("runningMean", s.vector(random, -1, 1)).data("runningVar", s.vector(random, 0.5, 1.5))
                    .data("means", Fill.normal(DType.F32, count, random, 1))
                    .data("squares", Fill.uniform(DType.F32, count, random, 0, 2 * s.chunk()))).size("chunk", s.chunk())
                    .scalar("momentum", 0.99).scalar("epsilon", 1e-3).build()));
        }
        return cases;
    }
}

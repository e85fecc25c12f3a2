package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The first half of batch normalisation's weight gradients: over each chunk of rows of {@code dy x real[rows, channels]} the sums
 * {@code gammas = sum(d * (x - mean) * invStd)} and {@code betas = sum(d)}, both {@code F32[chunks, channels]}, {@code chunks} being
 * {@code rows / chunk} rounded up; {@code mean invStd F32[channels]}. {@code d} is {@code dy} after dropout, as in {@link Norm}, whose way
 * back is the second half.
 */
public record NormGrads(DType real) implements KernelDef {
    /** What comes to the roundings of the sum itself: difference, products. */
    private static final int ROUNDINGS = 4;

    public NormGrads {
        Real.require("norm_grads", real);
    }

    /** {@code norm_grads_<real>}. */
    public static KernelDef of(DType real) {
        return new NormGrads(real);
    }

    @Override
    public String entry() {
        return Real.entry("norm_grads", real);
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
        return List.of(Param.out("gammas", DType.F32), Param.out("betas", DType.F32), Param.in("dy", real), Param.in("x", real),
                Param.in("mean", DType.F32), Param.in("invStd", DType.F32), Param.in("clock", DType.I32), Param.in("key", DType.I32),
                Param.size("rows"), Param.size("channels"), Param.size("chunk"), Param.size("layer"), Param.scalar("rate"));
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
        Dropout.Mask mask = new Dropout.Mask(a);
        for (int first = 0; first < a.size("rows"); first += chunk) {
            for (int c = 0; c < channels; c++) {
                double gamma = 0;
                double beta = 0;
                for (int i = first; i < Math.min(a.size("rows"), first + chunk); i++) {
                    double dy = mask.over(i * channels + c, a.data("dy").get(i * channels + c));
                    gamma += dy * (a.data("x").get(i * channels + c) - a.data("mean").get(c)) * a.data("invStd").get(c);
                    beta += dy;
                }
                a.data("gammas").set(first / chunk * channels + c, gamma);
                a.data("betas").set(first / chunk * channels + c, beta);
            }
        }
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Channels.Setting s : Channels.Setting.ALL) {
            int count = s.chunks() * s.channels();
            cases.add(new Case(s.name(), s.chunk() + ROUNDINGS, random -> Norm.chunked(s, random, s.sizes(Args.of(this)
                    .out("gammas", count).out("betas", count)
                    .data("dy", s.images(real, random, 0, 1)).data("x", s.images(real, random, 0.5, 1))
                    .data("mean", s.vector(random, 0, 1)).data("invStd", s.vector(random, 0.5, 2)))).build()));
        }
        return cases;
    }
}

package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The gradients of batch normalisation's weights in one launch, for NVIDIA's GPUs: over the rows of {@code dy x real[rows, channels]} the
 * sums {@code dgamma = sum(d * (x - mean) * invStd)} and {@code dbeta = sum(d)}; {@code mean invStd dgamma dbeta F32[channels]}.
 * {@code d} is {@code dy} after dropout, as in {@link NormApply}, whose way back needs them. {@code partials} and {@code arrivals} are as
 * those of {@link NormMoments}.
 */
public record NormSums(DType real) implements KernelDef {
    /** What comes to the roundings of the sums themselves: difference, products. */
    private static final int ROUNDINGS = 6;

    public NormSums {
        Real.require("norm_sums", real);
    }

    /** {@code norm_sums_<real>}. */
    public static KernelDef of(DType real) {
        return new NormSums(real);
    }

    @Override
    public String entry() {
        return Real.entry("norm_sums", real);
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
        return List.of(Param.out("dgamma", DType.F32), Param.out("dbeta", DType.F32), Param.scratch("partials", DType.F32),
                Param.inout("arrivals", DType.I32), Param.in("dy", real), Param.in("x", real),
                Param.in("mean", DType.F32), Param.in("invStd", DType.F32), Param.in("clock", DType.I32), Param.in("key", DType.I32),
                Param.size("rows"), Param.size("channels"), Param.size("chunk"), Param.size("layer"), Param.scalar("rate"));
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
        int channels = a.size("channels");
        Dropout.Mask mask = new Dropout.Mask(a);
        for (int c = 0; c < channels; c++) {
            double gamma = 0;
            double beta = 0;
            for (int i = c; i < a.size("rows") * channels; i += channels) {
                double d = mask.over(i, a.data("dy").get(i));
                gamma += d * (a.data("x").get(i) - a.data("mean").get(c)) * a.data("invStd").get(c);
                beta += d;
            }
            a.data("dgamma").set(c, gamma);
            a.data("dbeta").set(c, beta);
        }
        Parts.clear(a);
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Channels.Setting s : Channels.Setting.ALL) {
            cases.add(new Case(s.name(), s.chunk() + s.chunks() + ROUNDINGS, random -> Channels.partials(s, Norm.dropping(s, random,
                    s.sizes(Args.of(this)).out("dgamma", s.channels()).out("dbeta", s.channels())
                    .data("dy", s.images(real, random, 0, 1)).data("x", s.images(real, random, 0.5, 1))
                    .data("mean", s.vector(random, 0, 1)).data("invStd", s.vector(random, 0.5, 2)))).build()));
        }
        return cases;
    }
}

package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The ways back through {@link NormApply}, dropout behind it included, and {@link MaxPool} before it, in one launch for NVIDIA's GPUs: the
 * gradient that {@code norm_apply_bwd} would make of the pooled {@code y real[rows, channels]}, at the winners' places of
 * {@code dx real[images, h, w, channels]}, and 0 elsewhere.
 */
public record PoolNorm(DType real) implements KernelDef {
    public PoolNorm {
        Real.require("pool_norm_bwd", real);
    }

    /** {@code pool_norm_bwd_<real>}. */
    public static KernelDef bwd(DType real) {
        return new PoolNorm(real);
    }

    @Override
    public String entry() {
        return Real.entry("pool_norm_bwd", real);
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
        return List.of(Param.out("dx", real), Param.in("dy", real), Param.in("y", real), Param.in("index", DType.U8),
                Param.in("gamma", DType.F32), Param.in("mean", DType.F32), Param.in("invStd", DType.F32),
                Param.in("dgamma", DType.F32), Param.in("dbeta", DType.F32), Param.in("clock", DType.I32), Param.in("key", DType.I32),
                Param.size("rows"), Param.size("channels"), Param.size("h"), Param.size("w"), Param.size("window"),
                Param.size("layer"), Param.size("before"), Param.scalar("rate"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return switch (buffer) {
            case "dx" -> PoolMoments.windows(sizes).elements("dx");
            case "index" -> sizes.product("rows", "channels");
            default -> Channels.elements(buffer, sizes);
        };
    }

    @Override
    public Grid grid(Args sizes) {
        return Channels.rows(sizes, Target.CUDA, real);
    }

    @Override
    public void reference(Args a) {
        MaxPool.Windows windows = PoolMoments.windows(a);
        for (int i = 0; i < windows.inputs(); i++) {
            a.data("dx").set(i, 0);
        }
        Norm.back(a, a.data("y"), (i, gradient) -> a.data("dx").set(windows.input(i, a.data("index").getInt(i)), gradient));
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < PoolMoments.WINDOWS.size(); i++) {
            MaxPool.Windows w = PoolMoments.WINDOWS.get(i);
            int before = i % 3;
            Channels.Setting s = PoolMoments.setting(w);
            cases.add(new Case(w.name(), Norm.ROUNDINGS, random -> NormApply.weights(s, random, PoolMoments.sizes(w,
                    Args.of(this).out("dx", w.inputs()).data("dy", s.images(real, random, 0, 1))
                    .data("y", s.images(real, random, 0.5, 1))
                    .data("index", Fill.below(DType.U8, w.outputs(), random, w.window() * w.window())))).size("before", before).build()));
        }
        return cases;
    }
}

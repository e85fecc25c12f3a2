package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The ways back through {@link Norm}, dropout behind it included, and {@link MaxPool} before it, in one launch for NVIDIA's GPUs: the
 * gradient that {@code norm_bwd} would make of the pooled {@code y real[rows, channels]}, at the winners' places of
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
        return Channels.constants();
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("dx", real), Param.out("dgamma", DType.F32), Param.out("dbeta", DType.F32), Param.in("dy", real),
                Param.in("y", real), Param.in("index", DType.U8), Param.in("gamma", DType.F32), Param.in("mean", DType.F32),
                Param.in("invStd", DType.F32), Param.in("gammas", DType.F32), Param.in("betas", DType.F32),
                Param.in("clock", DType.I32), Param.in("key", DType.I32),
                Param.size("rows"), Param.size("channels"), Param.size("chunk"), Param.size("h"), Param.size("w"), Param.size("window"),
                Param.size("layer"), Param.size("before"), Param.scalar("rate"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return switch (buffer) {
            case "dx" -> PoolStats.windows(sizes).elements("dx");
            case "index" -> sizes.product("rows", "channels");
            default -> Channels.elements(buffer, sizes);
        };
    }

    @Override
    public Grid grid(Args sizes) {
        return Channels.chunks(sizes);
    }

    @Override
    public void reference(Args a) {
        MaxPool.Windows windows = PoolStats.windows(a);
        for (int i = 0; i < windows.inputs(); i++) {
            a.data("dx").set(i, 0);
        }
        Norm.back(a, a.data("y"), (i, gradient) -> a.data("dx").set(windows.input(i, a.data("index").getInt(i)), gradient));
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < PoolStats.WINDOWS.size(); i++) {
            MaxPool.Windows w = PoolStats.WINDOWS.get(i);
            int before = i % 3;
            int rows = w.outputs() / w.c();
            int chunk = Math.max(1, rows / 3);
            Channels.Setting s = new Channels.Setting(rows, w.c(), chunk);
            int parts = s.chunks() * w.c();
            cases.add(new Case(w.name(), s.chunks() + Norm.ROUNDINGS, random -> Norm.dropping(s, random, PoolStats.sizes(w, chunk,
                    Args.of(this).out("dx", w.inputs()).out("dgamma", w.c()).out("dbeta", w.c())
                    .data("dy", s.images(real, random, 0, 1)).data("y", s.images(real, random, 0.5, 1))
                    .data("index", Fill.below(DType.U8, w.outputs(), random, w.window() * w.window()))
                    .data("gamma", s.vector(random, 0.5, 1.5)).data("mean", s.vector(random, 0, 1))
                    .data("invStd", s.vector(random, 0.5, 2))
                    .data("gammas", Fill.uniform(DType.F32, parts, random, -chunk, chunk))
                    .data("betas", Fill.uniform(DType.F32, parts, random, -chunk, chunk)))).size("before", before).build()));
        }
        return cases;
    }
}

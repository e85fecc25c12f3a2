package org.jengine.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@link MaxPool} and, of what it makes, {@link NormMoments}, in one launch for NVIDIA's GPUs: {@code y} and {@code index} from
 * {@code x real[images, h, w, channels]}, and the statistics of {@code y real[rows, channels]}; {@code rows} is
 * {@code images * (h / window) * (w / window)}.
 */
public record PoolMoments(DType real) implements KernelDef {
    /** Windows that a thread takes at a time: more of them would take more registers than leave room for enough warps. */
    private static final int EACH = 2;
    /** Those of pooling, an odd number of rows, and six blocks' worth of channels. */
    static final List<MaxPool.Windows> WINDOWS = Stream.concat(Arrays.stream(MaxPool.Windows.ALL),
            Stream.of(new MaxPool.Windows(127, 3, 3, 12, 2), new MaxPool.Windows(3, 2, 2, 1500, 2))).toList();

    public PoolMoments {
        Real.require("pool_moments", real);
    }

    /** {@code pool_moments_<real>}. */
    public static KernelDef of(DType real) {
        return new PoolMoments(real);
    }

    @Override
    public String entry() {
        return Real.entry("pool_moments", real);
    }

    @Override
    public Devices devices() {
        return Devices.CUDA;
    }

    @Override
    public Map<String, String> constants() {
        return Channels.constants(EACH);
    }

    @Override
    public List<Param> params() {
        List<Param> params = new ArrayList<>(List.of(Param.out("y", real), Param.out("index", DType.U8)));
        params.addAll(NormMoments.results());
        params.addAll(List.of(Param.in("x", real), Param.size("rows"), Param.size("channels"), Param.size("chunk"),
                Param.size("h"), Param.size("w"), Param.size("window"), Param.scalar("momentum"), Param.scalar("epsilon")));
        return params;
    }

    /** @throws IllegalArgumentException if the rows are not those of whole images */
    static MaxPool.Windows windows(Args a) {
        int each = a.size("h") / a.size("window") * (a.size("w") / a.size("window"));
        if (each == 0 || a.size("rows") % each != 0) {
            throw new IllegalArgumentException(a.size("rows") + " rows are not images of " + a.size("h") + "x" + a.size("w")
                    + " by windows of " + a.size("window"));
        }
        return new MaxPool.Windows(a.size("rows") / each, a.size("h"), a.size("w"), a.size("channels"), a.size("window"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return switch (buffer) {
            case "x" -> windows(sizes).elements("x");
            case "index" -> sizes.product("rows", "channels");
            default -> Channels.elements(buffer, sizes);
        };
    }

    @Override
    public Grid grid(Args sizes) {
        return Channels.chunks(sizes, Target.CUDA);
    }

    @Override
    public void reference(Args a) {
        windows(a).pool(a.data("y"), a.data("index"), a.data("x"));
        NormMoments.statistics(a, a.data("y"));
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (MaxPool.Windows w : WINDOWS) {
            Channels.Setting s = setting(w);
            cases.add(new Case(w.name(), s.chunk() + s.chunks() + NormMoments.ROUNDINGS, random -> NormMoments.results(s, random,
                    sizes(w, Args.of(this).out("y", w.outputs()).out("index", w.outputs())
                    .data("x", Fill.normal(real, w.inputs(), random, 1)))).build()));
        }
        return cases;
    }

    /** What is pooled, in three chunks and a rest. */
    static Channels.Setting setting(MaxPool.Windows w) {
        int rows = w.outputs() / w.c();
        return new Channels.Setting(rows, w.c(), Math.max(1, rows / 3));
    }

    static Args.Builder sizes(MaxPool.Windows w, Args.Builder args) {
        return args.size("rows", w.outputs() / w.c()).size("channels", w.c())
                .size("h", w.h()).size("w", w.w()).size("window", w.window());
    }
}

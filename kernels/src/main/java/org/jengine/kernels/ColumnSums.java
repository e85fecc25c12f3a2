package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sums down the columns: of each chunk of rows of {@code x real[rows, channels]} the {@code sums F32[chunks, channels]}, {@code chunks}
 * being {@code rows / chunk} rounded up. The gradient of a bias is such a sum of {@code dy}: at once where one chunk has all the rows,
 * else {@link SumPartials} adds up the chunks.
 */
public record ColumnSums(DType real) implements KernelDef {
    public ColumnSums {
        Real.require("column_sums", real);
    }

    /** {@code column_sums_<real>}. */
    public static KernelDef of(DType real) {
        return new ColumnSums(real);
    }

    @Override
    public String entry() {
        return Real.entry("column_sums", real);
    }

    @Override
    public Map<String, String> constants() {
        return Channels.constants();
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("sums", DType.F32), Param.in("x", real),
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
    public Grid grid(Args sizes, Target target) {
        return Channels.chunks(sizes, target);
    }

    @Override
    public void reference(Args a) {
        int channels = a.size("channels");
        int chunk = a.size("chunk");
        for (int first = 0; first < a.size("rows"); first += chunk) {
            for (int c = 0; c < channels; c++) {
                double sum = 0;
                for (int i = first; i < Math.min(a.size("rows"), first + chunk); i++) {
                    sum += a.data("x").get(i * channels + c);
                }
                a.data("sums").set(first / chunk * channels + c, sum);
            }
        }
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Channels.Setting s : Channels.Setting.ALL) {
            cases.add(new Case(s.name(), s.chunk(), random -> s.sizes(Args.of(this)
                    .out("sums", s.chunks() * s.channels()).data("x", s.images(real, random, 0, 1))).size("chunk", s.chunk()).build()));
        }
        return cases;
    }
}

package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Adds up what was summed in parts: {@code y F32[count]} is the sum of {@code x F32[parts, count]} over the parts, the first one first. */
public record SumPartials() implements KernelDef {
    /** {@code sum_partials_f32}. */
    public static KernelDef of() {
        return new SumPartials();
    }

    @Override
    public String entry() {
        return Real.entry("sum_partials", DType.F32);
    }

    @Override
    public Map<String, String> constants() {
        return Channels.constants();
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("y", DType.F32), Param.in("x", DType.F32), Param.size("count"), Param.size("parts"));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return buffer.equals("x") ? sizes.product("parts", "count") : sizes.size("count");
    }

    @Override
    public Grid grid(Args sizes) {
        if (sizes.product("parts", "count") > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("more elements than 32 bits count");
        }
        return Elements.grid(sizes);
    }

    @Override
    public void reference(Args a) {
        int count = a.size("count");
        for (int i = 0; i < count; i++) {
            double sum = 0;
            for (int p = 0; p < a.size("parts"); p++) {
                sum += a.data("x").get(p * count + i);
            }
            a.data("y").set(i, sum);
        }
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int[] size : new int[][] {{1, 1}, {7, 128}, {8, 2}, {1003, 33}, {9 * 32 * 64, 2}}) {
            cases.add(new Case("count" + size[0] + "_parts" + size[1], size[1], random -> Args.of(this)
                    .out("y", size[0]).data("x", Fill.normal(DType.F32, size[0] * size[1], random, 1))
                    .size("count", size[0]).size("parts", size[1]).build()));
        }
        return cases;
    }
}

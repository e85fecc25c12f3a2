package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code y = x} over {@code count} float32 elements: no operation of a net, but what a device's memory can do, by which benchmarks judge
 * the kernels that do little else than read and write. {@code y} may be {@code x}.
 */
public record Copy() implements PerElement {
    /** {@code copy_f32}. */
    public static KernelDef of() {
        return new Copy();
    }

    @Override
    public String entry() {
        return Real.entry("copy", DType.F32);
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("y", DType.F32), Param.in("x", DType.F32), Param.size("count"));
    }

    @Override
    public void reference(Args a) {
        for (int i = 0; i < a.size("count"); i++) {
            a.data("y").set(i, a.data("x").get(i));
        }
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int count : Elements.COUNTS) {
            cases.add(new Case("count" + count, 0, random -> Args.of(this)
                    .out("y", count)
                    .data("x", Fill.normal(DType.F32, count, random, 1))
                    .size("count", count).build()));
        }
        return cases;
    }
}

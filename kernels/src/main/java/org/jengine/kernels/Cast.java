package org.jengine.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * Rounds {@code x F32[count]} to {@code y BF16[count]}: to the nearest, ties to even, NaN stays NaN, what lies beyond the largest
 * number becomes infinite (IEEE 754, roundTiesToEven; see {@link DType#toBf16}).
 */
public record Cast() implements PerElement {
    /** {@code cast_bf16}. */
    public static KernelDef of() {
        return new Cast();
    }

    @Override
    public String entry() {
        return Real.entry("cast", DType.BF16);
    }

    @Override
    public List<Param> params() {
        return List.of(Param.out("y", DType.BF16), Param.in("x", DType.F32), Param.size("count"));
    }

    /** So that what is read of the wider numbers lies side by side too. */
    @Override
    public int together() {
        return 4;
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
        // Halfway between two bfloat16 numbers, to be rounded down and up in turn, over most of the range of exponents.
        cases.add(new Case("ties", 0, random -> Args.of(this)
                .out("y", 1003)
                .data("x", Fill.with(DType.F32, 1003, () -> {
                    int exponent = 1 + random.nextInt(250);
                    return Float.intBitsToFloat(random.nextInt(2) << 31 | exponent << 23 | random.nextInt(128) << 16 | 0x8000);
                }))
                .size("count", 1003).build()));
        return cases;
    }
}

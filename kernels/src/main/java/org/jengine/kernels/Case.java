package org.jengine.kernels;

import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * One set of arguments to test a kernel with, on every device.
 *
 * @param name   what is particular about it, as in {@code batch127}
 * @param length the longest reduction, or chain of roundings, behind an element of a float output; 0 where a device can and must
 *               give the reference's very bits
 * @param make   makes the arguments from a random source; the same source gives the same arguments
 */
public record Case(String name, int length, Function<SplittableRandom, Args> make) {
    public Case {
        if (length < 0) {
            throw new IllegalArgumentException("case " + name + ": a reduction cannot have the length " + length);
        }
    }

    /** The distance from 1 to the next number of the type. */
    public static double epsilon(DType real) {
        return switch (real) {
            case F32 -> 0x1p-23;
            case BF16 -> 0x1p-7;
            default -> throw new IllegalArgumentException("no epsilon for " + real);
        };
    }

    /**
     * How far an element of an output of type {@code stored} may lie from the reference, as a fraction of the largest magnitude in
     * that output: float's epsilon times {@link #length}, since all arithmetic is done in float, and for {@code BF16} one epsilon
     * more for the rounding on the way out. Integer outputs must be equal.
     */
    public double tolerance(DType stored) {
        if (length == 0 || stored == DType.I32 || stored == DType.U8) {
            return 0;
        }
        double computed = length * epsilon(DType.F32);
        return stored == DType.BF16 ? epsilon(DType.BF16) + computed : computed;
    }

    public Args args(long seed) {
        return make.apply(new SplittableRandom(seed));
    }
}

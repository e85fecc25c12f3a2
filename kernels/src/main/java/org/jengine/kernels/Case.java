package org.jengine.kernels;

import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * One set of arguments to test a kernel with, on every device.
 *
 * @param name      what is particular about it, as in {@code batch127}
 * @param tolerance how far an element of a float output may lie from the reference, as a fraction of the largest magnitude in that
 *                  output: the storage type's epsilon times the length of the longest reduction. Integer outputs must be equal.
 * @param make      makes the arguments from a random source; the same source gives the same arguments
 */
public record Case(String name, double tolerance, Function<SplittableRandom, Args> make) {
    /** The distance from 1 to the next number of the type. */
    public static double epsilon(DType real) {
        return switch (real) {
            case F32 -> 0x1p-23;
            case BF16 -> 0x1p-7;
            default -> throw new IllegalArgumentException("no epsilon for " + real);
        };
    }

    public Args args(long seed) {
        return make.apply(new SplittableRandom(seed));
    }
}

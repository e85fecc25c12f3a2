package org.jengine.nn;

import java.util.Arrays;
import org.jengine.kernels.Philox;

/**
 * What a fresh array of weights holds. Random values are a function of the seed, the array's number in the net and the element, so that
 * they are the same bits on every machine.
 */
public sealed interface Initializer {
    Initializer ZEROS = new Constant(0);
    Initializer ONES = new Constant(1);

    /** Uniform in plus and minus {@code sqrt(6 / (fanIn + fanOut))}. Glorot and Bengio, AISTATS 2010. */
    static Initializer glorotUniform(long fanIn, long fanOut) {
        return new Uniform((float) Math.sqrt(6.0 / (fanIn + fanOut)));
    }

    /** Fills {@code out}; {@code array} counts the net's arrays from 0. */
    void fill(float[] out, long seed, int array);

    /** The same value everywhere. */
    record Constant(float value) implements Initializer {
        @Override
        public void fill(float[] out, long seed, int array) {
            Arrays.fill(out, value);
        }
    }

    /** Between {@code -limit} and {@code limit}. */
    record Uniform(float limit) implements Initializer {
        /** The Philox stream; counter (element / 4, array, INIT, 0). Those of the kernels are listed in {@link Philox}. */
        private static final int INIT = 3;

        @Override
        public void fill(float[] out, long seed, int array) {
            int[] words = new int[4];
            for (int i = 0; i < out.length; i++) {
                if (i % 4 == 0) {
                    Philox.block(i / 4, array, INIT, 0, Seed.low(seed), Seed.high(seed), words, 0);
                }
                // The middles of 2^24 equal parts: symmetric about 0, and never 0 itself.
                double unit = ((words[i % 4] >>> 8) + 0.5) * 0x1p-24;
                out[i] = (float) (limit * (2 * unit - 1));
            }
        }
    }
}

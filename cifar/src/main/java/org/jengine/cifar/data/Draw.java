package org.jengine.cifar.data;

import org.jengine.kernels.Philox;

/** The random numbers of one picture in a fixed order: Philox words by (picture, block, {@link #STREAM}, split), keyed by the seed. */
final class Draw {
    /** Apart from the streams that training uses, so that equal seeds there and here share nothing. */
    static final int STREAM = 0x53594e;
    private static final double UNIT = 1.0 / (1 << 24);

    private final int key0;
    private final int key1;
    private final int[] words = new int[4];
    private int picture;
    private int split;
    private int drawn;

    Draw(long seed) {
        key0 = (int) seed;
        key1 = (int) (seed >>> 32);
    }

    void begin(int picture, int split) {
        this.picture = picture;
        this.split = split;
        drawn = 0;
    }

    int bits() {
        if ((drawn & 3) == 0) {
            Philox.block(picture, drawn >>> 2, STREAM, split, key0, key1, words, 0);
        }
        return words[drawn++ & 3];
    }

    /** From 0 inclusive to 1 exclusive. */
    double unit() {
        return (bits() >>> 8) * UNIT;
    }

    double between(double low, double high) {
        return low + (high - low) * unit();
    }

    boolean chance(double p) {
        return unit() < p;
    }

    /** From 0 to {@code n - 1}. */
    int below(int n) {
        return (int) (unit() * n);
    }
}

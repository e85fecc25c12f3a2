package org.jengine.kernels;

/**
 * Philox 4x32-10: random bits as a function of a counter and a key, so that they are the same on every device, batch split and
 * thread count. Salmon, Moraes, Dror, Shaw: <i>Parallel random numbers: as easy as 1, 2, 3</i>, SC 2011.
 *
 * <p>The key is the run's seed (two words). The counter's third word is one of the streams below, so that uses never share bits.
 */
public final class Philox {
    /** Counter (block, epoch, SHUFFLE, 0): round keys of the epoch's permutation. */
    public static final int SHUFFLE = 1;
    /** Counter (image, epoch, AUGMENT, 0): flip, crop and cutout of one image. */
    public static final int AUGMENT = 2;
    /** Counter (block, updates, DROPOUT + layer, 0): eight elements of a dropout mask, 16 bits each; see {@link Dropout}. */
    public static final int DROPOUT = 0x100;

    /** Rounds of mixing. */
    public static final int ROUNDS = 10;
    /** The multiplier of the counter's first word. */
    public static final int M0 = 0xD2511F53;
    /** The multiplier of the counter's third word. */
    public static final int M1 = 0xCD9E8D57;
    /** What the key's first word grows by each round. */
    public static final int W0 = 0x9E3779B9;
    /** What the key's second word grows by each round. */
    public static final int W1 = 0xBB67AE85;
    private static final long LOW = 0xffffffffL;

    private Philox() {
    }

    /** Writes the four words of one block to {@code out[at .. at + 3]}. */
    public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out, int at) {
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = (M0 & LOW) * (c0 & LOW);
            long p1 = (M1 & LOW) * (c2 & LOW);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += W0;
            k1 += W1;
        }
        out[at] = c0;
        out[at + 1] = c1;
        out[at + 2] = c2;
        out[at + 3] = c3;
    }
}

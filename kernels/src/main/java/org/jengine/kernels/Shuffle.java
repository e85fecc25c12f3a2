package org.jengine.kernels;

/**
 * The epoch's order of images as a keyed bijection computed in place: a balanced Feistel network over the smallest even number of
 * bits that holds {@code n}, walked until it falls inside (Black and Rogaway, <i>Ciphers with arbitrary finite domains</i>,
 * CT-RSA 2002). No list is stored and no sort is run, on any device.
 */
public final class Shuffle {
    /** Feistel rounds; with fewer than six, neighbours stay visibly correlated at small {@code n}. */
    public static final int ROUNDS = 8;

    private final int n;
    private final int halfBits;
    private final int[] keys = new int[ROUNDS];

    /** A permutation of {@code 0 .. n - 1} that the key and the epoch choose. */
    public Shuffle(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("nothing to permute: n = " + n);
        }
        this.n = n;
        int bits = 2;
        while (bits < 30 && 1 << bits < n) {
            bits += 2;
        }
        if (1L << bits < n) {
            throw new IllegalArgumentException("at most 2^30 items can be permuted, got " + n);
        }
        halfBits = bits / 2;
    }

    /** Chooses the permutation of an epoch. Allocates nothing. */
    public void key(int k0, int k1, int epoch) {
        Philox.block(0, epoch, Philox.SHUFFLE, 0, k0, k1, keys, 0);
        Philox.block(1, epoch, Philox.SHUFFLE, 0, k0, k1, keys, 4);
    }

    /** The item at place {@code i} of the order. */
    public int at(int i) {
        int mask = (1 << halfBits) - 1;
        int x = i;
        do {
            int left = x >>> halfBits;
            int right = x & mask;
            for (int key : keys) {
                int mixed = (right ^ key) * 0x9E3779B1;
                mixed = (mixed ^ mixed >>> 15) * 0x85EBCA6B;
                int next = left ^ (mixed >>> 16 & mask);
                left = right;
                right = next;
            }
            x = left << halfBits | right;
        } while (x >= n);
        return x;
    }
}

package org.jengine.softcuda.memory;

/** A bit for each byte of a page. */
final class Bits {
    /** No byte at all; a page's whole range is written null. */
    static final long[] NOTHING = new long[Page.BYTES / Long.SIZE];

    private Bits() {
    }

    static long[] range(int from, int to) {
        long[] bits = new long[Page.BYTES / Long.SIZE];
        set(bits, from, to);
        return bits;
    }

    static boolean get(long[] bits, int at) {
        return (bits[at >> 6] >>> at & 1) != 0;
    }

    static void set(long[] bits, int from, int to) {
        for (int word = from >> 6; word << 6 < to; word++) {
            bits[word] |= within(word, from, to);
        }
    }

    static void clear(long[] bits, int from, int to) {
        for (int word = from >> 6; word << 6 < to; word++) {
            bits[word] &= ~within(word, from, to);
        }
    }

    /** The first position of the range whose bit is 0, or -1. */
    static int firstClear(long[] bits, int from, int to) {
        for (int word = from >> 6; word << 6 < to; word++) {
            long missing = ~bits[word] & within(word, from, to);
            if (missing != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(missing);
            }
        }
        return -1;
    }

    /** The bits of a word that lie in the range. */
    private static long within(int word, int from, int to) {
        long mask = -1L;
        int start = word << 6;
        if (from > start) {
            mask &= -1L << from - start;
        }
        if (to < start + Long.SIZE) {
            mask &= (1L << to - start) - 1;
        }
        return mask;
    }
}

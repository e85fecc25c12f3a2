package org.jengine.softcuda.simt;

/**
 * Loops over lanes' addresses, each so small that the compiler makes it into vector instructions. What they gather is bits: those of
 * all lanes or-ed together.
 */
final class Sweeps {
    private Sweeps() {
    }

    /** Adds a shift to addresses. */
    static void shift(int[] from, int shift, int[] to, int start, int end) {
        for (int k = start; k < end; k++) {
            to[k] = from[k] + shift;
        }
    }

    static void shift(long[] from, long shift, int[] to, int start, int end) {
        for (int k = start; k < end; k++) {
            to[k] = (int) (from[k] + shift);
        }
    }

    static void shift(long[] from, long shift, long[] to, int start, int end) {
        for (int k = start; k < end; k++) {
            to[k] = from[k] + shift;
        }
    }

    static long outside(long[] places, long most, int start, int end) {
        long bits = 0;
        for (int k = start; k < end; k++) {
            bits |= places[k] | most - places[k];
        }
        return bits;
    }

    static long bits(long[] places, int start, int end) {
        long bits = 0;
        for (int k = start; k < end; k++) {
            bits |= places[k];
        }
        return bits;
    }

    /** The bits in which places differ from a first one. */
    static long unlike(long[] places, long first, int start, int end) {
        long bits = 0;
        for (int k = start; k < end; k++) {
            bits |= places[k] ^ first;
        }
        return bits;
    }

    /** Keeps the low bits. */
    static void low(long[] from, int mask, int[] to, int start, int end) {
        for (int k = start; k < end; k++) {
            to[k] = (int) from[k] & mask;
        }
    }

    /** Negative if a place is negative or behind {@code most}. */
    static int outside(int[] places, int most, int start, int end) {
        int bits = 0;
        for (int k = start; k < end; k++) {
            bits |= places[k] | most - places[k];
        }
        return bits;
    }

    /** Negative if a place does not fit an int. */
    static long wide(long[] from, long shift, int start, int end) {
        long bits = 0;
        for (int k = start; k < end; k++) {
            bits |= from[k] + shift | Integer.MAX_VALUE - from[k] - shift;
        }
        return bits;
    }

    static int bits(int[] places, int start, int end) {
        int bits = 0;
        for (int k = start; k < end; k++) {
            bits |= places[k];
        }
        return bits;
    }

    /** Moves each lane's place into memory of its own. */
    static void lanes(int[] places, int stride, int start, int end) {
        for (int k = start; k < end; k++) {
            places[k] += k * stride;
        }
    }

    /** 0 if all neighbours are so far apart; 0 is that all are the same. */
    static int apart(int[] places, int distance, int start, int end) {
        int bits = 0;
        for (int k = start; k < end - 1; k++) {
            bits |= places[k + 1] - places[k] ^ distance;
        }
        return bits;
    }

    static long apart(long[] places, long distance, int start, int end) {
        long bits = 0;
        for (int k = start; k < end - 1; k++) {
            bits |= places[k + 1] - places[k] ^ distance;
        }
        return bits;
    }
}

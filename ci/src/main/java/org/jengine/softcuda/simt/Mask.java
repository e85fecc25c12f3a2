package org.jengine.softcuda.simt;

import java.util.Arrays;

/** A set of a block's lanes. It never changes, so that what is found out about it is found out once. */
final class Mask {
    private final long[] words;
    private final int count;
    private final int first;
    private final int end;
    private int[] runs;

    Mask(long[] words) {
        this.words = words;
        int bits = 0;
        int low = -1;
        int high = 0;
        for (int w = 0; w < words.length; w++) {
            long word = words[w];
            if (word != 0) {
                bits += Long.bitCount(word);
                low = low < 0 ? w * Long.SIZE + Long.numberOfTrailingZeros(word) : low;
                high = (w + 1) * Long.SIZE - Long.numberOfLeadingZeros(word);
            }
        }
        count = bits;
        first = low;
        end = high;
    }

    /** The lowest {@code count} of {@code lanes} lanes. */
    static Mask first(int count, int lanes) {
        long[] words = new long[(lanes + Long.SIZE - 1) / Long.SIZE];
        for (int w = 0; w < words.length; w++) {
            int left = count - w * Long.SIZE;
            words[w] = left >= Long.SIZE ? -1L : left <= 0 ? 0 : (1L << left) - 1;
        }
        return new Mask(words);
    }

    static Mask one(int lane, int lanes) {
        long[] words = new long[(lanes + Long.SIZE - 1) / Long.SIZE];
        words[lane / Long.SIZE] = 1L << lane;
        return new Mask(words);
    }

    /** The bits, 64 a word; not to be written. */
    long[] words() {
        return words;
    }

    int count() {
        return count;
    }

    boolean empty() {
        return count == 0;
    }

    /** The lowest lane; -1 if there is none. */
    int first() {
        return first;
    }

    /** One more than the highest lane. */
    int end() {
        return end;
    }

    boolean has(int lane) {
        return (words[lane / Long.SIZE] >>> lane & 1) != 0;
    }

    /** The 32 lanes of a warp. */
    int warp(int number) {
        return (int) (words[number / 2] >>> (number % 2 * Integer.SIZE));
    }

    Mask and(Mask other) {
        return combine(other, false, false);
    }

    Mask minus(Mask other) {
        return combine(other, true, false);
    }

    Mask or(Mask other) {
        return combine(other, false, true);
    }

    private Mask combine(Mask other, boolean without, boolean both) {
        long[] made = new long[words.length];
        for (int w = 0; w < made.length; w++) {
            long bits = other.words[w];
            made[w] = both ? words[w] | bits : words[w] & (without ? ~bits : bits);
        }
        return new Mask(made);
    }

    boolean same(Mask other) {
        return this == other || Arrays.equals(words, other.words);
    }

    /** Neighbouring lanes together: start and end of each run, ascending. */
    int[] runs() {
        if (runs == null) {
            runs = findRuns();
        }
        return runs;
    }

    private int[] findRuns() {
        int[] found = new int[2 * count];
        int size = 0;
        for (int w = 0; w < words.length; w++) {
            long word = words[w];
            int base = w * Long.SIZE;
            while (word != 0) {
                int start = Long.numberOfTrailingZeros(word);
                int length = Long.numberOfTrailingZeros(~(word >>> start));
                if (size > 0 && found[size - 1] == base + start) {
                    found[size - 1] += length;
                } else {
                    found[size++] = base + start;
                    found[size++] = base + start + length;
                }
                word = start + length >= Long.SIZE ? 0 : word & -1L << (start + length);
            }
        }
        return Arrays.copyOf(found, size);
    }

    /** The lanes of these whose predicate holds: this very object if all do. */
    Mask where(boolean[] predicate, boolean negated) {
        boolean start = predicate[first];
        int k = first + 1;
        while (k < end && predicate[k] == start) {
            k++;
        }
        if (k >= end) {
            return start != negated ? this : new Mask(new long[words.length]);
        }
        long[] made = new long[words.length];
        int changed = 0;
        for (int w = 0; w < made.length; w++) {
            if (words[w] != 0) {
                long bits = 0;
                int base = w * Long.SIZE;
                int top = Math.min(Long.SIZE, predicate.length - base);
                for (int j = 0; j < top; j++) {
                    bits |= (predicate[base + j] ? 1L : 0L) << j;
                }
                made[w] = words[w] & (negated ? ~bits : bits);
                changed |= made[w] != words[w] ? 1 : 0;
            }
        }
        return changed == 0 ? this : new Mask(made);
    }
}

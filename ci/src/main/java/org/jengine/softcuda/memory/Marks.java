package org.jengine.softcuda.memory;

import java.util.Arrays;

/**
 * Which turns touched which bytes of a page last. A set of bytes is a bit for each, or null for the whole page. Most pages have one mark.
 */
final class Marks {
    /** More readers than that are not remembered: the oldest go. */
    private static final int MOST = 16;

    private int count;
    private int[] turns = new int[1];
    private long[][] where = new long[1][];

    /** A turn that touched one of the bytes and is not ordered before the one that asks, or 0. */
    int unordered(Ordered order, long[] range) {
        for (int i = 0; i < count; i++) {
            if (!order.after(turns[i]) && meet(where[i], range)) {
                return turns[i];
            }
        }
        return 0;
    }

    /** A turn that touched one of the bytes, or 0. */
    int of(long[] range) {
        for (int i = 0; i < count; i++) {
            if (meet(where[i], range)) {
                return turns[i];
            }
        }
        return 0;
    }

    /** The bytes are this turn's alone. */
    void replace(int turn, long[] range) {
        if (range == Bits.NOTHING) {
            return;
        }
        drop(range);
        put(turn, range);
    }

    /** The bytes are this turn's too; turns before it that touched them need no mark there any more. */
    void join(Ordered order, long[] range) {
        if (range == Bits.NOTHING) {
            return;
        }
        int kept = 0;
        for (int i = 0; i < count; i++) {
            long[] rest = order.after(turns[i]) && turns[i] != order.number() ? without(where[i], range) : where[i];
            if (rest != Bits.NOTHING) {
                keep(kept++, turns[i], rest);
            }
        }
        count = kept;
        put(order.number(), range);
    }

    /** Forgets what is known of the bytes. */
    void drop(long[] range) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            long[] rest = without(where[i], range);
            if (rest != Bits.NOTHING) {
                keep(kept++, turns[i], rest);
            }
        }
        count = kept;
    }

    private void keep(int at, int turn, long[] bits) {
        turns[at] = turn;
        where[at] = bits;
    }

    private void put(int turn, long[] range) {
        for (int i = 0; i < count; i++) {
            if (turns[i] == turn) {
                where[i] = union(where[i], range);
                return;
            }
        }
        if (count == MOST) {
            System.arraycopy(turns, 1, turns, 0, --count);
            System.arraycopy(where, 1, where, 0, count);
        }
        if (count == turns.length) {
            turns = Arrays.copyOf(turns, 2 * count);
            where = Arrays.copyOf(where, 2 * count);
        }
        keep(count++, turn, range);
    }

    private static boolean meet(long[] a, long[] b) {
        if (a == null || b == null) {
            return true;
        }
        long both = 0;
        for (int i = 0; i < a.length; i++) {
            both |= a[i] & b[i];
        }
        return both != 0;
    }

    private static long[] union(long[] a, long[] b) {
        if (a == null || b == null) {
            return null;
        }
        long[] made = a.clone();
        for (int i = 0; i < made.length; i++) {
            made[i] |= b[i];
        }
        return made;
    }

    private static long[] without(long[] a, long[] b) {
        if (b == null) {
            return Bits.NOTHING;
        }
        long[] made = new long[b.length];
        long any = 0;
        for (int i = 0; i < made.length; i++) {
            made[i] = (a == null ? -1L : a[i]) & ~b[i];
            any |= made[i];
        }
        return any == 0 ? Bits.NOTHING : made;
    }
}

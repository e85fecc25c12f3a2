package org.jengine.softcuda.check;

/** Runs of neighbouring active lanes. */
final class Lanes {
    private Lanes() {
    }

    /** The first active lane from {@code lane} on, or {@code most}. */
    static int next(long[] active, int lane, int most) {
        int at = lane;
        while (at < most) {
            long rest = active[at >> 6] >>> at;
            if (rest != 0) {
                return Math.min(most, at + Long.numberOfTrailingZeros(rest));
            }
            at = (at | Long.SIZE - 1) + 1;
        }
        return most;
    }

    /** The first lane from {@code lane} on that is not active, or {@code most}. */
    static int end(long[] active, int lane, int most) {
        int at = lane;
        while (at < most) {
            long rest = ~active[at >> 6] >>> at;
            if (rest != 0) {
                return Math.min(most, at + Long.numberOfTrailingZeros(rest));
            }
            at = (at | Long.SIZE - 1) + 1;
        }
        return most;
    }
}

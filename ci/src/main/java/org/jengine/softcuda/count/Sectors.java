package org.jengine.softcuda.count;

import java.util.Arrays;
import org.jengine.softcuda.memory.Allocation;

/** Counts, for accesses of warps to global memory, the 32-byte sectors that they move; and which sectors of memory were touched at all. */
final class Sectors {
    static final int BYTES = 32;

    /** Sectors touched by a launch are bits in lists of one for each so many bytes. */
    private static final int LIST = 1 << 20;

    private static final int SLOTS = 128;

    /** Sectors that one allocation's accesses touched. */
    static final class Touched {
        private final long[][] lists;
        private long count;

        Touched(Allocation of) {
            lists = new long[Math.toIntExact((of.bytes() + LIST - 1) / LIST)][];
        }

        long bytes() {
            return count * BYTES;
        }

        /** Notes the sectors of the bytes from {@code from} to {@code last}. */
        void add(long from, long last) {
            for (long sector = from / BYTES; sector <= last / BYTES; sector++) {
                int list = (int) (sector / (LIST / BYTES));
                if (lists[list] == null) {
                    lists[list] = new long[LIST / BYTES / Long.SIZE];
                }
                int word = (int) (sector % (LIST / BYTES)) >> 6;
                long old = lists[list][word];
                lists[list][word] = old | 1L << sector;
                count += lists[list][word] != old ? 1 : 0;
            }
        }
    }

    private final long[] slots = new long[SLOTS];
    private final int[] filled = new int[SLOTS];
    private int round;

    private int moved;
    private int fewest;

    /** Sectors that the warp moved. */
    int moved() {
        return moved;
    }

    /** Sectors that would do if the bytes the warp asked for lay next to one another. */
    int fewest() {
        return fewest;
    }

    /**
     * One warp's access.
     *
     * @param offsets  by lane of the block
     * @param first    the warp's first lane
     * @param mask     its active lanes
     * @param accessed bytes of a lane
     */
    void count(long[] offsets, int first, int mask, int accessed, Touched touched) {
        if (mask == -1 && consecutive(offsets, first, accessed)) {
            long from = offsets[first];
            long last = from + (long) Machine.WARP * accessed - 1;
            moved = (int) (last / BYTES - from / BYTES) + 1;
            fewest = Machine.WARP * accessed / BYTES;
            touched.add(from, last);
            return;
        }
        int sectors = 0;
        int places = 0;
        long before = -1;
        boolean rising = true;
        for (int left = mask; left != 0; left &= left - 1) {
            long offset = offsets[first + Integer.numberOfTrailingZeros(left)];
            if (offset < before) {
                rising = false;
                break;
            }
            sectors += before < 0 || offset / BYTES != before / BYTES ? 1 : 0;
            places += offset != before ? 1 : 0;
            before = offset;
        }
        if (!rising) {
            sectors = distinct(offsets, first, mask, BYTES);
            places = distinct(offsets, first, mask, 1);
        }
        moved = sectors;
        fewest = Math.min(sectors, (places * accessed + BYTES - 1) / BYTES);
        before = -1;
        for (int left = mask; left != 0; left &= left - 1) {
            long offset = offsets[first + Integer.numberOfTrailingZeros(left)];
            if (offset != before) {
                touched.add(offset, offset + accessed - 1);
                before = offset;
            }
        }
    }

    private static boolean consecutive(long[] offsets, int first, int accessed) {
        long expected = offsets[first];
        for (int lane = first + 1; lane < first + Machine.WARP; lane++) {
            expected += accessed;
            if (offsets[lane] != expected) {
                return false;
            }
        }
        return true;
    }

    private int distinct(long[] offsets, int first, int mask, int unit) {
        if (++round == 0) {
            Arrays.fill(filled, 0);
            round = 1;
        }
        int count = 0;
        for (int left = mask; left != 0; left &= left - 1) {
            long value = offsets[first + Integer.numberOfTrailingZeros(left)] / unit;
            int slot = (int) (value * 0x9e3779b97f4a7c15L >>> Long.SIZE - 7);
            while (filled[slot] == round && slots[slot] != value) {
                slot = slot + 1 & SLOTS - 1;
            }
            if (filled[slot] != round) {
                filled[slot] = round;
                slots[slot] = value;
                count++;
            }
        }
        return count;
    }
}

package org.jengine.softcuda.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.simt.BulkCopy;

/**
 * Where in a block's shared memory asynchronous copies are on their way to, from when they are asked for until they are waited for; and
 * its bulk copies, which may be read and written meanwhile.
 */
final class Underway {
    /** Bytes of the smallest copy, to multiples of which all are aligned. */
    private static final int CELL = 4;

    private long[] entries = new long[0];
    private int cells;
    private final List<BulkCopy> unread = new ArrayList<>(0);
    private final List<BulkCopy> bulk = new ArrayList<>(0);

    boolean any() {
        return cells > 0;
    }

    boolean anyBulk() {
        return !bulk.isEmpty();
    }

    void asked(BulkCopy copy) {
        unread.add(copy);
        bulk.add(copy);
    }

    /** What the copy takes may be written again. */
    void read(BulkCopy copy) {
        unread.remove(copy);
    }

    void arrived(BulkCopy copy) {
        bulk.remove(copy);
    }

    /** A bulk copy that an access may not meet: one that has not come yet to these bytes, or that takes what is written; or null. */
    BulkCopy meeting(Allocation allocation, long offset, int bytes, boolean writes) {
        for (BulkCopy copy : bulk) {
            if (copy.to().meets(allocation, offset, bytes) || writes && copy.from().meets(allocation, offset, bytes)
                    && unread.contains(copy)) {
                return copy;
            }
        }
        return null;
    }

    /** A bulk copy that still uses the block's shared memory, or null. */
    BulkCopy left() {
        return bulk.stream().filter(copy -> copy.to().shared() || copy.from().shared() && unread.contains(copy)).findFirst().orElse(null);
    }

    /** Lanes ask for copies to these addresses. */
    void asked(int pc, int[] addresses, long[] active, int bytes, int threads) {
        for (int lane = Lanes.next(active, 0, threads); lane < threads; lane = Lanes.next(active, lane + 1, threads)) {
            int end = (addresses[lane] + bytes) / CELL;
            if (end > entries.length) {
                entries = Arrays.copyOf(entries, 2 * end);
            }
            for (int c = addresses[lane] / CELL; c < end; c++) {
                cells += entries[c] == 0 ? 1 : 0;
                entries[c] = entry(pc, lane);
            }
        }
    }

    /** What the lanes asked for has arrived; what another copy overtook stays on its way. */
    void arrived(int pc, int[] addresses, long[] active, int bytes, int threads) {
        for (int lane = Lanes.next(active, 0, threads); lane < threads; lane = Lanes.next(active, lane + 1, threads)) {
            for (int c = addresses[lane] / CELL; c < (addresses[lane] + bytes) / CELL; c++) {
                if (entries[c] == entry(pc, lane)) {
                    entries[c] = 0;
                    cells--;
                }
            }
        }
    }

    private static long entry(int pc, int lane) {
        return (long) (pc + 1) << Integer.SIZE | lane;
    }

    /** A copy to some of these bytes, for {@link #pc} and {@link #thread}; 0 if there is none. */
    long at(int address, int bytes) {
        for (int c = address / CELL; c < entries.length && c * CELL < address + bytes; c++) {
            if (entries[c] != 0) {
                return entries[c];
            }
        }
        return 0;
    }

    static int pc(long entry) {
        return (int) (entry >>> Integer.SIZE) - 1;
    }

    static int thread(long entry) {
        return (int) entry;
    }
}

package org.jengine.softcuda.check;

import java.util.Arrays;

/**
 * Numbers for "block b at instruction i, since its last barrier". Numbers grow as the launch goes on, so that all that a block did before
 * a barrier has smaller ones than what it does after. A cell of shadow memory is such a number and a thread in one int; 0 is nobody.
 */
final class Groups {
    static final int THREAD_BITS = 11;
    static final int THREAD = (1 << THREAD_BITS) - 1;

    /** Stands for the thread of what bulk copies write, since none does that; it is of no real warp either. */
    static final int COPIER = 1024;
    static final int COPIER_WARP = COPIER / 32;

    /** Group numbers that a cell has room for. */
    private static final int MOST = 1 << Integer.SIZE - 1 - THREAD_BITS;

    private long[] blocks = new long[1024];
    private int[] pcs = new int[1024];
    private int next = 1;

    /** The number that the next group gets. */
    int next() {
        return next;
    }

    /** A new number; 0 if there is none left. */
    int add(long block, int pc) {
        if (next == MOST) {
            return 0;
        }
        if (next == pcs.length) {
            blocks = Arrays.copyOf(blocks, 2 * next);
            pcs = Arrays.copyOf(pcs, 2 * next);
        }
        blocks[next] = block;
        pcs[next] = pc;
        return next++;
    }

    long block(int group) {
        return blocks[group];
    }

    int pc(int group) {
        return pcs[group];
    }

    /** Whether most numbers are used up. */
    boolean scarce() {
        return next > MOST / 4 * 3;
    }

    /**
     * Starts the numbers anew when all old groups are ordered before what the block will do, or of other blocks. The blocks' own numbers
     * are lost for those: they become block -1, which is none.
     *
     * @param instructions how many the kernel has
     * @return for each old number the new one
     */
    int[] renew(long block, int instructions) {
        int[] renewed = new int[next];
        int[] foreign = new int[instructions];
        int[] own = new int[instructions];
        long[] oldBlocks = blocks;
        int[] oldPcs = pcs;
        int old = next;
        blocks = new long[1024];
        pcs = new int[1024];
        next = 1;
        for (int group = 1; group < old; group++) {
            boolean mine = oldBlocks[group] == block;
            int[] table = mine ? own : foreign;
            int pc = oldPcs[group];
            if (table[pc] == 0) {
                table[pc] = add(mine ? block : -1, pc);
            }
            renewed[group] = table[pc];
        }
        return renewed;
    }
}

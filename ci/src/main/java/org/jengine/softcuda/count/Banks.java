package org.jengine.softcuda.count;

/**
 * Counts the passes that a warp's access to shared memory takes. There are 32 banks, each 4 bytes wide; lanes that want different words of
 * one bank wait for one another. Accesses of 8 bytes go by half warps, of 16 bytes by quarters.
 */
final class Banks {
    private static final int BANKS = 32;
    private static final int WORD = 4;

    private final int[][] words = new int[BANKS][Machine.WARP * 4];
    private final int[] count = new int[BANKS];

    private int passes;
    private int fewest;

    /** Passes over the banks that the access takes. */
    int passes() {
        return passes;
    }

    /** Passes that it would take without conflicts. */
    int fewest() {
        return fewest;
    }

    /**
     * One warp's access.
     *
     * @param addresses by lane of the block
     * @param first     the warp's first lane
     * @param mask      its active lanes
     * @param bytes     of a lane
     */
    void count(int[] addresses, int first, int mask, int bytes) {
        int wide = Math.max(1, bytes / WORD);
        int lanes = Machine.WARP / wide;
        passes = 0;
        fewest = 0;
        for (int part = 0; part < wide; part++) {
            int partMask = mask & (int) ((1L << lanes) - 1 << part * lanes);
            if (partMask != 0) {
                passes += pass(addresses, first, partMask, wide);
                fewest++;
            }
        }
    }

    private int pass(int[] addresses, int first, int mask, int wide) {
        int used = 0;
        int most = 1;
        for (int left = mask; left != 0; left &= left - 1) {
            int start = addresses[first + Integer.numberOfTrailingZeros(left)] / WORD;
            for (int word = start; word < start + wide; word++) {
                int bank = word % BANKS;
                if ((used >>> bank & 1) == 0) {
                    used |= 1 << bank;
                    count[bank] = 1;
                    words[bank][0] = word;
                } else if (words[bank][0] != word && isNew(bank, word)) {
                    words[bank][count[bank]++] = word;
                    most = Math.max(most, count[bank]);
                }
            }
        }
        return most;
    }

    private boolean isNew(int bank, int word) {
        for (int i = 1; i < count[bank]; i++) {
            if (words[bank][i] == word) {
                return false;
            }
        }
        return true;
    }
}

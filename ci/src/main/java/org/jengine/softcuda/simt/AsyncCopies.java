package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.List;

/** Copies into shared memory that a block has asked for: they arrive when it waits for them, and no sooner. */
final class AsyncCopies {
    private static final int MOST = 16;

    /** What lanes asked for together: at first each lane's own group of copies, the target, and the bytes. */
    private static final class Entry {
        private final int pc;
        private Mask lanes;
        private final int[] group;
        private final int[] target;
        private final byte[] bytes;
        private final int width;

        Entry(int pc, Mask lanes, int[] group, int[] target, byte[] bytes, int width) {
            this.pc = pc;
            this.lanes = lanes;
            this.group = group;
            this.target = target;
            this.bytes = bytes;
            this.width = width;
        }
    }

    private final Block block;
    private final List<Entry> entries = new ArrayList<>();
    private int[] committed = new int[0];

    AsyncCopies(Block block) {
        this.block = block;
    }

    void clear() {
        entries.clear();
        committed = new int[block.lanes()];
    }

    /**
     * @param pc    the instruction's number as watches have it
     * @param bytes 16 a lane
     */
    void ask(int pc, Mask lanes, int[] target, byte[] bytes, int width) {
        entries.add(new Entry(pc, lanes, committed.clone(), target, bytes, width));
    }

    void commit(Mask lanes) {
        for (int k = lanes.first(); k < lanes.end(); k++) {
            committed[k] += lanes.has(k) ? 1 : 0;
        }
    }

    /** Lets arrive what the lanes asked for, but for their latest {@code pending} groups; all of it if {@code pending} is negative. */
    void await(Mask lanes, int pending) {
        for (Entry entry : entries) {
            long[] left = entry.lanes.words().clone();
            for (int k = entry.lanes.first(); k >= 0 && k < entry.lanes.end(); k++) {
                if (entry.lanes.has(k) && lanes.has(k) && (pending < 0 || entry.group[k] < committed[k] - pending)) {
                    System.arraycopy(entry.bytes, k * MOST, block.shared(), entry.target[k], entry.width);
                    left[k / Long.SIZE] &= ~(1L << k);
                }
            }
            Mask rest = new Mask(left);
            if (block.run().watched() && rest.count() < entry.lanes.count()) {
                block.run().arrives(entry.pc, entry.target, entry.lanes.minus(rest), entry.width);
            }
            entry.lanes = rest;
        }
        entries.removeIf(e -> e.lanes.empty());
    }
}

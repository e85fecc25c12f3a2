package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.List;

/**
 * Bulk copies that a block has asked for. They are made as late as may be: when a thread waits for them, or after it looked at their
 * barrier in vain; what nobody waits for is made as the block ends.
 */
final class BulkCopies {
    private static final class Entry {
        private final BulkCopy copy;
        private final int barrier;
        private final int group;
        private byte[] bytes;

        Entry(BulkCopy copy, int barrier, int group) {
            this.copy = copy;
            this.barrier = barrier;
            this.group = group;
        }
    }

    private final Block block;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Integer> awaited = new ArrayList<>();
    private int[] committed = new int[0];

    BulkCopies(Block block) {
        this.block = block;
    }

    void clear() {
        entries.clear();
        awaited.clear();
        committed = new int[block.lanes()];
    }

    /** @param barrier where in shared memory the barrier is that counts the bytes, or -1 for a copy of the thread's next group */
    void ask(BulkCopy copy, int barrier) {
        entries.add(new Entry(copy, barrier, committed[copy.thread()]));
        if (block.run().watched()) {
            block.run().bulkAsked(copy);
        }
    }

    void commit(Mask lanes) {
        for (int k = lanes.first(); k < lanes.end(); k++) {
            committed[k] += lanes.has(k) ? 1 : 0;
        }
    }

    /**
     * Ends the lanes' groups but for the latest {@code pending}.
     *
     * @param reads whether it is enough that they have been read
     */
    void await(Mask lanes, int pending, boolean reads) {
        for (Entry entry : List.copyOf(entries)) {
            int thread = entry.copy.thread();
            if (entry.barrier < 0 && lanes.has(thread) && entry.group < committed[thread] - pending) {
                read(entry);
                if (!reads) {
                    write(entry);
                }
            }
        }
    }

    /** A thread has looked at a barrier that has not been passed: what it waits for may come. */
    void looked(int barrier) {
        if (!entries.isEmpty() && !awaited.contains(barrier)) {
            awaited.add(barrier);
        }
    }

    /** Makes the copies for barriers that threads looked at in vain. */
    private void arrive() {
        for (Entry entry : awaited.isEmpty() ? List.<Entry>of() : List.copyOf(entries)) {
            if (awaited.contains(entry.barrier)) {
                read(entry);
                write(entry);
                PhaseBarrierStep.complete(block.shared(), entry.barrier, entry.copy.to().bytes());
            }
        }
        awaited.clear();
    }

    /** The block ends. */
    void end() {
        for (Entry entry : entries) {
            if (entry.bytes == null) {
                entry.bytes = bytes(entry.copy.from());
            }
            put(entry);
        }
        entries.clear();
    }

    private void read(Entry entry) {
        if (entry.bytes == null) {
            entry.bytes = bytes(entry.copy.from());
            if (block.run().watched()) {
                block.run().bulkRead(entry.copy);
            }
        }
    }

    private byte[] bytes(BulkCopy.Span from) {
        byte[] bytes = new byte[from.bytes()];
        if (from.shared()) {
            System.arraycopy(block.shared(), (int) from.start(), bytes, 0, bytes.length);
        } else {
            from.allocation().read(from.start(), bytes, 0, bytes.length);
        }
        return bytes;
    }

    private void write(Entry entry) {
        put(entry);
        entries.remove(entry);
        if (block.run().watched()) {
            block.run().bulkArrived(entry.copy, entry.barrier);
        }
    }

    private void put(Entry entry) {
        BulkCopy.Span to = entry.copy.to();
        if (to.shared()) {
            System.arraycopy(entry.bytes, 0, block.shared(), (int) to.start(), to.bytes());
        } else {
            to.allocation().write(to.start(), entry.bytes, 0, to.bytes());
        }
    }

    /** Behind a look at a barrier, once every lane has looked: what comes now is seen by the next look. */
    static final class Arrive extends Step {
        Arrive(int pc) {
            super(pc);
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            block.bulk().arrive();
        }
    }

    /** cp.async.bulk.commit_group and wait_group. */
    static final class Group extends Step {
        private final int pending;
        private final boolean reads;

        /** @param pending how many groups may be left; -1 to commit one */
        Group(int pc, int pending, boolean reads) {
            super(pc);
            this.pending = pending;
            this.reads = reads;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            if (pending < 0) {
                block.bulk().commit(mask);
            } else {
                block.bulk().await(mask, pending, reads);
            }
        }
    }
}

package org.jengine.softcuda.simt;

import org.jengine.softcuda.simt.alu.Values;

/** cp.async: reads global memory now, and has the bytes written to shared memory later. */
final class AsyncCopyStep extends Step {
    private static final int MOST = 16;

    private final Source source;
    private final Target target;
    private final int given;
    private final int ignored;

    /**
     * @param to      where in shared memory
     * @param from    where in global memory
     * @param bytes   4, 8 or 16
     * @param given   the slot of how many bytes there are to read, the rest being zeros; or -1
     * @param ignored the slot of a predicate where nothing is read and zeros are written; or -1
     */
    AsyncCopyStep(int pc, MemoryStep.Place to, MemoryStep.Place from, int bytes, int given, int ignored) {
        super(pc);
        source = new Source(pc, from, bytes);
        target = new Target(pc, to, bytes);
        this.given = given;
        this.ignored = ignored;
    }

    @Override
    void run(Block block, Frame frame, Mask mask) {
        source.bytes = new byte[block.lanes() * MOST];
        target.places = new int[block.lanes()];
        Mask reading = mask;
        if (ignored >= 0) {
            reading = mask.where(frame.register(ignored).p, true);
        } else if (given >= 0) {
            int[] counts = frame.register(given).i;
            boolean[] some = new boolean[block.lanes()];
            for (int k = 0; k < some.length; k++) {
                some[k] = counts[k] != 0;
            }
            reading = mask.where(some, false);
        }
        if (!reading.empty()) {
            source.run(block, frame, reading);
        }
        if (given >= 0) {
            cut(frame.register(given), mask);
        }
        target.run(block, frame, mask);
        block.copies().ask(block.pc(frame, this), mask, target.places, source.bytes, target.bytes());
    }

    private void cut(Values counts, Mask mask) {
        for (int k = mask.first(); k < mask.end(); k++) {
            for (int b = Math.max(0, counts.i[k]); b < MOST; b++) {
                source.bytes[k * MOST + b] = 0;
            }
        }
    }

    /** The half that reads. */
    private static final class Source extends MemoryStep {
        private byte[] bytes;

        Source(int pc, Place place, int count) {
            super(pc, place, count, count, Watch.Access.LOAD);
        }

        @Override
        void touch(Block block, Frame frame, int from, int to, byte[] memory, int[] at, Shape shape) {
            for (int k = from; k < to; k++) {
                int place = shape == Shape.ANY ? at[k] : shape == Shape.SAME ? at[from] : at[from] + (k - from) * bytes();
                System.arraycopy(memory, place, bytes, k * MOST, bytes());
            }
        }
    }

    /** The half that says where to write. */
    private static final class Target extends MemoryStep {
        private int[] places;

        Target(int pc, Place place, int count) {
            super(pc, place, count, count, Watch.Access.STORE);
        }

        @Override
        void touch(Block block, Frame frame, int from, int to, byte[] memory, int[] at, Shape shape) {
            for (int k = from; k < to; k++) {
                places[k] = shape == Shape.ANY ? at[k] : shape == Shape.SAME ? at[from] : at[from] + (k - from) * bytes();
            }
        }
    }

    /** cp.async.commit_group, wait_group and wait_all. */
    static final class Group extends Step {
        /** What the step does. */
        enum Action { COMMIT, WAIT, WAIT_ALL }

        private final Action action;
        private final int pending;

        Group(int pc, Action action, int pending) {
            super(pc);
            this.action = action;
            this.pending = pending;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            switch (action) {
                case COMMIT -> block.copies().commit(mask);
                case WAIT -> block.copies().await(mask, pending);
                case WAIT_ALL -> block.copies().await(mask, -1);
            }
        }
    }
}

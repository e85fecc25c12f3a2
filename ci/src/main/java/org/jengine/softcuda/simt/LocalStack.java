package org.jengine.softcuda.simt;

import java.util.Arrays;
import org.jengine.softcuda.simt.alu.Values;

/** Local memory that a function takes while it runs (alloca): each thread's part grows and shrinks for itself. */
final class LocalStack {
    /** Local addresses from here on are those of the stack. */
    static final int START = 1 << 30;

    private static final int ALIGNMENT = 16;

    private byte[] memory = new byte[0];
    private int stride;
    private int[] tops = new int[0];

    void clear() {
        Arrays.fill(tops, 0);
    }

    /** Whether any thread has had some. */
    boolean used() {
        return stride > 0;
    }

    byte[] memory() {
        return memory;
    }

    /** Bytes that each thread may have so far. */
    int stride() {
        return stride;
    }

    private int[] tops(Block block) {
        if (tops.length != block.lanes()) {
            tops = new int[block.lanes()];
        }
        return tops;
    }

    /** alloca: takes bytes, and says where they start. */
    static final class Take extends Step {
        private final int to;
        private final int bytes;
        private final int alignment;

        Take(int pc, int to, int bytes, int alignment) {
            super(pc);
            this.to = to;
            this.bytes = bytes;
            this.alignment = Math.max(alignment, ALIGNMENT);
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            LocalStack stack = block.stack();
            int[] tops = stack.tops(block);
            Values counts = frame.register(bytes);
            Values addresses = frame.register(to);
            int most = 0;
            for (int k = mask.first(); k < mask.end(); k++) {
                if (!mask.has(k)) {
                    continue;
                }
                long start = (tops[k] + (long) alignment - 1) / alignment * alignment;
                long end = start + Lanes.bits(counts, k);
                if (end < start || end + frame.localBase() + frame.code().localBytes() > block.run().localLimit()) {
                    throw block.run().faults().tooDeep(block, frame, this, k);
                }
                tops[k] = (int) end;
                most = Math.max(most, tops[k]);
                Lanes.set(addresses, k, START + start);
            }
            stack.need(block, most);
        }
    }

    private void need(Block block, int bytes) {
        if (bytes > stride || memory.length != stride * block.lanes()) {
            int larger = (Math.max(bytes, 2 * stride) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            byte[] made = new byte[Math.multiplyExact(larger, block.lanes())];
            for (int k = 0; k < memory.length / Math.max(1, stride); k++) {
                System.arraycopy(memory, k * stride, made, k * larger, stride);
            }
            memory = made;
            stride = larger;
        }
    }

    /** stacksave, and what a function does first that will take some: notes how far the stack reaches. */
    static final class Save extends Step {
        private final int to;

        Save(int pc, int to) {
            super(pc);
            this.to = to;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            int[] tops = block.stack().tops(block);
            for (int k = mask.first(); k < mask.end(); k++) {
                if (mask.has(k)) {
                    Lanes.set(frame.register(to), k, tops[k]);
                }
            }
        }
    }

    /** stackrestore, and what such a function does last: gives back all that was taken since. */
    static final class Restore extends Step {
        private final int from;

        Restore(int pc, int from) {
            super(pc);
            this.from = from;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            int[] tops = block.stack().tops(block);
            for (int k = mask.first(); k < mask.end(); k++) {
                if (mask.has(k)) {
                    tops[k] = (int) Lanes.bits(frame.register(from), k);
                }
            }
        }
    }
}

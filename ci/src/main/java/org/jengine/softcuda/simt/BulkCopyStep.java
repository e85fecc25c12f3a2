package org.jengine.softcuda.simt;

import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.simt.alu.Values;

/** cp.async.bulk: every lane asks for a copy of its own. */
final class BulkCopyStep extends Step {
    private static final int UNIT = 16;

    private final MemoryStep.Place to;
    private final MemoryStep.Place from;
    private final int size;
    private final MemoryStep.Place barrier;

    /**
     * @param to      in shared or global memory
     * @param size    the slot of how many bytes
     * @param barrier in shared memory, or null for a copy that belongs to a group of its thread's
     */
    BulkCopyStep(int pc, MemoryStep.Place to, MemoryStep.Place from, int size, MemoryStep.Place barrier) {
        super(pc);
        this.to = to;
        this.from = from;
        this.size = size;
        this.barrier = barrier;
    }

    @Override
    void run(Block block, Frame frame, Mask mask) {
        int[] sizes = frame.register(size).i;
        for (int k = mask.first(); k < mask.end(); k++) {
            if (!mask.has(k)) {
                continue;
            }
            if ((sizes[k] & UNIT - 1) != 0) {
                throw block.run().faults().illegal(block, frame, this, k, "a bulk copy of " + Integer.toUnsignedString(sizes[k])
                        + " bytes, which is no multiple of " + UNIT);
            }
            BulkCopy.Span source = span(block, frame, k, from, Integer.toUnsignedLong(sizes[k]), "bulk copy from", UNIT);
            BulkCopy.Span target = span(block, frame, k, to, Integer.toUnsignedLong(sizes[k]), "bulk copy to", UNIT);
            int counter = barrier == null ? -1
                    : (int) span(block, frame, k, barrier, Long.BYTES, "bulk copy's barrier", Long.BYTES).start();
            block.bulk().ask(new BulkCopy(block.pc(frame, this), k, source, target), counter);
        }
    }

    private BulkCopy.Span span(Block block, Frame frame, int lane, MemoryStep.Place place, long bytes, String what, int alignment) {
        Values addresses = frame.register(place.base());
        boolean shared = place.where() == MemoryStep.Where.SHARED;
        long address = (addresses.i != null ? addresses.i[lane] : addresses.l[lane]) + place.offset();
        String words = what + " " + bytes + " bytes";
        if (shared && (address < 0 || address + bytes > block.shared().length)) {
            throw block.run().faults().window(block, frame, this, words, lane, "shared", address, block.shared().length);
        }
        Allocation found = shared ? null : block.run().space().find(address, bytes);
        if (!shared && found == null) {
            throw block.run().faults().global(block, frame, this, words, bytes, lane, address);
        }
        if ((address & alignment - 1) != 0) {
            throw block.run().faults().misaligned(block, frame, this, words, alignment, lane, address,
                    shared ? "shared memory" : found.toString());
        }
        return new BulkCopy.Span(found, shared ? address : address - found.base(), (int) bytes);
    }
}

package org.jengine.softcuda.simt;

import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.simt.alu.Values;

/**
 * A step whose lanes touch memory: it finds where each lane's address lies, sees to bounds and alignment, tells watches, and hands over
 * runs of lanes with their places in an array of bytes.
 */
abstract class MemoryStep extends Step {
    /** What an address counts in. */
    enum Where { GENERIC, GLOBAL, SHARED, LOCAL, PARAM }

    /** How the lanes of a run lie to one another: all at one place, one behind the other, or anyhow. */
    enum Shape { SAME, CONSECUTIVE, ANY }

    /** Generic addresses from here on are those of shared memory, then of local memory, then of a kernel's parameters. */
    static final long SHARED_WINDOW = 1L << 32;
    static final long LOCAL_WINDOW = 2L << 32;
    static final long PARAM_WINDOW = LOCAL_WINDOW + (1L << 31);
    private static final long PARAM_END = LOCAL_WINDOW + (1L << 32);

    private final Where where;
    private final int base;
    private final long offset;
    private final int bytes;
    private final int alignment;
    private final Watch.Access access;
    private Allocation last;

    /**
     * @param base   the slot of the addresses
     * @param offset what is added to them
     * @param bytes  that a lane touches, a vector counted as one
     */
    MemoryStep(int pc, Place place, int bytes, int alignment, Watch.Access access) {
        super(pc);
        where = place.where();
        base = place.base();
        offset = place.offset();
        this.bytes = bytes;
        this.alignment = alignment;
        this.access = access;
    }

    /**
     * What an address operand says.
     *
     * @param base   the slot of the addresses
     * @param offset what is added to them
     */
    record Place(Where where, int base, long offset) {
    }

    /**
     * Does it for lanes from..to.
     *
     * @param memory the bytes
     * @param at     where each lane's lie; of a {@code SAME} or {@code CONSECUTIVE} run, of the first lane only
     */
    abstract void touch(Block block, Frame frame, int from, int to, byte[] memory, int[] at, Shape shape);

    final int bytes() {
        return bytes;
    }

    final int alignment() {
        return alignment;
    }

    final String verb() {
        return switch (access) {
            case LOAD -> "load";
            case STORE -> "store";
            case ATOMIC -> "atomic operation";
        };
    }

    @Override
    final void run(Block block, Frame frame, Mask mask) {
        Values addresses = frame.register(base);
        switch (where) {
            case GLOBAL -> global(block, frame, mask, addresses.l);
            case GENERIC -> generic(block, frame, mask, addresses.l);
            case SHARED -> shared(block, frame, mask, addresses, offset);
            case LOCAL -> local(block, frame, mask, addresses, offset);
            case PARAM -> param(block, frame, mask, addresses, offset);
        }
    }

    private void generic(Block block, Frame frame, Mask mask, long[] addresses) {
        int[] runs = mask.runs();
        Where first = windowOf(addresses[mask.first()] + offset);
        boolean mixed = false;
        for (int r = 0; r < runs.length; r += 2) {
            for (int k = runs[r]; k < runs[r + 1]; k++) {
                mixed |= windowOf(addresses[k] + offset) != first;
            }
        }
        Mask same = mask;
        if (mixed) {
            boolean[] alike = new boolean[block.lanes()];
            for (int k = 0; k < alike.length; k++) {
                alike[k] = windowOf(addresses[k] + offset) == first;
            }
            same = mask.where(alike, false);
        }
        Values values = frame.register(base);
        switch (first) {
            case SHARED -> shared(block, frame, same, values, offset - SHARED_WINDOW);
            case LOCAL -> local(block, frame, same, values, offset - LOCAL_WINDOW);
            case PARAM -> param(block, frame, same, values, offset - PARAM_WINDOW);
            default -> global(block, frame, same, addresses);
        }
        if (mixed) {
            generic(block, frame, mask.minus(same), addresses);
        }
    }

    private static Where windowOf(long address) {
        return address >= PARAM_END || address < SHARED_WINDOW ? Where.GLOBAL : address < LOCAL_WINDOW ? Where.SHARED
                : address < PARAM_WINDOW ? Where.LOCAL : Where.PARAM;
    }

    private void global(Block block, Frame frame, Mask mask, long[] addresses) {
        Shape shape = shape(mask.runs(), addresses);
        if (shape == Shape.ANY || !neat(block, frame, mask, addresses, shape)) {
            scattered(block, frame, mask, addresses);
        }
    }

    /** How the lanes lie within each run. */
    private Shape shape(int[] runs, long[] addresses) {
        boolean consecutive = true;
        boolean same = true;
        for (int r = 0; r < runs.length && (consecutive || same); r += 2) {
            int start = runs[r];
            int end = runs[r + 1];
            // Two lanes tell already which of both it can be.
            consecutive = consecutive && (end - start < 2 || addresses[start + 1] - addresses[start] == bytes)
                    && Sweeps.apart(addresses, bytes, start, end) == 0;
            same = same && (end - start < 2 || addresses[start + 1] == addresses[start]) && Sweeps.apart(addresses, 0, start, end) == 0;
        }
        return consecutive ? Shape.CONSECUTIVE : same ? Shape.SAME : Shape.ANY;
    }

    /** Runs of which both ends lie in one allocation; returns false, and has done nothing, if something is not so. */
    private boolean neat(Block block, Frame frame, Mask mask, long[] addresses, Shape shape) {
        int[] runs = mask.runs();
        Allocation found = allocation(block, addresses[runs[0]] + offset);
        if (found == null) {
            return false;
        }
        long shift = offset - found.base();
        for (int r = 0; r < runs.length; r += 2) {
            long start = addresses[runs[r]] + shift;
            long end = addresses[runs[r + 1] - 1] + shift + bytes;
            if (start < 0 || end > found.bytes() || start > found.bytes() || (start & (alignment - 1)) != 0) {
                return false;
            }
        }
        if (block.run().watched()) {
            long[] offsets = block.scratch().offsets();
            for (int k = runs[0]; k < mask.end(); k++) {
                offsets[k] = addresses[k] + shift;
            }
            block.run().global(block.pc(frame, this), access, found, offsets, mask, bytes);
        }
        int[] at = block.scratch().places();
        for (int r = 0; r < runs.length; r += 2) {
            int lane = runs[r];
            while (lane < runs[r + 1]) {
                long place = addresses[lane] + shift;
                int in = Allocation.inPage(place);
                int end = shape == Shape.SAME ? runs[r + 1] : Math.min(runs[r + 1], lane + (Allocation.PAGE - in) / bytes);
                at[lane] = in;
                touch(block, frame, lane, end, found.page(place), at, shape);
                lane = end;
            }
        }
        return true;
    }

    private Allocation allocation(Block block, long address) {
        Allocation found = last;
        if (found == null || !found.live() || !found.holds(address, bytes)) {
            found = block.run().space().find(address, bytes);
            last = found;
        }
        return found;
    }

    /** Lane by lane, one allocation after the other. */
    private void scattered(Block block, Frame frame, Mask mask, long[] addresses) {
        long[] offsets = block.scratch().offsets();
        int[] at = block.scratch().places();
        Mask rest = mask;
        while (!rest.empty()) {
            int first = rest.first();
            Allocation found = allocation(block, addresses[first] + offset);
            if (found == null && windowOf(addresses[first] + offset) == Where.PARAM) {
                // The window of parameters is part of global memory's.
                generic(block, frame, rest, addresses);
                return;
            }
            if (found == null) {
                throw block.run().faults().global(block, frame, this, first, addresses[first] + offset);
            }
            Mask part = within(found, rest, addresses, offsets);
            int[] runs = part.runs();
            long odd = 0;
            long pages = 0;
            for (int r = 0; r < runs.length; r += 2) {
                odd |= Sweeps.bits(offsets, runs[r], runs[r + 1]);
                pages |= Sweeps.unlike(offsets, offsets[first], runs[r], runs[r + 1]);
                Sweeps.low(offsets, Allocation.PAGE - 1, at, runs[r], runs[r + 1]);
            }
            if ((odd & (alignment - 1)) != 0) {
                misaligned(block, frame, part, addresses, found);
            }
            if (block.run().watched()) {
                block.run().global(block.pc(frame, this), access, found, offsets, part, bytes);
            }
            boolean onePage = pages >>> Integer.numberOfTrailingZeros(Allocation.PAGE) == 0;
            byte[] page = found.page(offsets[first]);
            for (int r = 0; r < runs.length; r += 2) {
                if (onePage) {
                    touch(block, frame, runs[r], runs[r + 1], page, at, Shape.ANY);
                } else {
                    for (int k = runs[r]; k < runs[r + 1]; k++) {
                        touch(block, frame, k, k + 1, found.page(offsets[k]), at, Shape.ANY);
                    }
                }
            }
            rest = part == rest ? rest.minus(rest) : rest.minus(part);
        }
    }

    /** The lanes of a mask that lie in the allocation, and writes down where. */
    private Mask within(Allocation allocation, Mask mask, long[] addresses, long[] offsets) {
        long shift = offset - allocation.base();
        long most = allocation.bytes() - bytes;
        long wrong = 0;
        int[] runs = mask.runs();
        for (int r = 0; r < runs.length; r += 2) {
            Sweeps.shift(addresses, shift, offsets, runs[r], runs[r + 1]);
            wrong |= Sweeps.outside(offsets, most, runs[r], runs[r + 1]);
        }
        if (wrong >= 0) {
            return mask;
        }
        boolean[] inside = new boolean[offsets.length];
        for (int k = mask.first(); k < mask.end(); k++) {
            inside[k] = mask.has(k) && (offsets[k] | (most - offsets[k])) >= 0;
        }
        return mask.where(inside, false);
    }

    private void misaligned(Block block, Frame frame, Mask mask, long[] addresses, Allocation of) {
        for (int k = mask.first(); k < mask.end(); k++) {
            if (mask.has(k) && ((addresses[k] + offset) & (alignment - 1)) != 0) {
                throw block.run().faults().misaligned(block, frame, this, k, addresses[k] + offset, of.toString());
            }
        }
    }

    private void shared(Block block, Frame frame, Mask mask, Values addresses, long shift) {
        byte[] memory = block.shared();
        Windows.places(this, block, frame, mask, addresses, shift, "shared", memory.length, 0);
        int[] at = block.scratch().places();
        if (block.run().watched()) {
            block.run().shared(block.pc(frame, this), access, at, mask, bytes);
        }
        Windows.touch(this, block, frame, mask, memory, at);
    }

    private void local(Block block, Frame frame, Mask mask, Values addresses, long shift) {
        if (block.stack().used()) {
            boolean[] taken = new boolean[block.lanes()];
            for (int k = 0; k < taken.length; k++) {
                taken[k] = (addresses.i != null ? addresses.i[k] : addresses.l[k]) + shift >= LocalStack.START;
            }
            Mask stacked = mask.where(taken, false);
            if (!stacked.empty()) {
                LocalStack stack = block.stack();
                Windows.places(this, block, frame, stacked, addresses, shift - LocalStack.START, "local", stack.stride(), stack.stride());
                Windows.touch(this, block, frame, stacked, stack.memory(), block.scratch().places());
                if (stacked.count() < mask.count()) {
                    fixed(block, frame, mask.minus(stacked), addresses, shift);
                }
                return;
            }
        }
        fixed(block, frame, mask, addresses, shift);
    }

    /** What functions always have. */
    private void fixed(Block block, Frame frame, Mask mask, Values addresses, long shift) {
        Windows.places(this, block, frame, mask, addresses, shift, "local", block.localStride(), block.localStride());
        Windows.touch(this, block, frame, mask, block.local(), block.scratch().places());
    }

    private void param(Block block, Frame frame, Mask mask, Values addresses, long shift) {
        byte[] arguments = block.run().launch().arguments();
        Windows.places(this, block, frame, mask, addresses, shift, "parameter", arguments.length, 0);
        Windows.touch(this, block, frame, mask, arguments, block.scratch().places());
    }
}

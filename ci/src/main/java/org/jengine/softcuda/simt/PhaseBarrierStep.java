package org.jengine.softcuda.simt;

import org.jengine.softcuda.simt.alu.Values;

/**
 * mbarrier: a barrier in shared memory. Its 64 bits, which programs may not look into, hold from below how many arrivals the phase still
 * lacks, how many a phase has, how many bytes of copies it still lacks, which may be less than none, and how many phases have been
 * completed.
 */
final class PhaseBarrierStep extends MemoryStep {
    /** What is done with the barrier; {@code NOTE} expects one arrival more, and is that. */
    enum Action { INIT, INVAL, ARRIVE, DROP, NOTE, EXPECT, COMPLETE, ARRIVE_EXPECTING, DROP_EXPECTING, TEST, TEST_PARITY }

    private static final int COUNT_BITS = 20;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
    private static final int BYTES_SHIFT = 2 * COUNT_BITS;
    private static final int BYTES_BITS = COUNT_BITS + 1;
    private static final int PHASE_SHIFT = BYTES_SHIFT + BYTES_BITS;

    private final Action action;
    private final int result;
    private final int operand;

    /**
     * @param result  the slot of the state or predicate that comes back, or -1
     * @param operand the slot of the count, the bytes, the state or the parity; -1 for a count of one
     */
    PhaseBarrierStep(int pc, Place place, Action action, int result, int operand) {
        super(pc, place, Long.BYTES, Long.BYTES, Watch.Access.ATOMIC);
        this.action = action;
        this.result = result;
        this.operand = operand;
    }

    @Override
    void touch(Block block, Frame frame, int from, int to, byte[] memory, int[] at, Shape shape) {
        Values into = result < 0 ? null : frame.register(result);
        Values given = operand < 0 ? null : frame.register(operand);
        for (int k = from; k < to; k++) {
            int place = shape == Shape.ANY ? at[k] : shape == Shape.SAME ? at[from] : at[from] + (k - from) * Long.BYTES;
            long old = Transfer.get(memory, place, Long.BYTES, false);
            long number = given == null ? 1 : Lanes.bits(given, k);
            check(block, frame, k, old, number);
            long back = old;
            switch (action) {
                case INIT -> Transfer.put(memory, place, Long.BYTES, number | number << COUNT_BITS);
                case INVAL -> Transfer.put(memory, place, Long.BYTES, 0);
                case ARRIVE -> Transfer.put(memory, place, Long.BYTES, ended(old - number));
                case DROP -> Transfer.put(memory, place, Long.BYTES, ended(old - (number << COUNT_BITS) - number));
                case EXPECT -> Transfer.put(memory, place, Long.BYTES, ended(expecting(old, number)));
                case COMPLETE -> Transfer.put(memory, place, Long.BYTES, ended(expecting(old, -number)));
                case ARRIVE_EXPECTING -> Transfer.put(memory, place, Long.BYTES, ended(expecting(old, number) - 1));
                case DROP_EXPECTING -> Transfer.put(memory, place, Long.BYTES, ended(expecting(old, number) - (1L << COUNT_BITS) - 1));
                case NOTE -> { }
                case TEST -> back = old >>> PHASE_SHIFT != number >>> PHASE_SHIFT ? 1 : 0;
                case TEST_PARITY -> back = (old >>> PHASE_SHIFT & 1) != (number & 1) ? 1 : 0;
            }
            if (into != null) {
                Lanes.set(into, k, back);
            }
            if (back == 0 && (action == Action.TEST || action == Action.TEST_PARITY)) {
                block.bulk().looked(place);
                block.looksInVain();
            }
        }
    }

    /** Sees to it that no count leaves its range, of which the ISA says that it may not. */
    private void check(Block block, Frame frame, int lane, long old, long number) {
        String wrong = switch (action) {
            case INIT -> number < 1 || number > COUNT_MASK ? "a barrier for " + number + " arrivals" : null;
            case ARRIVE, DROP -> number < 1 || number > (old & COUNT_MASK)
                    ? number + " arrivals at a barrier that lacks " + (old & COUNT_MASK) + " in this phase" : null;
            case ARRIVE_EXPECTING, DROP_EXPECTING -> (old & COUNT_MASK) < 1 ? "an arrival at a barrier that lacks none in this phase"
                    : beyond(old, number);
            case EXPECT -> beyond(old, number);
            case COMPLETE -> beyond(old, -number);
            default -> null;
        };
        if (wrong != null) {
            throw block.run().faults().illegal(block, frame, this, lane, wrong);
        }
    }

    private static String beyond(long state, long more) {
        long bytes = bytes(state) + more;
        return Math.abs(more) > COUNT_MASK || Math.abs(bytes) > COUNT_MASK
                ? "a barrier counts no more than " + COUNT_MASK + " bytes, not " + bytes : null;
    }

    /** The bytes that the phase lacks. */
    private static long bytes(long state) {
        return state << Long.SIZE - PHASE_SHIFT >> Long.SIZE - BYTES_BITS;
    }

    private static long expecting(long state, long more) {
        long mask = (1L << BYTES_BITS) - 1;
        return state & ~(mask << BYTES_SHIFT) | (bytes(state) + more & mask) << BYTES_SHIFT;
    }

    /** The next phase, if the one in hand lacks nothing any more. */
    private static long ended(long state) {
        if ((state & COUNT_MASK) != 0 || bytes(state) != 0) {
            return state;
        }
        long count = state >>> COUNT_BITS & COUNT_MASK;
        return count | count << COUNT_BITS | (state >>> PHASE_SHIFT) + 1 << PHASE_SHIFT;
    }

    /** So many bytes of copies have come to shared memory, for the barrier there. */
    static void complete(byte[] shared, int barrier, int bytes) {
        long old = Transfer.get(shared, barrier, Long.BYTES, false);
        Transfer.put(shared, barrier, Long.BYTES, ended(expecting(old, -bytes)));
    }

    /** How many arrivals a phase lacked, as a state of the barrier tells. */
    static final class Pending extends Step {
        private final int state;
        private final int to;

        Pending(int pc, int state, int to) {
            super(pc);
            this.state = state;
            this.to = to;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            for (int k = mask.first(); k < mask.end(); k++) {
                if (mask.has(k)) {
                    Lanes.set(frame.register(to), k, frame.register(state).l[k] & COUNT_MASK);
                }
            }
        }
    }
}

package org.jengine.softcuda.simt;

import org.jengine.softcuda.simt.alu.Values;

/**
 * mbarrier: a barrier in shared memory. Its 64 bits, which programs may not look into, hold from below how many arrivals the phase still
 * lacks, how many a phase has, and how many phases have been completed.
 */
final class PhaseBarrierStep extends MemoryStep {
    /** What is done with the barrier; {@code NOTE} expects one arrival more, and is that. */
    enum Action { INIT, INVAL, ARRIVE, DROP, NOTE, TEST, TEST_PARITY }

    private static final int COUNT_BITS = 20;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
    private static final int PHASE_SHIFT = 2 * COUNT_BITS;

    private final Action action;
    private final int result;
    private final int operand;

    /**
     * @param result  the slot of the state or predicate that comes back, or -1
     * @param operand the slot of the count, the state or the parity; -1 for a count of one
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
            long back = old;
            switch (action) {
                case INIT -> Transfer.put(memory, place, Long.BYTES, number | number << COUNT_BITS);
                case INVAL -> Transfer.put(memory, place, Long.BYTES, 0);
                case ARRIVE -> Transfer.put(memory, place, Long.BYTES, arrived(old, number));
                case DROP -> Transfer.put(memory, place, Long.BYTES, arrived(old - (number << COUNT_BITS), number));
                case NOTE -> { }
                case TEST -> back = old >>> PHASE_SHIFT != number >>> PHASE_SHIFT ? 1 : 0;
                case TEST_PARITY -> back = (old >>> PHASE_SHIFT & 1) != (number & 1) ? 1 : 0;
            }
            if (into != null) {
                Lanes.set(into, k, back);
            }
        }
    }

    private static long arrived(long state, long count) {
        long left = state - count;
        if ((left & COUNT_MASK) != 0) {
            return left;
        }
        return (left >>> COUNT_BITS & COUNT_MASK) | (left >>> COUNT_BITS & COUNT_MASK) << COUNT_BITS
                | ((left >>> PHASE_SHIFT) + 1) << PHASE_SHIFT;
    }
}

package org.jengine.softcuda.simt;

import org.jengine.softcuda.simt.alu.Values;

/** atom.exch.b128 and atom.cas.b128: registers of 128 bits are two slots, the lower bits first. */
final class WideAtomicStep extends MemoryStep {
    private static final int BYTES = 2 * Long.BYTES;

    private final int[] result;
    private final int[] operand;
    private final int[] other;

    /**
     * @param result where the old value goes; null if it goes nowhere
     * @param other  the new value of a compare and swap; null of an exchange
     */
    WideAtomicStep(int pc, Place place, int[] result, int[] operand, int[] other) {
        super(pc, place, BYTES, BYTES, Watch.Access.ATOMIC);
        this.result = result;
        this.operand = operand;
        this.other = other;
    }

    @Override
    void touch(Block block, Frame frame, int from, int to, byte[] memory, int[] at, Shape shape) {
        Values[] into = result == null ? null : frame.pick(result);
        Values[] second = frame.pick(operand);
        Values[] fresh = other == null ? second : frame.pick(other);
        for (int k = from; k < to; k++) {
            int place = shape == Shape.ANY ? at[k] : shape == Shape.SAME ? at[from] : at[from] + (k - from) * BYTES;
            long low = Transfer.get(memory, place, Long.BYTES, false);
            long high = Transfer.get(memory, place + Long.BYTES, Long.BYTES, false);
            if (other == null || low == Lanes.bits(second[0], k) && high == Lanes.bits(second[1], k)) {
                Transfer.put(memory, place, Long.BYTES, Lanes.bits(fresh[0], k));
                Transfer.put(memory, place + Long.BYTES, Long.BYTES, Lanes.bits(fresh[1], k));
            }
            if (into != null) {
                Lanes.set(into[0], k, low);
                Lanes.set(into[1], k, high);
            }
        }
    }
}

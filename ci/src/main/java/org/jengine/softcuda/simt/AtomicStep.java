package org.jengine.softcuda.simt;

import org.jengine.softcuda.ptx.Type;
import org.jengine.softcuda.simt.alu.Values;

/** atom and red: lane after lane changes memory. */
final class AtomicStep extends MemoryStep {
    private final Atomics.Op op;
    private final Type type;
    private final int result;
    private final int operand;
    private final int other;
    private final boolean flush;

    /**
     * @param result where the old value goes, or -1
     * @param other  the new value of a compare and swap, or -1
     * @param flush  whether f32 values that are not normal count as zero
     */
    AtomicStep(int pc, Place place, Atomics.Op op, Type type, int result, int operand, int other, boolean flush) {
        super(pc, place, type.bytes(), type.bytes(), Watch.Access.ATOMIC);
        this.op = op;
        this.type = type;
        this.result = result;
        this.operand = operand;
        this.other = other;
        this.flush = flush;
    }

    @Override
    void touch(Block block, Frame frame, int from, int to, byte[] memory, int[] at, Shape shape) {
        Values into = result < 0 ? null : frame.register(result);
        Values second = frame.register(operand);
        Values third = other < 0 ? second : frame.register(other);
        int width = type.bytes();
        long low = -1L >>> Long.SIZE - type.bits();
        for (int k = from; k < to; k++) {
            int place = shape == Shape.ANY ? at[k] : shape == Shape.SAME ? at[from] : at[from] + (k - from) * width;
            long old = Transfer.get(memory, place, width, false);
            long made = Atomics.apply(op, type, old, Lanes.bits(second, k) & low, Lanes.bits(third, k) & low, flush);
            Transfer.put(memory, place, width, made);
            if (into != null) {
                Lanes.set(into, k, old);
            }
        }
    }
}

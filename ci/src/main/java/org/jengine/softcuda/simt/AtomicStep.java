package org.jengine.softcuda.simt;

import org.jengine.softcuda.ptx.Type;
import org.jengine.softcuda.simt.alu.Values;

/** atom and red: lane after lane changes memory, of a vector one element after the other. */
final class AtomicStep extends MemoryStep {
    private final Atomics.Op op;
    private final Type type;
    private final int[] results;
    private final int[] operands;
    private final int other;
    private final boolean flush;

    /**
     * @param results  where the old values go, -1 where they go nowhere; one for each element, or none
     * @param operands one for each element
     * @param other    the new value of a compare and swap, or -1
     * @param flush    whether f32 values that are not normal count as zero
     */
    AtomicStep(int pc, Place place, Atomics.Op op, Type type, int[] results, int[] operands, int other, boolean flush) {
        super(pc, place, operands.length * type.bytes(), operands.length * type.bytes(), Watch.Access.ATOMIC);
        this.op = op;
        this.type = type;
        this.results = results;
        this.operands = operands;
        this.other = other;
        this.flush = flush;
    }

    @Override
    void touch(Block block, Frame frame, int from, int to, byte[] memory, int[] at, Shape shape) {
        for (int e = 0; e < operands.length; e++) {
            Values into = results.length == 0 || results[e] < 0 ? null : frame.register(results[e]);
            Values second = frame.register(operands[e]);
            touch(into, second, other < 0 ? second : frame.register(other), from, to, memory, at, shape, e * type.bytes());
        }
    }

    private void touch(Values into, Values second, Values third, int from, int to, byte[] memory, int[] at, Shape shape, int plus) {
        int width = type.bytes();
        long low = -1L >>> Long.SIZE - type.bits();
        for (int k = from; k < to; k++) {
            int place = plus + (shape == Shape.ANY ? at[k] : shape == Shape.SAME ? at[from] : at[from] + (k - from) * bytes());
            long old = Transfer.get(memory, place, width, false);
            long made = Atomics.apply(op, type, old, Lanes.bits(second, k) & low, Lanes.bits(third, k) & low, flush);
            Transfer.put(memory, place, width, made);
            if (into != null) {
                Lanes.set(into, k, old);
            }
        }
    }
}

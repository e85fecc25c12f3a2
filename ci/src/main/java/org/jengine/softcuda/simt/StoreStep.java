package org.jengine.softcuda.simt;

import org.jengine.softcuda.simt.alu.Values;

/** st, to any space, of one value or a vector. */
final class StoreStep extends MemoryStep {
    private final int[] slots;
    private final int width;

    /** @param width bytes of an element */
    StoreStep(int pc, Place place, int[] slots, int width) {
        super(pc, place, slots.length * width, slots.length * width, Watch.Access.STORE);
        this.slots = slots;
        this.width = width;
    }

    @Override
    void touch(Block block, Frame frame, int from, int to, byte[] memory, int[] at, Shape shape) {
        if (shape == Shape.CONSECUTIVE && slots.length == 1 && LoadStep.sized(frame.register(slots[0])) == width) {
            Transfer.storeRun(frame.register(slots[0]), memory, at[from], from, to);
            return;
        }
        if (shape != Shape.ANY) {
            int step = shape == Shape.SAME ? 0 : bytes();
            for (int k = from + 1; k < to; k++) {
                at[k] = at[from] + (k - from) * step;
            }
        }
        for (int k = 0; k < slots.length; k++) {
            Values value = frame.register(slots[k]);
            Transfer.store(value, memory, at, k * width, width, from, to);
        }
    }
}

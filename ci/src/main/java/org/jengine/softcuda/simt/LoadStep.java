package org.jengine.softcuda.simt;

import org.jengine.softcuda.simt.alu.Kind;
import org.jengine.softcuda.simt.alu.Values;

/** ld, from any space, of one value or a vector. */
final class LoadStep extends MemoryStep {
    private final int[] slots;
    private final int width;
    private final boolean signed;
    private final int keep;

    /**
     * @param slots  where the elements go
     * @param width  bytes of an element
     * @param signed whether a value narrower than its register is signed
     * @param keep   a mask of the bits that a register has
     */
    LoadStep(int pc, Place place, int[] slots, int width, boolean signed, int keep) {
        super(pc, place, slots.length * width, slots.length * width, Watch.Access.LOAD);
        this.slots = slots;
        this.width = width;
        this.signed = signed;
        this.keep = keep;
    }

    @Override
    void touch(Block block, Frame frame, int from, int to, byte[] memory, int[] at, Shape shape) {
        if (shape == Shape.CONSECUTIVE) {
            Values value = frame.register(slots[0]);
            if (slots.length == 1 && sized(value) == width) {
                Transfer.loadRun(value, memory, at[from], from, to);
                return;
            }
            spread(at, from, to);
        }
        for (int k = 0; k < slots.length; k++) {
            Values value = frame.register(slots[k]);
            if (shape == Shape.SAME) {
                long bits = Transfer.get(memory, at[from] + k * width, width, signed);
                Lanes.fill(value, from, to, value.i != null ? bits & keep : bits);
            } else {
                Transfer.load(value, memory, at, k * width, width, signed, keep, from, to);
            }
        }
    }

    private void spread(int[] at, int from, int to) {
        for (int k = from + 1; k < to; k++) {
            at[k] = at[from] + (k - from) * bytes();
        }
    }

    /** Bytes of a register's values. */
    static int sized(Values value) {
        Kind kind = Lanes.kind(value);
        return kind == Kind.I32 || kind == Kind.F32 ? Integer.BYTES : Long.BYTES;
    }
}

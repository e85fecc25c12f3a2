package org.jengine.softcuda.simt;

import org.jengine.softcuda.simt.alu.Values;

/** ld.param of a kernel: the same value for all lanes. */
final class ParameterStep extends Step {
    private final int[] slots;
    private final int offset;
    private final int width;
    private final boolean signed;
    private final int keep;

    /** The same as of a {@link LoadStep}, but for the place among the arguments. */
    ParameterStep(int pc, int offset, int[] slots, int width, boolean signed, int keep) {
        super(pc);
        this.offset = offset;
        this.slots = slots;
        this.width = width;
        this.signed = signed;
        this.keep = keep;
    }

    @Override
    void run(Block block, Frame frame, Mask mask) {
        byte[] arguments = block.run().launch().arguments();
        for (int k = 0; k < slots.length; k++) {
            Values value = frame.register(slots[k]);
            long bits = Transfer.get(arguments, offset + k * width, width, signed);
            Lanes.fill(value, mask, value.i != null ? bits & keep : bits);
        }
    }
}

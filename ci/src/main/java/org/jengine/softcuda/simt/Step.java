package org.jengine.softcuda.simt;

/** Something that lanes do before they go on to the next step: an instruction, or a part of one. */
abstract class Step {
    private final int pc;
    private int guard = -1;
    private boolean negated;
    private boolean told = true;

    /** @param pc the number of the PTX instruction in its function */
    Step(int pc) {
        this.pc = pc;
    }

    /** Makes lanes do it only where a predicate holds. */
    final Step guarded(int register, boolean opposite) {
        guard = register;
        negated = opposite;
        return this;
    }

    /** Makes it a part of the instruction that watches are not told of. */
    final Step silent() {
        told = false;
        return this;
    }

    final int pc() {
        return pc;
    }

    /** The computation that it is or holds, or null. */
    AluStep alu() {
        return null;
    }

    /** The register that decides, or -1. */
    final int guard() {
        return guard;
    }

    final boolean negated() {
        return negated;
    }

    final boolean told() {
        return told;
    }

    /**
     * Does it for the lanes of the mask, of which there is at least one.
     *
     * @throws org.jengine.softcuda.check.Fault if a GPU would end the kernel here
     */
    abstract void run(Block block, Frame frame, Mask mask);
}

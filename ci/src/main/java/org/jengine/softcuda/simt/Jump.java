package org.jengine.softcuda.simt;

/** A step after which lanes need not go on with the next, or not at once. */
abstract class Jump extends Step {
    /** The group has been divided, parked or ended: the block chooses who goes on. */
    static final int ELSEWHERE = -1;

    Jump(int pc) {
        super(pc);
    }

    @Override
    final void run(Block block, Frame frame, Mask mask) {
        throw new IllegalStateException("a jump concerns the whole group");
    }

    /**
     * @param active the lanes of the group for which the guard holds; at least one
     * @return the step with which the whole group goes on, or {@link #ELSEWHERE}
     */
    abstract int go(Block block, Group group, Mask active);
}

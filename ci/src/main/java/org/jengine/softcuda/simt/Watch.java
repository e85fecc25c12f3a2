package org.jengine.softcuda.simt;

import org.jengine.softcuda.memory.Allocation;

/**
 * Sees every memory access of a launch: the checker and the counter are watches. The interpreter has already found that the accesses
 * are aligned and
 * inside their allocation. Calls come in the order of execution, and are about the block that last started or continued.
 */
public interface Watch {
    /** What an instruction does with memory. */
    enum Access { LOAD, STORE, ATOMIC }

    /** A block starts. {@code block} is its linear number, {@code threads} its size. */
    void blockStarts(long block, int threads);

    /**
     * From now on it is about this block, which had started before. Blocks take turns only where they may wait for one another: in
     * cooperative launches, and where a block goes on for so long that it seems to wait.
     */
    default void blockContinues(long block) {
    }

    /** The block that it is about has ended. */
    void blockEnds();

    /**
     * Lanes touch global memory.
     *
     * @param pc      the instruction's number in its kernel
     * @param offsets each lane's offset in bytes within the allocation; valid where the lane is active
     * @param active  the lanes that take part, one bit a lane; lane k is thread k of the block
     * @param bytes   bytes for each lane, a vector access counted as one
     */
    void global(int pc, Access access, Allocation allocation, long[] offsets, long[] active, int bytes);

    /** Lanes touch shared memory at these byte addresses of the block's. */
    void shared(int pc, Access access, int[] addresses, long[] active, int bytes);

    /**
     * What lanes had asked to be copied to these byte addresses of shared memory has arrived, as they waited for it.
     *
     * @param pc of the instruction that asked, which was told as a store
     */
    default void arrives(int pc, int[] addresses, long[] active, int bytes) {
    }

    /** A thread asks for a bulk copy: from now on it may be read, and written. The instruction has been told as executed. */
    default void bulkAsked(BulkCopy copy) {
    }

    /** What a bulk copy takes has been read, as its thread has waited for, or is about to be written. */
    default void bulkRead(BulkCopy copy) {
    }

    /**
     * A bulk copy has come.
     *
     * @param barrier the address in shared memory of the barrier through which threads learn of it; -1 if its own thread waited for it
     */
    default void bulkArrived(BulkCopy copy, int barrier) {
    }

    /** The active lanes have passed a barrier together: what they did before is ordered before what they do from now on. */
    void barrier(int pc, long[] active);

    /** As {@link #barrier}, within each warp only. */
    void warpBarrier(int pc, long[] active);

    /** The active lanes execute an instruction; {@code parted} says whether only a part of some warp's live lanes does. */
    void executes(int pc, long[] active, boolean parted);
}

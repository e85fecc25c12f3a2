package org.jengine.softcuda.simt;

/**
 * One kernel launch, complete: nothing of the caller's is needed to perform it.
 *
 * @param kernel        what runs
 * @param gridX         blocks in x; y and z alike
 * @param blockX        threads of a block in x; y and z alike
 * @param dynamicShared bytes of shared memory beyond those the kernel declares
 * @param arguments     the parameters at the offsets that {@link Kernel#parameters} states
 * @param cooperative   whether all blocks run together, so that they may wait for one another
 */
public record Launch(Kernel kernel, int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ, int dynamicShared,
        byte[] arguments, boolean cooperative) {
    /** The same with its blocks all at once, or not. */
    public Launch cooperative(boolean value) {
        return new Launch(kernel, gridX, gridY, gridZ, blockX, blockY, blockZ, dynamicShared, arguments, value);
    }

    public int threads() {
        return blockX * blockY * blockZ;
    }

    public long blocks() {
        return (long) gridX * gridY * gridZ;
    }
}

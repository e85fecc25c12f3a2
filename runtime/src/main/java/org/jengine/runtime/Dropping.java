package org.jengine.runtime;

/**
 * Dropout of an operation's result, by the kernel {@link org.jengine.kernels.Dropout} or as that does it.
 *
 * @param kernel the device's, for libraries that do not drop while they make the result
 * @param clock  see {@link org.jengine.kernels.Clock}
 * @param key    the run's Philox key, {@code I32[2]}
 * @param layer  of the dropout, which decides what is dropped
 * @param rate   share of the elements that become 0
 */
public record Dropping(Kernel kernel, Slice clock, Slice key, int layer, float rate) {
    /** Drops elements of a result where they stand, or of its gradient. */
    public Launch over(Slice x) {
        return kernel.bind(x, x, clock, key, Math.toIntExact(x.count()), layer, rate);
    }
}

package org.jengine.softcuda.work;

import org.jengine.softcuda.gpu.GpuProfile;

/**
 * A piece of work for a stream: a launch, a copy, a fill, a library call. It is described when the program asks for it and performed
 * when its stream comes to it, perhaps many times if a graph holds it; so it keeps copies of its arguments, never the caller's memory.
 */
public interface Operation {
    /** What any piece of work takes on a GPU, whatever it does. */
    double LEAST_SECONDS = 2e-6;

    /** How reports and tables name it: a kernel's or a function's name. */
    String name();

    /**
     * Performs it.
     *
     * @param at which performance this is: reports name it, and what it touches is told by it
     * @throws org.jengine.softcuda.check.Fault if a GPU would have ended the context
     */
    void perform(Turn at);

    /** Whether it could be performed now: not while it waits for a value in memory that has not come. */
    default boolean ready() {
        return true;
    }

    /** What it asks of the GPU; asked after it was performed. */
    default Cost cost() {
        return Cost.NONE;
    }

    /** How long the GPU would take at the least, in seconds; asked after it was performed. Events tell times by it. */
    default double seconds(GpuProfile gpu) {
        double peak = gpu.flops(cost().type());
        return LEAST_SECONDS + Math.max(cost().bytes() / gpu.bandwidth(), peak > 0 ? cost().flops() / peak : 0);
    }

    /** The device addresses that it was given: memory that holds one must not be freed before it has ended. */
    default long[] addresses() {
        return new long[0];
    }
}

package org.jengine.runtime;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;

/**
 * Device memory that lives and dies together: slices are laid out first, then {@link #seal} makes one allocation for all. A slice
 * may be bound to launches before the seal, and used after it.
 */
public interface Arena extends AutoCloseable {
    String name();

    /**
     * Lays out a slice; its start is aligned as the device demands.
     *
     * @throws IllegalStateException if the arena is sealed
     */
    Slice take(String name, Shape shape, DType type);

    /**
     * As {@link #take}, for what operations hand on to each other within one graph: written before it is read in every graph that uses
     * it, and of no defined content afterwards. A device may keep no more of it at a time than it works on.
     */
    Slice temporary(String name, Shape shape, DType type);

    /**
     * Allocates. The memory is zero, or NaN bits in debug mode.
     *
     * @throws OutOfDeviceMemory if there is not enough, with what was asked and what is left
     */
    void seal();

    /** Bytes laid out so far, padding included. */
    long bytes();

    /** Frees the memory after the work queued on the device is done; in debug mode checks the guard bands first. */
    @Override
    void close();
}

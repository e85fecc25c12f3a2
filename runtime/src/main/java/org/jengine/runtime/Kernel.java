package org.jengine.runtime;

/** One of our kernels, ready on a device. */
public interface Kernel {
    /**
     * Binds arguments in the order of the declaration: {@link Slice} for a buffer, {@link Integer} for a size, {@link Float} for a
     * scalar.
     *
     * @throws IllegalArgumentException if the number or a type is not as declared, naming the parameter
     */
    Launch bind(Object... args);
}

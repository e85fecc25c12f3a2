package org.jengine.kernels;

/** A kernel that treats each of {@code count} elements by itself, one thread for each. */
interface PerElement extends KernelDef {
    @Override
    default long elements(String buffer, Args sizes) {
        return Elements.count(buffer, sizes);
    }

    @Override
    default Grid grid(Args sizes) {
        return Elements.grid(sizes);
    }
}

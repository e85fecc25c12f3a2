package org.jengine.kernels;

/**
 * A kernel that treats each of {@code count} elements by itself, one thread for each. A GPU's thread has as many, side by side, as it
 * writes at once.
 */
interface PerElement extends KernelDef {
    @Override
    default long elements(String buffer, Args sizes) {
        return Elements.count(buffer, sizes);
    }

    @Override
    default Grid grid(Args sizes) {
        return Elements.grid(sizes);
    }

    @Override
    default Grid grid(Args sizes, Target target) {
        return target == Target.PORTABLE ? grid(sizes) : Elements.grid(sizes, together());
    }

    /** Elements of a GPU's thread: what 16 bytes hold of the output. */
    default int together() {
        return 16 / params().get(0).type().bytes();
    }
}

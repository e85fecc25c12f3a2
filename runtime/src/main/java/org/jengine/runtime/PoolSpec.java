package org.jengine.runtime;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;

/**
 * Pooling over {@code window x window} without overlap; rows and columns that fill no window are dropped.
 *
 * @param n      images
 * @param h      rows of the input
 * @param w      columns of the input
 * @param c      channels
 * @param window edge and stride of the window
 * @param real   storage of {@code x y dx dy}
 */
public record PoolSpec(int n, int h, int w, int c, int window, DType real) {
    public PoolSpec {
        if (window < 1 || window > 15 || window > h || window > w) {
            throw new IllegalArgumentException("a window of " + window + " does not fit into " + h + "x" + w + " (at most 15)");
        }
    }

    public Shape x() {
        return Shape.of(n, h, w, c);
    }

    public Shape y() {
        return Shape.of(n, h / window, w / window, c);
    }
}

package org.jengine.runtime;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;

/**
 * A dense layer.
 *
 * @param n      images
 * @param in     features of the input
 * @param out    features of the output
 * @param real   storage of {@code x y dx dy w}
 * @param act    applied to the result
 * @param before what made {@code x}; the way back multiplies {@code dx} with its derivative
 */
public record DenseSpec(int n, int in, int out, DType real, Activation act, Activation before) {
    public Shape x() {
        return Shape.of(n, in);
    }

    public Shape y() {
        return Shape.of(n, out);
    }

    public Shape weights() {
        return Shape.of(in, out);
    }
}

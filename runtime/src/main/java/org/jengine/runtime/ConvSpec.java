package org.jengine.runtime;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;

/**
 * A convolution of stride 1.
 *
 * @param n      images
 * @param h      rows of the input
 * @param w      columns of the input
 * @param c      channels of the input
 * @param k      filters
 * @param r      rows of a filter
 * @param s      columns of a filter
 * @param pad    rows and columns of zeros on every side
 * @param real   storage of {@code x y dx dy w}
 * @param act    applied to the result
 * @param before what made {@code x}; the way back multiplies {@code dx} with its derivative
 */
public record ConvSpec(int n, int h, int w, int c, int k, int r, int s, int pad, DType real, Activation act,
                       Activation before) {
    public ConvSpec {
        if (h + 2 * pad < r || w + 2 * pad < s) {
            throw new IllegalArgumentException("a " + r + "x" + s + " filter does not fit into " + h + "x" + w + " with padding " + pad);
        }
    }

    public Shape x() {
        return Shape.of(n, h, w, c);
    }

    public Shape y() {
        return Shape.of(n, h + 2 * pad - r + 1, w + 2 * pad - s + 1, k);
    }

    public Shape weights() {
        return Shape.of(k, r, s, c);
    }

    /** The same over images of so many channels. */
    public ConvSpec withChannels(int channels) {
        return new ConvSpec(n, h, w, channels, k, r, s, pad, real, act, before);
    }

    /** The same with a way back that ends at {@code x}. */
    public ConvSpec withoutDerivative() {
        return new ConvSpec(n, h, w, c, k, r, s, pad, real, act, Activation.NONE);
    }
}

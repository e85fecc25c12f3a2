package org.jengine.nn.layers;

import org.jengine.nn.Act;

/** The layers by short names, for static import. */
public final class Layers {
    private Layers() {
    }

    /** A convolution of {@code kernel x kernel} without padding, linear. */
    public static Conv conv(int filters, int kernel) {
        return new Conv(filters, kernel, false, Act.NONE);
    }

    /** The largest of each {@code window x window}, without overlap. */
    public static MaxPool maxPool(int window) {
        return new MaxPool(window);
    }

    /** Batch normalisation with Keras' momentum and epsilon. */
    public static BatchNorm batchNorm() {
        return new BatchNorm(0.99f, 1e-3f);
    }

    /** Zeroes a share of the elements, in training. */
    public static Dropout dropout(float rate) {
        return new Dropout(rate);
    }

    /** Images to plain features. */
    public static Flatten flatten() {
        return new Flatten();
    }

    /** A linear dense layer. */
    public static Dense dense(int units) {
        return new Dense(units, Act.NONE);
    }
}

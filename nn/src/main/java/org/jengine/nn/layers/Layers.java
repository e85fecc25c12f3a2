package org.jengine.nn.layers;

import java.util.List;
import org.jengine.nn.Act;
import org.jengine.nn.Layer;

/** The layers by short names, for static import. */
public final class Layers {
    /** Every layer there is, by which descriptions in JSON are read. */
    public static final List<Class<? extends Layer>> KINDS =
            List.of(Conv.class, MaxPool.class, BatchNorm.class, Dropout.class, Flatten.class, Dense.class);

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

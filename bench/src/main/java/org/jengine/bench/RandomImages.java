package org.jengine.bench;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.jengine.cifar.Nets;
import org.jengine.kernels.Shape;
import org.jengine.nn.ImageData;

/**
 * Noise of CIFAR-10's size with labels drawn by lot: as much memory for a batch to be gathered from, and nothing that a warm-up could
 * learn.
 */
final class RandomImages implements ImageData {
    static final String NAME = "random";
    private static final int TRAIN = 50_000;
    /** Few, for they are never looked at. */
    private static final int VALIDATION = 1_000;
    private static final long SEED = 1;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String fingerprint() {
        return NAME + ":" + SEED + ":" + TRAIN;
    }

    @Override
    public Shape image() {
        return Nets.IMAGE;
    }

    @Override
    public List<String> classes() {
        return List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }

    @Override
    public int count(Split split) {
        return split == Split.TRAIN ? TRAIN : VALIDATION;
    }

    @Override
    public void copyTo(Split split, ByteBuffer images, ByteBuffer labels) {
        SplittableRandom random = new SplittableRandom(SEED + split.ordinal());
        byte[] image = new byte[Math.toIntExact(Nets.IMAGE.count())];
        for (int i = 0; i < count(split); i++) {
            random.nextBytes(image);
            images.put(image);
            labels.put((byte) random.nextInt(Nets.CLASSES));
        }
    }
}

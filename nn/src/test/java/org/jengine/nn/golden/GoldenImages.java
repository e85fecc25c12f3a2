package org.jengine.nn.golden;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.jengine.kernels.Shape;
import org.jengine.nn.ImageData;

/** The images and labels of {@link Formula}. */
record GoldenImages(int seed, int train, int validation) implements ImageData {
    @Override
    public String name() {
        return "golden";
    }

    @Override
    public String fingerprint() {
        return "golden " + seed;
    }

    @Override
    public Shape image() {
        return GoldenNets.IMAGE;
    }

    @Override
    public List<String> classes() {
        return IntStream.range(0, GoldenNets.CLASSES).mapToObj(Integer::toString).toList();
    }

    @Override
    public int count(Split split) {
        return split == Split.TRAIN ? train : validation;
    }

    @Override
    public void copyTo(Split split, ByteBuffer images, ByteBuffer labels) {
        boolean training = split == Split.TRAIN;
        int pixels = Math.toIntExact(image().count());
        images.put(Formula.images(seed, training ? Formula.IMAGES : Formula.VALIDATION_IMAGES, count(split) * pixels));
        labels.put(Formula.labels(seed, training ? Formula.LABELS : Formula.VALIDATION_LABELS, count(split), GoldenNets.CLASSES));
    }
}

package org.jengine.cifar;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jengine.kernels.Shape;
import org.jengine.nn.ImageData;

/** Pictures of one colour each, which is their class, with some noise: any net tells them apart after a few dozen steps. */
record Colours(int train, int validation) implements ImageData {
    @Override
    public String name() {
        return "colours";
    }

    @Override
    public String fingerprint() {
        return "colours " + train + " " + validation;
    }

    @Override
    public Shape image() {
        return Nets.IMAGE;
    }

    @Override
    public List<String> classes() {
        return IntStream.range(0, Nets.CLASSES).mapToObj(i -> "colour " + i).toList();
    }

    @Override
    public int count(Split split) {
        return split == Split.TRAIN ? train : validation;
    }

    @Override
    public void copyTo(Split split, ByteBuffer images, ByteBuffer labels) {
        SplittableRandom random = new SplittableRandom(split.ordinal());
        for (int i = 0; i < count(split); i++) {
            int label = i % Nets.CLASSES;
            labels.put((byte) label);
            SplittableRandom colour = new SplittableRandom(label);
            int[] rgb = {colour.nextInt(220), colour.nextInt(220), colour.nextInt(220)};
            for (int e = 0; e < Nets.IMAGE.count(); e++) {
                images.put((byte) (rgb[e % 3] + random.nextInt(36)));
            }
        }
    }
}

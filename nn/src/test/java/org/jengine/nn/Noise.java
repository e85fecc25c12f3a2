package org.jengine.nn;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jengine.kernels.Shape;

/** Images and labels without meaning, as a net takes them. */
record Noise(Shape image, int classCount, int count) implements ImageData {
    static Noise of(Net net, int count) {
        return new Noise(net.input(), net.classes(), count);
    }

    @Override
    public String name() {
        return "noise";
    }

    @Override
    public String fingerprint() {
        return "noise";
    }

    @Override
    public List<String> classes() {
        return IntStream.range(0, classCount).mapToObj(Integer::toString).toList();
    }

    @Override
    public int count(Split split) {
        return count;
    }

    @Override
    public void copyTo(Split split, ByteBuffer images, ByteBuffer labels) {
        SplittableRandom random = new SplittableRandom(split.ordinal());
        for (long i = 0; i < image.count() * count; i++) {
            images.put((byte) random.nextInt(256));
        }
        for (int i = 0; i < count; i++) {
            labels.put((byte) random.nextInt(classCount));
        }
    }
}

package org.jengine.cifar.data;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.jengine.kernels.Shape;

/**
 * A generated set of colour pictures in ten classes, for where the real one cannot be had. Each picture is a function of the seed,
 * its split and its place, so that every machine, JDK and thread count makes the same bytes. It is not CIFAR-10, and no result on it
 * stands for one.
 */
public final class Synthetic implements DataSet {
    /** Raised whenever the pictures change, so that results of two versions are not compared. */
    public static final int VERSION = 1;
    public static final long SEED = 1;

    private static final Shape IMAGE = Shape.of(Painter.EDGE, Painter.EDGE, 3);
    private static final int BLOCK = 64;

    private final long seed;
    private final int train;
    private final int validation;

    private Synthetic(long seed, int train, int validation) {
        this.seed = seed;
        this.train = train;
        this.validation = validation;
    }

    /** 50,000 and 10,000 pictures from the usual seed. */
    public static Synthetic standard() {
        return of(SEED);
    }

    /** 50,000 and 10,000 pictures. */
    public static Synthetic of(long seed) {
        return of(seed, 50_000, 10_000);
    }

    /** The first pictures of a smaller set are those of a larger one. */
    public static Synthetic of(long seed, int train, int validation) {
        if (train < 1 || validation < 1) {
            throw new IllegalArgumentException("a split needs at least one picture: " + train + " and " + validation);
        }
        return new Synthetic(seed, train, validation);
    }

    @Override
    public String name() {
        return "synthetic";
    }

    @Override
    public String fingerprint() {
        return "synthetic:v" + VERSION + ":" + seed + ":" + train + "+" + validation;
    }

    @Override
    public Shape image() {
        return IMAGE;
    }

    @Override
    public List<String> classes() {
        return Painter.CLASSES;
    }

    @Override
    public int count(Split split) {
        return split == Split.TRAIN ? train : validation;
    }

    @Override
    public String source() {
        return "generated from seed " + seed;
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public List<FileReport> files() {
        return List.of();
    }

    @Override
    public boolean official() {
        return false;
    }

    /** The classes take turns, so that every prefix is balanced. */
    @Override
    public byte[] labels(Split split) {
        byte[] labels = new byte[count(split)];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) (i % Painter.CLASSES.size());
        }
        return labels;
    }

    @Override
    public void copyFirst(Split split, int count, ByteBuffer images, ByteBuffer labels) {
        DataSet.checkRoom(this, split, count, images, labels);
        int at = images.position();
        IntStream.range(0, (count + BLOCK - 1) / BLOCK).parallel().forEach(block -> {
            Painter painter = new Painter(seed);
            for (int i = block * BLOCK; i < Math.min(count, (block + 1) * BLOCK); i++) {
                images.put(at + i * Painter.BYTES, painter.paint(split, i, i % Painter.CLASSES.size()));
            }
        });
        images.position(at + count * Painter.BYTES);
        labels.put(labels(split), 0, count);
    }
}

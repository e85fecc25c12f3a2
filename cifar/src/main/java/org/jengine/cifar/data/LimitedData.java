package org.jengine.cifar.data;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jengine.kernels.Shape;

/** The first images of another data set; its name and fingerprint say so, since results on it do not compare with the whole. */
public final class LimitedData implements DataSet {
    private final DataSet whole;
    private final int limit;

    private LimitedData(DataSet whole, int limit) {
        this.whole = whole;
        this.limit = limit;
    }

    /**
     * The first {@code limit} training images and as many validation images, or all where there are fewer; {@code whole} itself if
     * nothing is left out.
     *
     * @throws IllegalArgumentException if {@code limit} is less than 1
     */
    public static DataSet of(DataSet whole, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("the limit must be at least 1 image, got " + limit);
        }
        boolean all = limit >= whole.count(Split.TRAIN) && limit >= whole.count(Split.VALIDATION);
        return all ? whole : new LimitedData(whole, limit);
    }

    @Override
    public String name() {
        return whole.name() + " (first " + limit + ")";
    }

    @Override
    public String fingerprint() {
        return whole.fingerprint() + ":first:" + limit;
    }

    @Override
    public Shape image() {
        return whole.image();
    }

    @Override
    public List<String> classes() {
        return whole.classes();
    }

    @Override
    public int count(Split split) {
        return Math.min(limit, whole.count(split));
    }

    @Override
    public String source() {
        return whole.source();
    }

    @Override
    public List<String> warnings() {
        return whole.warnings();
    }

    @Override
    public List<FileReport> files() {
        return whole.files();
    }

    @Override
    public boolean official() {
        return whole.official();
    }

    @Override
    public byte[] labels(Split split) {
        return Arrays.copyOf(whole.labels(split), count(split));
    }

    @Override
    public void copyFirst(Split split, int count, ByteBuffer images, ByteBuffer labels) {
        if (count > count(split)) {
            throw new IllegalArgumentException(name() + " has " + count(split) + " " + split + " images, not " + count);
        }
        whole.copyFirst(split, count, images, labels);
    }
}

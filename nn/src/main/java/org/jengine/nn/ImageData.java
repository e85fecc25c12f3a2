package org.jengine.nn;

import java.nio.ByteBuffer;
import org.jengine.kernels.Shape;

/** Labelled 8-bit images, as they are put into device memory: a data source states what it has and copies it once. */
public interface ImageData {
    /** What every result calls the data by: {@code CIFAR-10}, {@code synthetic}. */
    String name();

    /** Identifies the content, for records and comparison: a hash of the files, or the generator and its seed. */
    String fingerprint();

    /** Height, width, channels. */
    Shape image();

    /** Class names; a label is an index into them. */
    java.util.List<String> classes();

    /** Images in a split. */
    int count(Split split);

    /**
     * Writes the images of a split from the buffer's position on, {@code [n, h, w, c]}, one byte a channel, and their labels, one byte
     * each.
     */
    void copyTo(Split split, ByteBuffer images, ByteBuffer labels);

    /** Which part of the data. */
    enum Split { TRAIN, VALIDATION }
}

package org.jengine.cifar.data;

import java.nio.ByteBuffer;
import java.util.List;
import org.jengine.nn.ImageData;

/** Image data that can say where it comes from and be copied in part. */
public interface DataSet extends ImageData {
    /** Where the images come from: a path, or what generates them. */
    String source();

    /** What is odd about the data though it can be used; empty as a rule. */
    List<String> warnings();

    /** The files behind it, in the order of the fingerprint; empty if there are none. */
    List<FileReport> files();

    /** Whether every byte is the publisher's, by checksum; false too where no publisher exists. */
    boolean official();

    /** The labels of a split in its order, one byte each; a new array. */
    byte[] labels(Split split);

    /**
     * Writes the first {@code count} images of a split and their labels as {@link #copyTo} does; both positions advance.
     *
     * @throws IllegalArgumentException if the split has fewer, or a buffer has too little room
     * @throws DataCorrupt              if the files changed since they were opened
     */
    void copyFirst(Split split, int count, ByteBuffer images, ByteBuffer labels);

    @Override
    default void copyTo(Split split, ByteBuffer images, ByteBuffer labels) {
        copyFirst(split, count(split), images, labels);
    }

    /** @throws IllegalArgumentException if the split has fewer than {@code count} images, or a buffer has too little room for them */
    static void checkRoom(DataSet data, Split split, int count, ByteBuffer images, ByteBuffer labels) {
        if (count < 0 || count > data.count(split)) {
            throw new IllegalArgumentException(data.name() + " has " + data.count(split) + " " + split + " images, not " + count);
        }
        long bytes = count * data.image().count();
        if (images.remaining() < bytes || labels.remaining() < count) {
            throw new IllegalArgumentException(count + " images need " + bytes + " and " + count + " bytes; the buffers have "
                + images.remaining() + " and " + labels.remaining());
        }
    }

    /** What {@code data verify} and {@code data info} print. */
    default DataReport report() {
        return DataReport.of(this);
    }

    /**
     * One file of a data set.
     *
     * @param name     without its folder
     * @param bytes    its size
     * @param records  images in it
     * @param sha256   in hexadecimal
     * @param official whether that is the published file's
     */
    record FileReport(String name, long bytes, int records, String sha256, boolean official) {
    }
}

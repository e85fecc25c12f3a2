package org.jengine.nn;

import java.nio.ByteBuffer;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/**
 * One split of a data set in device memory.
 *
 * @param images {@code U8 [count, h, w, c]}
 * @param labels {@code U8 [count]}
 */
record DeviceSplit(ImageData data, ImageData.Split split, Slice images, Slice labels) {
    /** Lays the memory out in {@code arena}. */
    static DeviceSplit take(ImageData data, ImageData.Split split, Arena arena) {
        int count = data.count(split);
        if (count < 1) {
            throw new IllegalArgumentException(data.name() + " has no " + split + " images");
        }
        return new DeviceSplit(data, split, arena.take(split + " images", data.image().batch(count), DType.U8),
                arena.take(split + " labels", Shape.of(count), DType.U8));
    }

    int count() {
        return images.shape().dim(0);
    }

    /**
     * Copies the data in; waits.
     *
     * @throws IllegalArgumentException if a label has no class
     */
    void load(Device device, Stream stream) {
        try (HostBuffer pixels = device.pinned(images.name(), images.bytes()); HostBuffer classes = device.pinned(labels.name(), count())) {
            data.copyTo(split, pixels.bytes(), classes.bytes());
            ByteBuffer read = classes.bytes();
            for (int i = 0; i < count(); i++) {
                if ((read.get(i) & 0xff) >= data.classes().size()) {
                    throw new IllegalArgumentException(data.name() + ": " + split + " image " + i + " has label " + (read.get(i) & 0xff)
                            + ", but there are only " + data.classes().size() + " classes");
                }
            }
            stream.copyIn(images, pixels);
            stream.copyIn(labels, classes);
            stream.synchronize();
        }
    }
}

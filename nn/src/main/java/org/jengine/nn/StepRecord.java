package org.jengine.nn;

import java.nio.ByteBuffer;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Device;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/** What the steps of an epoch note down on the device, {@code F32[2 * steps]}: the sum of the losses and the number right. */
final class StepRecord {
    private final Batches batches;
    private final Slice slice;
    private final HostBuffer host;

    StepRecord(String name, Batches batches, Device device, Workspace work, Resources resources) {
        this.batches = batches;
        this.slice = work.shared(name, Shape.of(2 * batches.steps()), DType.F32);
        this.host = resources.add(device.pinned(name, slice.bytes()));
    }

    Slice slice() {
        return slice;
    }

    /** Notes nothing for every step. */
    void clear(Stream stream) {
        stream.fill(slice, 0);
    }

    /** Queues a copy of the record to where the host reads it. */
    void fetch(Stream stream) {
        stream.copyOut(host, slice);
    }

    /** Mean loss of a step, as fetched. */
    double loss(int step) {
        return host.bytes().getFloat(2 * step * Float.BYTES) / (double) batches.images(step);
    }

    /** Mean over the whole epoch, as fetched. */
    Evaluation mean() {
        ByteBuffer bytes = host.bytes();
        double loss = 0;
        double right = 0;
        for (int i = 0; i < batches.steps(); i++) {
            loss += bytes.getFloat(2 * i * Float.BYTES);
            right += bytes.getFloat((2 * i + 1) * Float.BYTES);
        }
        return new Evaluation(loss / batches.total(), right / batches.total(), batches.total());
    }
}

package org.jengine.runtime.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jengine.kernels.Args;
import org.jengine.kernels.Clock;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.Dropout;
import org.jengine.kernels.Gather;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.junit.jupiter.api.Test;

/** What is drawn by lot is the same bits everywhere: order, crops, flips, cutouts and dropout masks of whole epochs of large batches. */
class SameBitsTest {
    private static final int TOTAL = 300;
    private static final int BATCH = 128;
    private static final Shape IMAGE = Shape.of(32, 32, 3);
    private static final byte[] PIXELS = new byte[TOTAL * 32 * 32 * 3];
    private static final byte[] CLASSES = new byte[TOTAL];
    private static final byte[] KEY = ints(0x1234567, -89);

    static {
        SplittableRandom random = new SplittableRandom(3);
        random.nextBytes(PIXELS);
        for (int i = 0; i < TOTAL; i++) {
            CLASSES[i] = (byte) random.nextInt(10);
        }
    }

    @Test
    void everyDeviceDrawsWhatTheReferencesDraw() {
        OpenCl.assumeThere();
        assertFalse(Arrays.equals(batch("host", 0, 0), batch("host", 7, 0)), "another epoch, another order");
        for (int epoch : new int[] {0, 7}) {
            for (int step = 0; step * BATCH < TOTAL; step++) {
                String place = "epoch " + epoch + ", step " + step + " on ";
                byte[] expected = reference(epoch, step);
                assertArrayEquals(expected, batch("host", epoch, step), place + "host");
                assertArrayEquals(expected, batch("opencl", epoch, step), place + "opencl");
            }
        }
    }

    private static byte[] reference(int epoch, int step) {
        int count = (int) IMAGE.batch(BATCH).count();
        Data clock = Data.over(DType.I32, ByteBuffer.wrap(clock(epoch, step)));
        Data key = Data.over(DType.I32, ByteBuffer.wrap(KEY));
        Args gathered = Args.of(Gather.of(DType.F32)).out("x", count).out("labels", BATCH).out("now", Clock.COUNT)
                .data("images", Data.over(DType.U8, ByteBuffer.wrap(PIXELS))).data("classes", Data.over(DType.U8, ByteBuffer.wrap(CLASSES)))
                .data("clock", clock).data("key", key).size("total", TOTAL).size("stride", BATCH).size("batch", BATCH)
                .size("height", 32).size("width", 32).size("channels", 3).size("shuffle", 1).size("flip", 1).size("pad", 4)
                .size("cutout", 8)
                .scalar("scale", 1 / 255f).scalar("shift", 0).build();
        gathered.def().reference(gathered);
        Args dropped = Args.of(Dropout.of(DType.F32)).out("y", count).data("x", gathered.data("x")).data("clock", clock).data("key", key)
                .size("count", count).size("layer", 2).scalar("rate", 0.5).build();
        dropped.def().reference(dropped);
        ByteBuffer all = ByteBuffer.allocate(4 * (2 * count + BATCH));
        all.put(gathered.data("x").bytes()).put(gathered.data("labels").bytes()).put(dropped.data("y").bytes());
        return all.array();
    }

    private static byte[] clock(int epoch, int step) {
        return ints(step, epoch, 10 * epoch + step, 0);
    }

    /** Pixels, labels and pixels after dropout, one behind the other. */
    private static byte[] batch(String kind, int epoch, int step) {
        try (Device device = Devices.open(kind, DeviceRequest.first()); Arena arena = device.arena("a");
             Stream stream = device.stream("s")) {
            Slice images = arena.take("images", IMAGE.batch(TOTAL), DType.U8);
            Slice classes = arena.take("classes", Shape.of(TOTAL), DType.U8);
            Slice clock = arena.take("clock", Shape.of(Clock.COUNT), DType.I32);
            Slice key = arena.take("key", Shape.of(2), DType.I32);
            Slice x = arena.take("x", IMAGE.batch(BATCH), DType.F32);
            Slice now = arena.take("now", Shape.of(Clock.COUNT), DType.I32);
            Slice labels = arena.take("labels", Shape.of(BATCH), DType.I32);
            Slice dropped = arena.take("dropped", IMAGE.batch(BATCH), DType.F32);
            arena.seal();
            write(device, stream, images, PIXELS);
            write(device, stream, classes, CLASSES);
            write(device, stream, clock, clock(epoch, step));
            write(device, stream, key, KEY);
            device.kernel(Gather.of(DType.F32)).bind(x, labels, now, images, classes, clock, key, TOTAL, BATCH, BATCH, 32, 32, 3, 1, 1,
                    4, 8, 1 / 255f, 0f).on(stream);
            device.kernel(Dropout.of(DType.F32)).bind(dropped, x, clock, key, (int) x.count(), 2, 0.5f).on(stream);
            ByteBuffer all = ByteBuffer.allocate((int) (2 * x.bytes() + labels.bytes()));
            for (Slice s : List.of(x, labels, dropped)) {
                try (HostBuffer buffer = device.pinned("down", s.bytes())) {
                    stream.copyOut(buffer, s);
                    stream.synchronize();
                    all.put(buffer.bytes());
                }
            }
            return all.array();
        }
    }

    private static byte[] ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.nativeOrder());
        bytes.asIntBuffer().put(values);
        return bytes.array();
    }

    private static void write(Device device, Stream stream, Slice slice, byte[] bytes) {
        try (HostBuffer buffer = device.pinned("up", slice.bytes())) {
            buffer.bytes().put(bytes);
            stream.copyIn(slice, buffer);
            stream.synchronize();
        }
    }
}

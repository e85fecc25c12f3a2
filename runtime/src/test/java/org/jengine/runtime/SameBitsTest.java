package org.jengine.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jengine.kernels.Clock;
import org.jengine.kernels.DType;
import org.jengine.kernels.Dropout;
import org.jengine.kernels.Gather;
import org.jengine.kernels.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is drawn by lot is the same bits on every device: the order, crops, flips, cutouts and dropout masks of whole epochs. */
class SameBitsTest {
    private static final int TOTAL = 300;
    private static final int BATCH = 128;
    private static final Shape IMAGE = Shape.of(32, 32, 3);
    private static final byte[] PIXELS = new byte[TOTAL * 32 * 32 * 3];
    private static final byte[] CLASSES = new byte[TOTAL];

    static {
        SplittableRandom random = new SplittableRandom(3);
        random.nextBytes(PIXELS);
        for (int i = 0; i < TOTAL; i++) {
            CLASSES[i] = (byte) random.nextInt(10);
        }
    }

    static List<String> others() {
        return List.of("opencl");
    }

    @ParameterizedTest
    @MethodSource("others")
    void everyDeviceDrawsTheSame(String kind) {
        Backend backend = Devices.backends().stream().filter(b -> b.name().equals(kind)).findFirst().orElseThrow();
        Probe probe = backend.probe();
        boolean required = Arrays.asList(System.getProperty("jengine.require", "").split(",")).contains(kind);
        assertFalse(required && probe.devices().isEmpty(), () -> kind + " is required: " + probe.reason());
        assumeTrue(!probe.devices().isEmpty(), () -> "no " + kind + " device: " + probe.reason());
        assertFalse(Arrays.equals(batch("host", 0, 0), batch("host", 7, 0)), "another epoch, another order");
        for (int epoch : new int[] {0, 7}) {
            for (int step = 0; step * BATCH < TOTAL; step++) {
                assertArrayEquals(batch("host", epoch, step), batch(kind, epoch, step),
                        "epoch " + epoch + ", step " + step + " on " + kind);
            }
        }
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
            Slice labels = arena.take("labels", Shape.of(BATCH), DType.I32);
            Slice dropped = arena.take("dropped", IMAGE.batch(BATCH), DType.F32);
            arena.seal();
            write(device, stream, images, PIXELS);
            write(device, stream, classes, CLASSES);
            write(device, stream, clock, ints(step, epoch, 10 * epoch + step, 0));
            write(device, stream, key, ints(0x1234567, -89));
            device.kernel(Gather.of(DType.F32)).bind(x, labels, images, classes, clock, key, TOTAL, BATCH, BATCH, 32, 32, 3, 1, 1, 4, 8,
                    1 / 255f, 0f).on(stream);
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

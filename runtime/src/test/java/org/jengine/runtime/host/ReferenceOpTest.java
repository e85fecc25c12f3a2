package org.jengine.runtime.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.jengine.kernels.Args;
import org.jengine.kernels.Case;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.Grid;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.kernels.Relu;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.jengine.runtime.Graph;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Kernel;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A kernel that the host has never heard of runs by its reference, wherever another kernel could stand. */
class ReferenceOpTest {
    /** Enough rows for a chain of several parts, which must all be done before one is turned around. */
    private static final int ROWS = 50;
    private static final int COUNT = ROWS * 3;

    private final Device device = Devices.open("host", DeviceRequest.first().withThreads(2).withDebug());
    private final Arena arena = device.arena("arena");
    private final Stream stream = device.stream("stream");

    /**
     * {@code y[i] = x[count - 1 - i] + shift}, and {@code runs[0]} counts how often.
     *
     * @param concealed elements that it touches but does not say so
     */
    private record Backwards(int concealed) implements KernelDef {
        Backwards() {
            this(0);
        }

        @Override
        public String entry() {
            return "backwards_f32";
        }

        @Override
        public List<Param> params() {
            return List.of(Param.out("y", DType.F32), Param.inout("runs", DType.I32), Param.in("x", DType.F32), Param.size("count"),
                    Param.scalar("shift"));
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return buffer.equals("runs") ? 1 : sizes.size("count") - concealed;
        }

        @Override
        public Grid grid(Args sizes) {
            return Grid.cover(sizes.size("count"), 256);
        }

        @Override
        public void reference(Args a) {
            int count = a.size("count");
            for (int i = 0; i < count; i++) {
                a.data("y").set(i, a.data("x").get(count - 1 - i) + a.scalar("shift"));
            }
            a.data("runs").set(0, a.data("runs").getInt(0) + 1);
        }

        @Override
        public List<Case> cases() {
            return List.of();
        }
    }

    @BeforeEach
    void thereIsNoBodyOfItsOwn() {
        assertFalse(HostKernels.entries().contains(new Backwards().entry()));
    }

    @AfterEach
    void close() {
        stream.close();
        arena.close();
        device.close();
    }

    @Test
    void runsAlone() {
        Slice x = arena.take("x", Shape.of(COUNT), DType.F32);
        Slice y = arena.take("y", Shape.of(COUNT), DType.F32);
        Slice runs = arena.take("runs", Shape.of(1), DType.I32);
        arena.seal();
        write(x, 0);
        stream.fill(runs, 0);
        Launch launch = device.kernel(new Backwards()).bind(y, runs, x, COUNT, 0.5f);
        launch.on(stream);
        launch.on(stream);
        assertArrayEquals(IntStream.range(0, COUNT).mapToDouble(i -> COUNT - 1 - i + 0.5).toArray(), read(y));
        assertArrayEquals(new double[] {2}, read(runs));
    }

    @Test
    void runsInAGraphBetweenKernelsThatAreCutAlongImages() {
        Slice x = arena.take("x", Shape.of(ROWS, 3), DType.F32);
        Slice positive = arena.temporary("positive", Shape.of(ROWS, 3), DType.F32);
        Slice turned = arena.temporary("turned", Shape.of(ROWS, 3), DType.F32);
        Slice y = arena.take("y", Shape.of(ROWS, 3), DType.F32);
        Slice runs = arena.take("runs", Shape.of(1), DType.I32);
        arena.seal();
        Kernel relu = device.kernel(Relu.fwd(DType.F32));
        Launch before = relu.bind(positive, x, COUNT);
        Launch backwards = device.kernel(new Backwards()).bind(turned, runs, positive, COUNT, -2f);
        Launch after = relu.bind(y, turned, COUNT);
        try (Graph graph = stream.capture("graph", () -> {
            before.on(stream);
            backwards.on(stream);
            after.on(stream);
        })) {
            assertEquals(3, graph.nodes());
            stream.fill(runs, 0);
            for (int first : new int[] {-60, -10}) {
                write(x, first);
                graph.launch(stream);
                double[] expected = IntStream.range(0, COUNT)
                        .mapToDouble(i -> Math.max(0, Math.max(0, first + COUNT - 1 - i) - 2)).toArray();
                assertArrayEquals(expected, read(y), "from " + first);
            }
            assertArrayEquals(new double[] {2}, read(runs));
        }
    }

    @Test
    void runsOnPartsOfSlices() {
        int step = Slice.ALIGNMENT / Float.BYTES;
        Slice x = arena.take("x", Shape.of(3 * step), DType.F32);
        Slice y = arena.take("y", Shape.of(3 * step), DType.F32);
        Slice runs = arena.take("runs", Shape.of(1), DType.I32);
        arena.seal();
        write(x, 0);
        stream.fill(y, 0);
        stream.fill(runs, 0);
        device.kernel(new Backwards()).bind(y.part("middle", step, Shape.of(5)), runs, x.part("end", 2 * step, Shape.of(5)), 5, 0f)
                .on(stream);
        double[] expected = new double[3 * step];
        for (int i = 0; i < 5; i++) {
            expected[step + i] = 2 * step + 4 - i;
        }
        assertArrayEquals(expected, read(y));
    }

    @Test
    void wrongArgumentsAreRefusedAndReachingOutsideIsReported() {
        Slice x = arena.take("x", Shape.of(COUNT), DType.F32);
        Slice y = arena.take("y", Shape.of(COUNT + 1), DType.F32);
        Slice runs = arena.take("runs", Shape.of(1), DType.I32);
        arena.seal();
        Kernel backwards = device.kernel(new Backwards());
        String message = assertThrows(IllegalArgumentException.class, () -> backwards.bind(y, x, x, COUNT, 0f)).getMessage();
        assertTrue(message.contains("backwards_f32: runs must be a slice of I32"), message);
        message = assertThrows(IllegalArgumentException.class, () -> backwards.bind(y, runs, x, COUNT + 1, 0f)).getMessage();
        assertTrue(message.contains("needs " + (COUNT + 1) + " elements"), message);
        device.kernel(new Backwards(1)).bind(y, runs, x, COUNT + 1, 0f).on(stream);
        message = assertThrows(DeviceException.class, stream::synchronize).getMessage();
        assertTrue(message.contains("backwards_f32"), message);
    }

    /** Writes {@code first}, {@code first + 1} and so on. */
    private void write(Slice slice, int first) {
        try (HostBuffer buffer = device.pinned("up", slice.bytes())) {
            Data values = Data.over(slice.type(), buffer.bytes());
            for (int i = 0; i < slice.count(); i++) {
                values.set(i, first + i);
            }
            stream.copyIn(slice, buffer);
            stream.synchronize();
        }
    }

    private double[] read(Slice slice) {
        try (HostBuffer buffer = device.pinned("down", slice.bytes())) {
            stream.copyOut(buffer, slice);
            stream.synchronize();
            Data values = Data.over(slice.type(), buffer.bytes());
            return IntStream.range(0, values.count()).mapToDouble(values::get).toArray();
        }
    }
}

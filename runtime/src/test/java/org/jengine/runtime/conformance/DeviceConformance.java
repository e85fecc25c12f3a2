package org.jengine.runtime.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jengine.kernels.DType;
import org.jengine.kernels.Relu;
import org.jengine.kernels.Shape;
import org.jengine.kernels.Sigmoid;
import org.jengine.kernels.ClockTick;
import org.jengine.runtime.Arena;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Device;
import org.jengine.runtime.Event;
import org.jengine.runtime.Graph;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Kernel;
import org.jengine.runtime.Launch;
import org.jengine.runtime.OutOfDeviceMemory;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every device owes its callers beside right numbers: memory, order, graphs, lifetimes, clear refusals. */
@Timeout(60)
public abstract class DeviceConformance {
    /** The device to test, in debug mode. */
    protected abstract Device open();

    @Test
    void freshMemoryIsPoisonedInDebugMode() {
        try (Device device = open(); Workbench bench = new Workbench(device)) {
            Slice slice = bench.empty("fresh", DType.F32, Shape.of(100));
            bench.ready();
            assertTrue(Arrays.stream(bench.read(slice)).allMatch(Double::isNaN));
        }
    }

    @Test
    void fillsAndCopiesKeepTheirOrder() {
        try (Device device = open(); Workbench bench = new Workbench(device)) {
            Slice slice = bench.empty("slice", DType.U8, Shape.of(1000));
            bench.ready();
            try (HostBuffer first = device.pinned("first", 1000); HostBuffer second = device.pinned("second", 1000)) {
                bench.stream().fill(slice, 1);
                bench.stream().copyOut(first, slice);
                bench.stream().fill(slice, 0x102);
                bench.stream().copyOut(second, slice);
                bench.stream().synchronize();
                for (int i = 0; i < 1000; i++) {
                    assertEquals(1, first.bytes().get(i));
                    assertEquals(2, second.bytes().get(i));
                }
            }
        }
    }

    @Test
    void partsAreAlignedViews() {
        try (Device device = open(); Workbench bench = new Workbench(device)) {
            double[] values = Workbench.random(1, DType.F32, 300);
            Slice slice = bench.of("whole", DType.F32, Shape.of(300), values);
            bench.ready();
            int step = Slice.ALIGNMENT / 4;
            Slice part = slice.part("part", step, Shape.of(10, 3));
            assertArrayEquals(Arrays.copyOfRange(values, step, step + 30), bench.read(part));
            assertEquals(Shape.of(10, 3), part.shape());
            assertThrows(IllegalArgumentException.class, () -> slice.part("unaligned", 1, Shape.of(10)));
            assertThrows(IllegalArgumentException.class, () -> slice.part("too long", step, Shape.of(300)));
            assertThrows(IllegalArgumentException.class, () -> slice.reshape(Shape.of(7, 7)));
        }
    }

    @Test
    void arenasRefuseWhatComesTooLateOrTooEarly() {
        try (Device device = open()) {
            Arena arena = device.arena("late");
            Slice slice = arena.take("slice", Shape.of(10), DType.F32);
            Stream stream = device.stream("s");
            HostBuffer buffer = device.pinned("b", 40);
            assertThrows(IllegalStateException.class, () -> {
                stream.copyIn(slice, buffer);
                stream.synchronize();
            }, "memory that is not there yet");
            arena.seal();
            assertThrows(IllegalStateException.class, () -> arena.take("more", Shape.of(1), DType.F32));
            assertThrows(IllegalStateException.class, arena::seal);
            stream.copyIn(slice, buffer);
            assertDoesNotThrow(stream::synchronize);
            stream.close();
            buffer.close();
            arena.close();
            arena.close();
        }
    }

    @Test
    void askingForMoreMemoryThanThereIsNamesTheSizes() {
        try (Device device = open(); Arena arena = device.arena("huge")) {
            long before = device.allocatedBytes();
            arena.take("slice", Shape.of(1 << 20, 1 << 10, 1 << 9), DType.F32);
            OutOfDeviceMemory e = assertThrows(OutOfDeviceMemory.class, arena::seal);
            assertEquals(arena.bytes(), e.asked());
            assertTrue(e.getMessage().contains("huge"), e.getMessage());
            assertEquals(before, device.allocatedBytes());
        }
    }

    @Test
    void memoryIsCountedAndGivenBack() {
        try (Device device = open()) {
            long before = device.allocatedBytes();
            try (Arena arena = device.arena("counted")) {
                arena.take("slice", Shape.of(1000), DType.F32);
                arena.seal();
                assertTrue(device.allocatedBytes() >= before + 4000);
            }
            assertEquals(before, device.allocatedBytes());
        }
    }

    @Test
    void writingBehindASliceIsFoundWhenItsArenaCloses() {
        try (Device device = open()) {
            Arena arena = device.arena("guarded");
            Slice slice = arena.take("victim", Shape.of(16), DType.F32);
            arena.seal();
            corrupt(slice);
            RuntimeException e = assertThrows(RuntimeException.class, arena::close);
            assertTrue(e.getMessage().contains("victim"), e.getMessage());
        }
    }

    /** Writes one byte behind the slice, by whatever means the backend has. */
    protected abstract void corrupt(Slice slice);

    @Test
    void aGraphReplaysWhatWasRecordedAndRecordingDoesNothing() {
        try (Device device = open(); Workbench bench = new Workbench(device)) {
            Slice clock = bench.of("clock", DType.I32, Shape.of(4), new double[] {0, 5, 100, 0});
            bench.ready();
            Launch tick = device.kernel(ClockTick.of()).bind(clock);
            try (Graph graph = bench.stream().capture("two ticks", () -> {
                tick.on(bench.stream());
                tick.on(bench.stream());
            })) {
                assertArrayEquals(new double[] {0, 5, 100, 0}, bench.read(clock));
                assertEquals(2, graph.nodes());
                for (int i = 0; i < 50; i++) {
                    graph.launch(bench.stream());
                }
                bench.stream().synchronize();
                assertArrayEquals(new double[] {100, 5, 200, 0}, bench.read(clock));
            }
        }
    }

    @Test
    void aGraphKeepsEveryDependency() {
        // x -> relu -> conv -> sigmoid with the filters and the input rewritten in between: the order must survive any tiling.
        ConvSpec spec = new ConvSpec(37, 6, 5, 4, 8, 3, 3, 1, DType.F32, Activation.NONE, Activation.NONE);
        try (Device device = open(); Workbench bench = new Workbench(device)) {
            double[] w2 = Workbench.random(5, DType.F32, spec.weights().count());
            Slice x = bench.of("x", DType.F32, spec.x(), Workbench.random(1, DType.F32, spec.x().count()));
            Slice w = bench.of("w", DType.F32, spec.weights(), Workbench.random(2, DType.F32, spec.weights().count()));
            Slice other = bench.of("other", DType.F32, spec.weights(), w2);
            Slice b = bench.of("b", DType.F32, Shape.of(spec.k()), Workbench.random(3, DType.F32, spec.k()));
            Slice h = bench.empty("h", DType.F32, spec.x());
            Slice y1 = bench.empty("y1", DType.F32, spec.y());
            Slice y2 = bench.empty("y2", DType.F32, spec.y());
            bench.ready();
            Kernel relu = device.kernel(Relu.fwd(DType.F32));
            Kernel sigmoid = device.kernel(Sigmoid.fwd(DType.F32));
            int count = (int) spec.x().count();
            Launch[] work = {
                relu.bind(h, x, count),
                bench.library().conv(spec).forward(y1, h, w, b),
                sigmoid.bind(y1, y1, (int) spec.y().count()),
                relu.bind(w, other, (int) spec.weights().count()),
                sigmoid.bind(x, x, count),
                relu.bind(h, x, count),
                bench.library().conv(spec).forward(y2, h, w, b)};
            double[] x0 = bench.read(x);
            double[] w0 = bench.read(w);
            for (Launch l : work) {
                bench.run(l);
            }
            double[] eager1 = bench.read(y1);
            double[] eager2 = bench.read(y2);
            bench.write(x, x0);
            bench.write(w, w0);
            bench.stream().fill(y1, 0xff);
            bench.stream().fill(y2, 0xff);
            try (Graph graph = bench.stream().capture("chain", () -> {
                for (Launch l : work) {
                    l.on(bench.stream());
                }
            })) {
                graph.launch(bench.stream());
                bench.stream().synchronize();
            }
            assertArrayEquals(eager1, bench.read(y1));
            assertArrayEquals(eager2, bench.read(y2));
            assertTrue(Arrays.stream(eager2).noneMatch(Double::isNaN));
        }
    }

    @Test
    void temporarySlicesHandOnWithinAGraph() {
        ConvSpec spec = new ConvSpec(61, 6, 5, 4, 8, 3, 3, 1, DType.F32, Activation.NONE, Activation.NONE);
        try (Device device = open(); Arena temporaries = device.arena("temporaries"); Workbench bench = new Workbench(device)) {
            Slice x = bench.of("x", DType.F32, spec.x(), Workbench.random(1, DType.F32, spec.x().count()));
            Slice w = bench.of("w", DType.F32, spec.weights(), Workbench.random(2, DType.F32, spec.weights().count()));
            Slice b = bench.of("b", DType.F32, Shape.of(spec.k()), Workbench.random(3, DType.F32, spec.k()));
            List<double[]> results = new ArrayList<>();
            Slice[] kept = {bench.empty("h", DType.F32, spec.x()), bench.empty("c", DType.F32, spec.y())};
            Slice[] passing = {temporaries.temporary("h", spec.x(), DType.F32), temporaries.temporary("c", spec.y(), DType.F32)};
            Slice y = bench.empty("y", DType.F32, spec.y());
            Slice dw = bench.empty("dw", DType.F32, spec.weights());
            Slice db = bench.empty("db", DType.F32, Shape.of(spec.k()));
            temporaries.seal();
            bench.ready();
            Kernel relu = device.kernel(Relu.fwd(DType.F32));
            Kernel sigmoid = device.kernel(Sigmoid.fwd(DType.F32));
            for (Slice[] between : List.of(kept, passing)) {
                Launch forward = bench.library().conv(spec).forward(between[1], between[0], w, b);
                Launch gradients = bench.library().conv(spec).backwardWeights(dw, db, between[0], between[1]);
                bench.bound();
                try (Graph graph = bench.stream().capture("hand on", () -> {
                    relu.bind(between[0], x, (int) x.count()).on(bench.stream());
                    forward.on(bench.stream());
                    sigmoid.bind(between[1], between[1], (int) y.count()).on(bench.stream());
                    sigmoid.bind(y, between[1], (int) y.count()).on(bench.stream());
                    gradients.on(bench.stream());
                })) {
                    for (int i = 0; i < 20; i++) {
                        graph.launch(bench.stream());
                    }
                    bench.stream().synchronize();
                    results.add(bench.read(y));
                    results.add(bench.read(dw));
                }
            }
            assertArrayEquals(results.get(0), results.get(2));
            assertArrayEquals(results.get(1), results.get(3));
            assertTrue(Arrays.stream(results.get(1)).noneMatch(Double::isNaN));
        }
    }

    @Test
    void kernelsMayWorkInPlace() {
        try (Device device = open(); Workbench bench = new Workbench(device)) {
            double[] dy = Workbench.random(1, DType.F32, 2100);
            double[] y = Workbench.random(2, DType.F32, 2100);
            Slice gradient = bench.of("gradient", DType.F32, Shape.of(7, 300), dy);
            Slice apart = bench.empty("apart", DType.F32, Shape.of(7, 300));
            Slice output = bench.of("output", DType.F32, Shape.of(7, 300), y);
            bench.ready();
            for (Kernel backward : new Kernel[] {device.kernel(Relu.bwd(DType.F32)), device.kernel(Sigmoid.bwd(DType.F32))}) {
                bench.write(gradient, dy);
                bench.run(backward.bind(apart, gradient, output, 2100));
                bench.run(backward.bind(gradient, gradient, output, 2100));
                assertArrayEquals(bench.read(apart), bench.read(gradient));
            }
        }
    }

    @Test
    void eventsOrderStreams() {
        try (Device device = open(); Arena arena = device.arena("a"); Stream one = device.stream("one"); Stream two = device.stream("two");
             Event written = device.event()) {
            Slice slice = arena.take("slice", Shape.of(1 << 20), DType.U8);
            arena.seal();
            try (HostBuffer buffer = device.pinned("b", 1 << 20)) {
                for (int round = 1; round < 20; round++) {
                    one.fill(slice, round);
                    one.record(written);
                    two.await(written);
                    two.copyOut(buffer, slice);
                    two.synchronize();
                    assertTrue(written.done());
                    for (int at = 0; at < 1 << 20; at += 4097) {
                        assertEquals(round, buffer.bytes().get(at));
                    }
                }
            }
        }
    }

    @Test
    void eventsTellTheTimeBetweenThem() {
        try (Device device = open(); Arena arena = device.arena("a"); Stream stream = device.stream("s"); Event start = device.event();
             Event end = device.event()) {
            Slice slice = arena.take("slice", Shape.of(1 << 22), DType.U8);
            arena.seal();
            assertThrows(IllegalStateException.class, () -> end.secondsSince(start));
            stream.record(start);
            stream.fill(slice, 1);
            stream.record(end);
            end.synchronize();
            double seconds = end.secondsSince(start);
            assertTrue(seconds > 0 && seconds < 10, "4 MB took " + seconds + " s");
        }
    }

    @Test
    void wrongArgumentsAreRefusedWhenBound() {
        try (Device device = open(); Workbench bench = new Workbench(device)) {
            Slice x = bench.empty("x", DType.F32, Shape.of(8));
            Slice bytes = bench.empty("bytes", DType.U8, Shape.of(8));
            Slice clock = bench.empty("clock", DType.I32, Shape.of(3));
            bench.ready();
            Kernel relu = device.kernel(Relu.fwd(DType.F32));
            assertThrows(IllegalArgumentException.class, () -> relu.bind(x, x));
            assertThrows(IllegalArgumentException.class, () -> relu.bind(x, bytes, 8));
            assertThrows(IllegalArgumentException.class, () -> relu.bind(x, x, 8L));
            IllegalArgumentException tooMany = assertThrows(IllegalArgumentException.class, () -> relu.bind(x, x, 9));
            assertTrue(tooMany.getMessage().contains("9"), tooMany.getMessage());
            IllegalArgumentException none = assertThrows(IllegalArgumentException.class, () -> relu.bind(x, x, 0));
            assertTrue(none.getMessage().contains("count=0"), none.getMessage());
            assertThrows(IllegalArgumentException.class, () -> relu.bind(x, x, -1));
            IllegalArgumentException shortClock =
                    assertThrows(IllegalArgumentException.class, () -> device.kernel(ClockTick.of()).bind(clock));
            assertTrue(shortClock.getMessage().contains("clock needs 4 elements"), shortClock.getMessage());
            ConvSpec spec = new ConvSpec(1, 4, 4, 1, 1, 3, 3, 0, DType.F32, Activation.NONE, Activation.NONE);
            assertThrows(IllegalArgumentException.class, () -> bench.library().conv(spec).forward(x, x, x, x));
        }
    }

    @Test
    void useAfterCloseIsRefusedAndClosingTwiceIsHarmless() {
        Device device = open();
        Stream stream = device.stream("s");
        Graph graph = stream.capture("empty", () -> { });
        graph.close();
        graph.close();
        assertThrows(IllegalStateException.class, () -> graph.launch(stream));
        stream.close();
        stream.close();
        Event event = device.event();
        assertThrows(IllegalStateException.class, () -> stream.record(event));
        event.close();
        device.close();
        device.close();
        assertThrows(IllegalStateException.class, () -> device.stream("late"));
        assertThrows(IllegalStateException.class, () -> device.arena("late"));
        assertThrows(IllegalStateException.class, () -> device.kernel(ClockTick.of()));
    }

    @Test
    void twoDevicesAndManyThreadsWorkSideBySide() throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(4);
        try (Device one = open(); Device two = open()) {
            for (int t = 0; t < 4; t++) {
                Device device = t % 2 == 0 ? one : two;
                int seed = t;
                Thread thread = new Thread(() -> {
                    try (Workbench bench = new Workbench(device)) {
                        double[] values = Workbench.random(seed, DType.F32, 5000);
                        Slice x = bench.of("x", DType.F32, Shape.of(5000), values);
                        Slice y = bench.empty("y", DType.F32, Shape.of(5000));
                        bench.ready();
                        Launch relu = device.kernel(Relu.fwd(DType.F32)).bind(y, x, 5000);
                        for (int i = 0; i < 50; i++) {
                            bench.run(relu);
                        }
                        assertArrayEquals(Arrays.stream(values).map(v -> Math.max(v, 0)).toArray(), bench.read(y));
                    } catch (RuntimeException | Error e) {
                        failure.set(e);
                    } finally {
                        done.countDown();
                    }
                });
                thread.start();
            }
            assertTrue(done.await(50, TimeUnit.SECONDS), "threads hang");
        }
        assertFalse(failure.get() != null, () -> "a thread failed: " + failure.get());
    }
}

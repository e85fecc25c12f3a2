package org.jengine.runtime.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jengine.kernels.Args;
import org.jengine.kernels.Case;
import org.jengine.kernels.ClockTick;
import org.jengine.kernels.DType;
import org.jengine.kernels.Grid;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.kernels.Relu;
import org.jengine.kernels.Shape;
import org.jengine.kernels.SumPartials;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Devices;
import org.jengine.runtime.Event;
import org.jengine.runtime.Graph;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Launch;
import org.jengine.runtime.OutOfDeviceMemory;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is particular about OpenCL devices. */
class OpenClDeviceTest {
    @TempDir
    private static Path cache;

    @Test
    void theNameChoosesTheDevice() {
        OpenCl.assumeThere();
        for (DeviceInfo info : new OpenClBackend(cache).probe().devices()) {
            try (Device device = Devices.open(info.id(), DeviceRequest.first())) {
                assertEquals(info, device.info());
            }
        }
        assertThrows(DeviceUnavailable.class, () -> Devices.open("opencl:4711", DeviceRequest.first()));
    }

    @Test
    void threadsMakeADeviceOfSoManyComputeUnits() {
        OpenCl.assumeThere();
        Facts cpu = Listing.read().devices().stream().map(Listing.Found::facts).filter(f -> f.isCpu() && f.divisible()).findFirst()
                .orElse(null);
        assumeTrue(cpu != null, "no opencl device on a CPU whose units can be divided");
        DeviceRequest request = DeviceRequest.first().withWhich(cpu.id().substring("opencl:".length())).withDebug();
        for (int threads = Math.max(1, cpu.computeUnits() - 1); threads <= cpu.computeUnits(); threads++) {
            try (Device device = OpenCl.open(cache, request.withThreads(threads))) {
                assertEquals(cpu.id(), device.info().id());
                assertEquals(Integer.toString(threads), device.info().details().get("compute units"));
                assertEquals(Integer.toString(threads), device.info().details().get("threads"));
                assertArrayEquals(new int[] {100, 0, 100, 0}, ticks(device, 100));
            }
        }
        DeviceRequest tooMany = request.withThreads(cpu.computeUnits() + 1);
        assertThrows(DeviceUnavailable.class, () -> OpenCl.open(cache, tooMany));
    }

    private static int[] ticks(Device device, int count) {
        try (Arena arena = device.arena("a"); Stream stream = device.stream("s"); HostBuffer host = device.pinned("h", 16)) {
            Slice clock = arena.take("clock", Shape.of(4), DType.I32);
            Launch tick = device.kernel(ClockTick.of()).bind(clock);
            arena.seal();
            stream.fill(clock, 0);
            for (int i = 0; i < count; i++) {
                tick.on(stream);
            }
            stream.copyOut(host, clock);
            stream.synchronize();
            int[] values = new int[4];
            host.bytes().asIntBuffer().get(values);
            return values;
        }
    }

    @Test
    void replayingAGraphAllocatesNothingOnTheHeap() {
        try (Device device = OpenCl.open(cache); Arena arena = device.arena("a"); Stream stream = device.stream("s");
             HostBuffer host = device.pinned("h", 16)) {
            Slice clock = arena.take("clock", Shape.of(4), DType.I32);
            Slice x = arena.take("x", Shape.of(1000), DType.F32);
            arena.seal();
            Launch tick = device.kernel(ClockTick.of()).bind(clock);
            Launch relu = device.kernel(Relu.fwd(DType.F32)).bind(x, x, 1000);
            stream.copyIn(clock, host);
            try (Graph graph = stream.capture("step", () -> {
                stream.fill(x, 0);
                relu.on(stream);
                tick.on(stream);
            })) {
                ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                long least = Long.MAX_VALUE;
                for (int round = 0; round < 6; round++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < 100; i++) {
                        graph.launch(stream);
                    }
                    // Java itself allocates now and then, as when it compiles; in one of the rounds it does not.
                    least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                    stream.synchronize();
                }
                assertTrue(least < 100, "100 launches allocated " + least + " bytes");
                stream.copyOut(host, clock);
                stream.synchronize();
                assertEquals(600, host.bytes().getInt(0));
            }
            assertTrue(Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().startsWith("AsyncOpThread")),
                    "copies start no threads");
        }
    }

    /** Letting a queue go takes a pause, waiting for it must not. */
    @Test
    void waitingForWhatIsDoneTakesNoTime() {
        try (Device device = OpenCl.open(cache); Stream stream = device.stream("idle")) {
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 20; i++) {
                long start = System.nanoTime();
                stream.synchronize();
                least = Math.min(least, System.nanoTime() - start);
            }
            assertTrue(least < 1_000_000, least + " ns");
        }
    }

    @Test
    void aStreamMayBeClosedWhileOthersWaitForIt() throws InterruptedException {
        try (Device device = OpenCl.open(cache); Arena arena = device.arena("some")) {
            Slice slice = arena.take("slice", Shape.of(1 << 20), DType.F32);
            arena.seal();
            for (int i = 0; i < 20; i++) {
                Stream stream = device.stream("short");
                stream.fill(slice, i);
                List<Throwable> failures = new CopyOnWriteArrayList<>();
                Thread[] waiting = new Thread[3];
                for (int t = 0; t < waiting.length; t++) {
                    waiting[t] = new Thread(() -> {
                        try {
                            stream.synchronize();
                        } catch (IllegalStateException e) {
                            // It was closed before.
                        } catch (RuntimeException e) {
                            failures.add(e);
                        }
                    });
                    waiting[t].start();
                }
                stream.close();
                for (Thread thread : waiting) {
                    thread.join();
                }
                assertEquals(List.of(), failures);
            }
        }
    }

    @Test
    void whatBelongsToAnotherDeviceIsNamed() {
        try (Device one = OpenCl.open(cache); Device two = OpenCl.open(cache);
             Arena arena = one.arena("a"); Stream stream = one.stream("one's"); HostBuffer buffer = one.pinned("one's buffer", 16);
             Event event = one.event(); Arena other = two.arena("b"); Stream foreign = two.stream("two's");
             Graph graph = foreign.capture("graph", () -> { })) {
            Slice clock = arena.take("one's clock", Shape.of(4), DType.I32);
            Slice own = other.take("two's clock", Shape.of(4), DType.I32);
            arena.seal();
            assertForeign("slice one's clock", () -> foreign.fill(clock, 0));
            assertForeign("slice one's clock", () -> two.kernel(ClockTick.of()).bind(clock));
            assertForeign("host buffer one's buffer", () -> foreign.copyIn(own, buffer));
            assertForeign("event of another device", () -> foreign.record(event));
            assertForeign("event of another device", () -> foreign.await(event));
            assertForeign("stream one's", () -> graph.launch(stream));
            Launch tick = one.kernel(ClockTick.of()).bind(clock);
            assertForeign("stream two's", () -> tick.on(foreign));
        }
    }

    private static void assertForeign(String what, Runnable use) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, use::run);
        assertTrue(e.getMessage().contains(what) && e.getMessage().contains("another device"), e.getMessage());
    }

    @Test
    void closedThingsAreRefusedBeforeTheDriverSeesThem() {
        try (Device device = OpenCl.open(cache); Stream stream = device.stream("s")) {
            Arena arena = device.arena("gone");
            Slice clock = arena.take("clock", Shape.of(4), DType.I32);
            arena.seal();
            Launch tick = device.kernel(ClockTick.of()).bind(clock);
            HostBuffer buffer = device.pinned("b", 16);
            try (Graph graph = stream.capture("g", () -> tick.on(stream));
                 Graph copy = stream.capture("c", () -> stream.copyIn(clock, buffer))) {
                graph.launch(stream);
                buffer.close();
                assertThrows(IllegalStateException.class, buffer::bytes);
                assertThrows(IllegalStateException.class, () -> copy.launch(stream));
                arena.close();
                assertThrows(IllegalStateException.class, () -> tick.on(stream));
                assertThrows(IllegalStateException.class, () -> graph.launch(stream));
                assertThrows(IllegalStateException.class, () -> stream.fill(clock, 0));
            }
            Event event = device.event();
            stream.record(event);
            event.close();
            assertThrows(IllegalStateException.class, () -> stream.record(event));
            assertThrows(IllegalStateException.class, event::synchronize);
        }
    }

    @Test
    void launchesEndWithTheirMemory() {
        try (Device device = OpenCl.open(cache); Arena lasting = device.arena("lasting"); Stream stream = device.stream("s")) {
            Slice x = lasting.take("x", Shape.of(8), DType.F32);
            lasting.seal();
            Launch within = device.kernel(Relu.fwd(DType.F32)).bind(x, x, 8);
            Arena passing = device.arena("passing");
            Slice y = passing.take("y", Shape.of(8), DType.F32);
            Launch across = device.kernel(Relu.fwd(DType.F32)).bind(y, x, 8);
            passing.seal();
            across.on(stream);
            passing.close();
            assertTrue(((ClLaunch) across).ended());
            assertThrows(IllegalStateException.class, () -> across.on(stream));
            assertFalse(((ClLaunch) within).ended());
            within.on(stream);
            stream.synchronize();
            Arena never = device.arena("never sealed");
            Launch unused = device.kernel(Relu.fwd(DType.F32)).bind(x, never.take("z", Shape.of(8), DType.F32), 8);
            never.close();
            assertTrue(((ClLaunch) unused).ended());
            assertThrows(IllegalStateException.class, () -> unused.on(stream));
        }
    }

    @Test
    void aWorkGroupThatIsTooLargeIsRefusedWhenBound() {
        try (Device device = OpenCl.open(cache); Arena arena = device.arena("a")) {
            int limit = Integer.parseInt(device.info().details().get("work-group limit"));
            Slice x = arena.take("x", Shape.of(8), DType.F32);
            KernelDef wide = new Altered(Relu.fwd(DType.F32), Relu.fwd(DType.F32).constants(), limit + 1);
            DeviceException e = assertThrows(DeviceException.class, () -> device.kernel(wide).bind(x, x, 8));
            assertTrue(e.getMessage().contains("relu_fwd_f32 needs work-groups of " + (limit + 1) + " work items"), e.getMessage());
            assertTrue(e.getMessage().contains("allows " + limit), e.getMessage());
        }
    }

    @Test
    void aWorkGroupThatSharesTooMuchIsRefusedWhenBound() {
        try (Device device = OpenCl.open(cache); Arena arena = device.arena("a")) {
            Slice x = arena.take("x", Shape.of(8), DType.F32);
            long lanes = Listing.read().choose("").facts().localMemory() / Float.BYTES + 1;
            Map<String, String> constants = new TreeMap<>(SumPartials.of().constants());
            constants.put("LANES", Long.toString(lanes));
            KernelDef greedy = new Altered(SumPartials.of(), constants, 64);
            DeviceException e = assertThrows(DeviceException.class, () -> device.kernel(greedy).bind(x, x, 8, 1));
            assertTrue(e.getMessage().contains("sum_partials_f32 needs " + lanes * Float.BYTES + " bytes of local memory"), e.getMessage());
        }
    }

    /** A kernel with other constants, in other blocks. */
    private record Altered(KernelDef kernel, Map<String, String> constants, int threads) implements KernelDef {
        @Override
        public String entry() {
            return kernel.entry();
        }

        @Override
        public List<Param> params() {
            return kernel.params();
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return kernel.elements(buffer, sizes);
        }

        @Override
        public Grid grid(Args sizes) {
            return new Grid(1, 1, 1, threads);
        }

        @Override
        public void reference(Args a) {
            kernel.reference(a);
        }

        @Override
        public List<Case> cases() {
            return kernel.cases();
        }
    }

    @Test
    void aBufferLargerThanTheDriverGivesIsRefused() {
        try (Device device = OpenCl.open(cache); Arena arena = device.arena("big")) {
            Facts facts = Listing.read().choose("").facts();
            arena.take("fits", Shape.of(1000), DType.F32);
            arena.take("does not", Shape.of((int) (facts.largestBuffer() / Slice.ALIGNMENT), Slice.ALIGNMENT), DType.U8);
            OutOfDeviceMemory e = assertThrows(OutOfDeviceMemory.class, arena::seal);
            assertEquals(arena.bytes(), e.asked());
            assertEquals(facts.largestBuffer(), e.left());
            String why = facts.largestBuffer() < facts.memory() ? "a buffer may have" : "are left";
            assertTrue(e.getMessage().contains("big asked for") && e.getMessage().contains(why), e.getMessage());
            assertEquals(0, device.allocatedBytes());
        }
    }

    @Test
    void reshapedSlicesShareTheirBuffer() {
        try (Device device = OpenCl.open(cache); Arena arena = device.arena("a")) {
            Slice x = arena.take("x", Shape.of(4, 256), DType.F32);
            arena.seal();
            assertEquals(((ClSlice) x).memory(), ((ClSlice) x.reshape(Shape.of(1024))).memory());
            assertEquals(((ClSlice) x).memory(), ((ClSlice) x.part("all", 0, Shape.of(2, 512))).memory());
        }
    }

    @Test
    void hostBuffersAreZeroAndOfTheOrderOfTheMachine() {
        try (Device device = OpenCl.open(cache); HostBuffer buffer = device.pinned("b", 1001)) {
            ByteBuffer bytes = buffer.bytes();
            assertEquals(1001, bytes.remaining());
            assertEquals(ByteOrder.nativeOrder(), bytes.order());
            while (bytes.hasRemaining()) {
                assertEquals(0, bytes.get());
            }
            assertThrows(IllegalArgumentException.class, () -> device.pinned("none", 0));
        }
    }
}

package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jengine.kernels.ClockTick;
import org.jengine.kernels.DType;
import org.jengine.kernels.Relu;
import org.jengine.kernels.Shape;
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
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.jengine.runtime.conformance.JavaProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is particular about CUDA devices. */
class CudaDeviceTest {
    @TempDir
    private static Path cache;

    @Test
    void theNameChoosesTheDevice() {
        Cuda.assumeThere();
        for (DeviceInfo info : new CudaBackend(cache, false).probe().devices()) {
            try (Device device = Devices.open(info.id(), DeviceRequest.first())) {
                assertEquals(info, device.info());
            }
        }
        assertThrows(DeviceUnavailable.class, () -> Devices.open("cuda:4711", DeviceRequest.first()));
    }

    @Test
    void replayingAGraphAllocatesNothingOnTheHeap() {
        try (Device device = Cuda.open(cache); Arena arena = device.arena("a"); Stream stream = device.stream("s");
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
                assertEquals(3, graph.nodes());
                ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                long least = Long.MAX_VALUE;
                for (int round = 0; round < 6; round++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < 50; i++) {
                        graph.launch(stream);
                        relu.on(stream);
                    }
                    // Java itself allocates now and then, as when it compiles; in one of the rounds it does not.
                    least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                    stream.synchronize();
                }
                assertTrue(least < 100, "50 launches allocated " + least + " bytes");
                stream.copyOut(host, clock);
                stream.synchronize();
                assertEquals(300, host.bytes().getInt(0));
            }
        }
    }

    @Test
    void aGraphMayBranchAndMeetAgain() {
        try (Device device = Cuda.open(cache); Arena arena = device.arena("a"); Stream stream = device.stream("trunk");
             Stream side = device.stream("branch"); HostBuffer host = device.pinned("h", 16); Event fork = device.event();
             Event join = device.event()) {
            Slice one = arena.take("one", Shape.of(4), DType.I32);
            Slice two = arena.take("two", Shape.of(4), DType.I32);
            arena.seal();
            Launch first = device.kernel(ClockTick.of()).bind(one);
            Launch second = device.kernel(ClockTick.of()).bind(two);
            try (Graph graph = stream.capture("branches", () -> {
                stream.fill(one, 0);
                stream.fill(two, 0);
                stream.record(fork);
                side.await(fork);
                second.on(side);
                first.on(stream);
                side.record(join);
                stream.await(join);
                first.on(stream);
                second.on(stream);
            })) {
                assertEquals(6, graph.nodes());
                assertTrue(fork.done(), "an event that was recorded in a graph only is as one never recorded");
                graph.launch(stream);
                graph.launch(stream);
                stream.copyOut(host, one);
                stream.synchronize();
                assertEquals(2, host.bytes().getInt(0));
                // The branch is an ordinary stream again.
                second.on(side);
                side.copyOut(host, two);
                side.synchronize();
                assertEquals(3, host.bytes().getInt(0));
            }
        }
    }

    @Test
    void whatCannotBeRecordedIsRefusedAndTheStreamGoesOn() {
        try (Device device = Cuda.open(cache); Arena arena = device.arena("a"); Stream stream = device.stream("s");
             Stream other = device.stream("other"); Event before = device.event()) {
            Slice clock = arena.take("clock", Shape.of(4), DType.I32);
            arena.seal();
            Launch tick = device.kernel(ClockTick.of()).bind(clock);
            stream.record(before);
            assertRefused("cannot be waited for", stream, stream::synchronize);
            assertRefused("no part of the graph", stream, () -> tick.on(other));
            assertRefused("not recorded in the graph", stream, () -> other.await(before));
            assertRefused("recording a graph already", stream, () -> other.capture("inner", () -> { }));
            assertRefused("cannot be closed", stream, stream::close);
            try (Graph graph = stream.capture("g", () -> tick.on(stream))) {
                assertRefused("cannot be launched into a recording", stream, () -> graph.launch(stream));
                graph.launch(stream);
            }
            AtomicReference<RuntimeException> seen = new AtomicReference<>();
            stream.capture("watched", () -> {
                Thread thread = new Thread(() -> seen.set(assertThrows(RuntimeException.class, () -> tick.on(stream))));
                thread.start();
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }).close();
            assertTrue(seen.get().getMessage().contains("records a graph for another thread"), seen.get().getMessage());
            tick.on(stream);
            stream.synchronize();
        }
    }

    private static void assertRefused(String why, Stream stream, Runnable work) {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> stream.capture("refused", work));
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    @Test
    void whatBelongsToAnotherDeviceIsNamed() {
        try (Device one = Cuda.open(cache); Device two = Cuda.open(cache);
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
    void closedThingsAreRefusedBeforeTheDriverSeesThem() throws InterruptedException {
        Device device = Cuda.open(cache);
        Stream stream = device.stream("s");
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
        stream.close();
        device.close();
        AtomicReference<RuntimeException> seen = new AtomicReference<>();
        Thread thread = new Thread(() -> seen.set(assertThrows(RuntimeException.class, () -> tick.on(stream))));
        thread.start();
        thread.join();
        assertEquals("device cuda:0 is closed", seen.get().getMessage());
    }

    @Test
    void launchesEndWithTheirMemory() {
        try (Device device = Cuda.open(cache); Arena lasting = device.arena("lasting"); Stream stream = device.stream("s")) {
            Slice x = lasting.take("x", Shape.of(8), DType.F32);
            lasting.seal();
            Launch within = device.kernel(Relu.fwd(DType.F32)).bind(x, x, 8);
            Arena passing = device.arena("passing");
            Launch across = device.kernel(Relu.fwd(DType.F32)).bind(passing.take("y", Shape.of(8), DType.F32), x, 8);
            passing.seal();
            stream.fill(x, 0);
            across.on(stream);
            passing.close();
            assertTrue(((CudaLaunch) across).ended());
            assertThrows(IllegalStateException.class, () -> across.on(stream));
            assertFalse(((CudaLaunch) within).ended());
            within.on(stream);
            stream.synchronize();
            Arena never = device.arena("never sealed");
            Launch unused = device.kernel(Relu.fwd(DType.F32)).bind(x, never.take("z", Shape.of(8), DType.F32), 8);
            never.close();
            assertTrue(((CudaLaunch) unused).ended());
            assertThrows(IllegalStateException.class, () -> unused.on(stream));
        }
    }

    @Test
    void blocksThatAreTooLargeAreRefusedWhenBound() {
        try (Device device = Cuda.open(cache); Arena arena = device.arena("a")) {
            Slice x = arena.take("x", Shape.of(8), DType.F32);
            DeviceException e = assertThrows(DeviceException.class,
                    () -> device.kernel(new Overrun(Relu.fwd(DType.F32), 2048)).bind(x, x, 8));
            assertTrue(e.getMessage().startsWith("relu_fwd_f32 needs blocks of 2048 threads, cuda:0"), e.getMessage());
        }
    }

    @Test
    void hostBuffersAreZeroAndOfTheOrderOfTheMachine() {
        try (Device device = Cuda.open(cache); HostBuffer buffer = device.pinned("b", 1001)) {
            ByteBuffer bytes = buffer.bytes();
            assertEquals(1001, bytes.remaining());
            assertEquals(ByteOrder.nativeOrder(), bytes.order());
            while (bytes.hasRemaining()) {
                assertEquals(0, bytes.get());
            }
            assertThrows(IllegalArgumentException.class, () -> device.pinned("none", 0));
        }
    }

    @Test
    void aFaultOnTheGpuIsToldByEveryLaterCallAndAllCloses() throws Exception {
        Cuda.assumeThere();
        String[] lines = lost("false");
        assertTrue(lines[0].matches("first: cu[A-Za-z]+ -> CUDA_ERROR_[A-Z_]+ \\(7[0-9]{2}\\) on cuda:0.*"), String.join("\n", lines));
        for (int i = 1; i < 5; i++) {
            assertTrue(lines[i].matches("[a-z]+: cuda:0 cannot be used any more, since it failed before: cu[A-Za-z]+ -> CUDA_ERROR_.*"),
                    String.join("\n", lines));
        }
        assertArrayEquals(new String[] {"closed"}, List.of(lines).subList(5, lines.length).toArray());
    }

    @Test
    void waitingForEachLaunchNamesTheKernel() throws Exception {
        Cuda.assumeThere();
        String[] lines = lost("true");
        assertTrue(lines[0].matches("first: cuStreamSynchronize -> CUDA_ERROR_[A-Z_]+ \\(7[0-9]{2}\\) on cuda:0: relu_fwd_f32"),
                String.join("\n", lines));
        assertFalse(lines[1].contains("nothing"), lines[1]);
    }

    private static String[] lost(String sync) throws Exception {
        Path errors = Files.createTempFile(cache, "errors", ".log");
        ProcessBuilder program = JavaProgram.of(LostRun.class, List.of(cache.toString()), Cuda.folderFlag(), "-Djengine.cuda.sync=" + sync)
                .redirectError(errors.toFile());
        return JavaProgram.run(program).split("\\R");
    }
}

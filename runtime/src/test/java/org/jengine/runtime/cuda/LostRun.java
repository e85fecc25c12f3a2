package org.jengine.runtime.cuda;

import java.nio.file.Path;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Event;
import org.jengine.runtime.Graph;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/** A program whose kernel writes far beyond all memory: prints what it is told by then and later, and ends as any other. */
final class LostRun {
    private LostRun() {
    }

    public static void main(String[] args) {
        try (Device device = new CudaBackend(Path.of(args[0]), false).open(DeviceRequest.first().withDebug())) {
            Arena arena = device.arena("a");
            Slice x = arena.take("x", Shape.of(8), DType.F32);
            arena.seal();
            Stream stream = device.stream("s");
            HostBuffer buffer = device.pinned("b", 32);
            Event event = device.event();
            Graph graph = stream.capture("g", () -> stream.fill(x, 0));
            told("first", () -> {
                device.kernel(Overrun.relu()).bind(x, x, 1 << 30).on(stream);
                stream.synchronize();
            });
            told("copy", () -> stream.copyOut(buffer, x));
            told("graph", () -> graph.launch(stream));
            told("seal", () -> {
                Arena more = device.arena("more");
                more.take("y", Shape.of(8), DType.F32);
                more.seal();
            });
            told("synchronize", stream::synchronize);
            for (AutoCloseable c : new AutoCloseable[] {graph, event, buffer, stream, arena}) {
                close(c);
            }
        }
        System.out.println("closed");
    }

    private static void told(String what, Runnable call) {
        try {
            call.run();
            System.out.println(what + ": nothing");
        } catch (DeviceException e) {
            System.out.println(what + ": " + e.getMessage().lines().findFirst().orElse(""));
        }
    }

    private static void close(AutoCloseable c) {
        try {
            c.close();
        } catch (Exception e) {
            System.out.println("close: " + e);
        }
    }
}

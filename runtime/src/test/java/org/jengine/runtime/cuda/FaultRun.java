package org.jengine.runtime.cuda;

import java.nio.file.Path;
import java.util.List;
import org.jengine.kernels.ClockTick;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.jengine.runtime.Event;
import org.jengine.runtime.Graph;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/** A program that works on the first GPU some times, though calls fail, and then on all other devices; prints what it is told. */
final class FaultRun {
    private FaultRun() {
    }

    public static void main(String[] args) {
        CudaBackend backend = new CudaBackend(Path.of(args[0]), false);
        List<String> others = backend.probe().devices().stream().map(d -> d.id().substring("cuda:".length())).skip(1).toList();
        try (Device first = backend.open(DeviceRequest.first())) {
            for (int i = 1; i <= Integer.parseInt(args[1]); i++) {
                told(Integer.toString(i), () -> count(first));
            }
            for (String which : others) {
                try (Device other = backend.open(DeviceRequest.first().withWhich(which))) {
                    told("other", () -> count(other));
                }
            }
            try (Device host = Devices.open("host", DeviceRequest.first().withThreads(1))) {
                told("host", () -> count(host));
            }
        }
        System.out.println("closed");
    }

    /** Three launches of a graph that counts, told by an event. */
    private static void count(Device device) {
        try (Arena arena = device.arena("a"); Stream stream = device.stream("s"); HostBuffer host = device.pinned("h", 16);
             Event end = device.event()) {
            Slice clock = arena.take("clock", Shape.of(4), DType.I32);
            arena.seal();
            Launch tick = device.kernel(ClockTick.of()).bind(clock);
            stream.fill(clock, 0);
            try (Graph graph = stream.capture("step", () -> tick.on(stream))) {
                for (int i = 0; i < 3; i++) {
                    graph.launch(stream);
                }
                stream.record(end);
                end.synchronize();
            }
            stream.copyOut(host, clock);
            stream.synchronize();
            System.out.println("counted " + host.bytes().getInt(0) + " on " + device.info().id());
        }
    }

    private static void told(String what, Runnable work) {
        try {
            work.run();
        } catch (DeviceException e) {
            System.out.println(what + ": " + e.getClass().getSimpleName() + ": " + e.getMessage().replace("\n", " | "));
        }
    }
}

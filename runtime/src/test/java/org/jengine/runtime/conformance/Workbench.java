package org.jengine.runtime.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/** A workbench for tests: slices filled from doubles, launches run to their end, results read back as doubles. */
final class Workbench implements AutoCloseable {
    private final Device device;
    private final Numerics numerics;
    private final Function<Arena, Library> library;
    private final Arena arena;
    private final List<Arena> scratch = new ArrayList<>();
    private final Stream stream;
    private final List<Runnable> fills = new ArrayList<>();
    private int sealed;

    Workbench(Device device) {
        this(device, Numerics.EXACT, scratch -> device.library(scratch, Numerics.EXACT));
    }

    /**
     * A workbench on a device.
     *
     * @param numerics of the library operations
     * @param library  makes them, with memory in the arena
     */
    Workbench(Device device, Numerics numerics, Function<Arena, Library> library) {
        this.device = device;
        this.numerics = numerics;
        this.library = library;
        arena = device.arena("workbench");
        stream = device.stream("workbench");
        arena.take("something before", Shape.of(3), DType.F32);
    }

    Stream stream() {
        return stream;
    }

    Slice empty(String name, DType type, Shape shape) {
        return arena.take(name, shape, type);
    }

    /** A slice that holds these values, rounded to its type, once {@link #ready} was called. */
    Slice of(String name, DType type, Shape shape, double[] values) {
        Slice slice = empty(name, type, shape);
        fills.add(() -> write(slice, values));
        return slice;
    }

    void ready() {
        arena.seal();
        fills.forEach(Runnable::run);
    }

    /** Library operations to be bound before the next {@link #run}, which gives them the memory they asked for. */
    Device device() {
        return device;
    }

    Library library() {
        Arena own = device.arena("scratch");
        scratch.add(own);
        return library.apply(own);
    }

    Numerics numerics() {
        return numerics;
    }

    /** Gives bound operations the memory they asked for. */
    void bound() {
        while (sealed < scratch.size()) {
            scratch.get(sealed++).seal();
        }
    }

    void run(Launch launch) {
        bound();
        launch.on(stream);
        stream.synchronize();
    }

    void write(Slice slice, double[] values) {
        Data data = Data.of(slice.type(), values);
        try (HostBuffer buffer = device.pinned("up", slice.bytes())) {
            buffer.bytes().put(data.bytes());
            stream.copyIn(slice, buffer);
            stream.synchronize();
        }
    }

    double[] read(Slice slice) {
        Data data = Data.of(slice.type(), Math.toIntExact(slice.count()));
        try (HostBuffer buffer = device.pinned("down", slice.bytes())) {
            stream.copyOut(buffer, slice);
            stream.synchronize();
            data.bytes().put(buffer.bytes());
        }
        double[] values = new double[data.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = data.get(i);
        }
        return values;
    }

    /** Random numbers as a slice of the type holds them. */
    static double[] random(long seed, DType type, long count) {
        SplittableRandom random = new SplittableRandom(seed);
        Data data = Data.of(type, Math.toIntExact(count));
        double[] values = new double[data.count()];
        for (int i = 0; i < values.length; i++) {
            data.set(i, random.nextDouble(-1, 1));
            values[i] = data.get(i);
        }
        return values;
    }

    @Override
    public void close() {
        bound();
        stream.close();
        scratch.forEach(Arena::close);
        arena.close();
    }
}

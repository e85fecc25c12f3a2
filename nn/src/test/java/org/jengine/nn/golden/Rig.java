package org.jengine.nn.golden;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jengine.kernels.Args;
import org.jengine.kernels.Data;
import org.jengine.kernels.DType;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Shape;
import org.jengine.nn.TestDevice;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/** {@link TestDevice} in debug mode with one arena: arrays in, launches, arrays out. */
final class Rig implements AutoCloseable {
    private final Device device = TestDevice.open(DeviceRequest.first().withThreads(1).withDebug());
    private final Stream stream = device.stream("golden");
    private final Arena arena = device.arena("golden");
    private final Map<Slice, Data> inputs = new LinkedHashMap<>();

    Library library() {
        return device.library(arena, Numerics.EXACT);
    }

    /** A slice that holds these numbers when the launches run. */
    Slice in(String name, DType type, double[] values, int... dims) {
        return in(name, Data.of(type, values), dims);
    }

    private Slice in(String name, Data data, int... dims) {
        Slice slice = arena.take(name, Shape.of(dims), data.type());
        inputs.put(slice, data);
        return slice;
    }

    /** A slice for a result; poisoned, so that what nobody writes shows. */
    Slice out(String name, DType type, Shape shape) {
        return in(name, Data.of(type, Math.toIntExact(shape.count())).poison(), shape.toArray());
    }

    /** Does the launches once, in order. */
    void run(Launch... launches) {
        arena.seal();
        inputs.forEach(this::write);
        for (Launch launch : launches) {
            launch.on(stream);
        }
        stream.synchronize();
    }

    double[] read(Slice slice) {
        Data data = data(slice);
        double[] out = new double[data.count()];
        for (int i = 0; i < out.length; i++) {
            out[i] = data.get(i);
        }
        return out;
    }

    Launch kernel(KernelDef def, Object... args) {
        return device.kernel(def).bind(args);
    }

    /** What a kernel's reference makes of the arguments, which stay as they are. */
    static Args byReference(Args given) {
        Args args = given.copy();
        args.def().reference(args);
        return args;
    }

    /** What the kernel on the device makes of the arguments, which stay as they are. */
    static Args onDevice(Args given) {
        Args args = given.copy();
        try (Rig rig = new Rig()) {
            List<Object> bound = new ArrayList<>();
            Map<Slice, Data> results = new LinkedHashMap<>();
            List<Object> values = args.inOrder();
            for (int i = 0; i < values.size(); i++) {
                Object value = values.get(i);
                if (value instanceof Data data) {
                    Slice slice = rig.in(args.def().params().get(i).name(), data, data.count());
                    results.put(slice, data);
                    value = slice;
                }
                bound.add(value);
            }
            rig.run(rig.kernel(args.def(), bound.toArray()));
            results.forEach((slice, data) -> data.bytes().put(rig.data(slice).bytes()));
        }
        return args;
    }

    private void write(Slice slice, Data data) {
        try (HostBuffer buffer = device.pinned(slice.name(), slice.bytes())) {
            buffer.bytes().put(data.bytes());
            stream.copyIn(slice, buffer);
            stream.synchronize();
        }
    }

    private Data data(Slice slice) {
        try (HostBuffer buffer = device.pinned(slice.name(), slice.bytes())) {
            stream.copyOut(buffer, slice);
            stream.synchronize();
            Data data = Data.of(slice.type(), Math.toIntExact(slice.count()));
            ByteBuffer bytes = buffer.bytes();
            data.bytes().put(bytes.limit(Math.toIntExact(slice.bytes())));
            return data;
        }
    }

    @Override
    public void close() {
        stream.close();
        arena.close();
        device.close();
    }
}

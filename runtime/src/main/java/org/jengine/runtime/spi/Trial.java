package org.jengine.runtime.spi;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jengine.kernels.Adam;
import org.jengine.kernels.Args;
import org.jengine.kernels.Case;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.kernels.Relu;
import org.jengine.kernels.Shape;
import org.jengine.kernels.SoftmaxXent;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/** A quick look whether a device does our kernels right: one of each kind on its smallest case, compared with its reference. */
public final class Trial {
    private static final List<KernelDef> KINDS = List.of(Relu.fwd(DType.F32), SoftmaxXent.train(DType.F32), Adam.of(DType.F32));

    private Trial() {
    }

    /**
     * Runs the kernels.
     *
     * @return their names, for people
     * @throws DeviceException if one does not run, or gives another result, with the first element that differs
     */
    public static String run(Device device) {
        KINDS.forEach(def -> run(device, def, smallest(def)));
        return KINDS.stream().map(KernelDef::entry).collect(Collectors.joining(", "));
    }

    private static Case smallest(KernelDef def) {
        return def.cases().stream().min(Comparator.comparingLong(c -> elements(def, c.args(1)))).orElseThrow();
    }

    private static long elements(KernelDef def, Args args) {
        return def.params().stream().filter(p -> p.role().isBuffer()).mapToLong(p -> args.data(p.name()).count()).sum();
    }

    private static void run(Device device, KernelDef def, Case c) {
        Args given = c.args(1);
        Args expected = given.copy();
        def.reference(expected);
        try (Arena arena = device.arena("trial"); Stream stream = device.stream("trial")) {
            List<Slice> slices = new ArrayList<>();
            List<Object> bound = new ArrayList<>();
            for (Object a : given.inOrder()) {
                if (a instanceof Data d) {
                    slices.add(arena.take(def.params().get(bound.size()).name(), Shape.of(d.count()), d.type()));
                    bound.add(slices.get(slices.size() - 1));
                } else {
                    bound.add(a);
                }
            }
            arena.seal();
            List<Param> buffers = def.params().stream().filter(p -> p.role().isBuffer()).toList();
            for (int i = 0; i < slices.size(); i++) {
                copyIn(device, stream, slices.get(i), given.data(buffers.get(i).name()));
            }
            device.kernel(def).bind(bound.toArray()).on(stream);
            stream.synchronize();
            for (int i = 0; i < slices.size(); i++) {
                if (buffers.get(i).role().isWritten()) {
                    Data want = expected.data(buffers.get(i).name());
                    compare(def.entry() + " on " + device.info().id() + ": " + buffers.get(i).name(), want,
                            copyOut(device, stream, slices.get(i)), c.tolerance(want.type()));
                }
            }
        }
    }

    private static void copyIn(Device device, Stream stream, Slice slice, Data data) {
        try (HostBuffer buffer = device.pinned("up", slice.bytes())) {
            buffer.bytes().put(data.bytes());
            stream.copyIn(slice, buffer);
            stream.synchronize();
        }
    }

    private static Data copyOut(Device device, Stream stream, Slice slice) {
        Data data = Data.of(slice.type(), Math.toIntExact(slice.count()));
        try (HostBuffer buffer = device.pinned("down", slice.bytes())) {
            stream.copyOut(buffer, slice);
            stream.synchronize();
            data.bytes().put(buffer.bytes());
        }
        return data;
    }

    /** @param tolerance as a fraction of the largest magnitude */
    static void compare(String what, Data want, Data got, double tolerance) {
        double largest = 0;
        for (int i = 0; i < want.count(); i++) {
            largest = Math.max(largest, Math.abs(want.get(i)));
        }
        for (int i = 0; i < want.count(); i++) {
            if (!(Math.abs(want.get(i) - got.get(i)) <= tolerance * largest)) {
                throw new DeviceException(what + "[" + i + "] is " + got.get(i) + ", and should be " + want.get(i)
                        + "\nThe device or its driver computes wrongly; update the driver, or use another device.");
            }
        }
    }
}

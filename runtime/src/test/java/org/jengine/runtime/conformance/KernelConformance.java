package org.jengine.runtime.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.Args;
import org.jengine.kernels.Case;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Kernels;
import org.jengine.kernels.Param;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Device;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every case of every kernel on a device against the kernel's reference: at slices that do not start their arena, twice with equal bits,
 * with what lies behind each slice intact (the device is opened in debug mode, where arenas check that themselves when closed). The cases
 * share a device, which builds each program once, and have arenas of their own.
 */
public abstract class KernelConformance {
    private Device device;

    /** The device to test, in debug mode. */
    protected abstract Device open();

    /** Whether the device runs our kernels on bf16 storage, which it may do without having such matrix products. */
    protected boolean storesBf16(Device device) {
        return device.capabilities().contains(Capability.BF16);
    }

    /** Whether the device has code for the kernel. */
    protected boolean runs(Device device, KernelDef def) {
        return true;
    }

    @BeforeEach
    void openDevice() {
        device = open();
    }

    @AfterEach
    void closeDevice() {
        if (device != null) {
            device.close();
        }
    }

    @TestFactory
    List<DynamicTest> everyCase() {
        List<DynamicTest> tests = new ArrayList<>();
        List<KernelDef> defs = Kernels.ALL.stream().filter(def -> runs(device, def)).toList();
        for (KernelDef def : defs) {
            for (Case c : def.cases()) {
                tests.add(DynamicTest.dynamicTest(def.entry() + " " + c.name(), () -> checkIfStored(def, c)));
            }
        }
        assertTrue(tests.size() >= defs.size(), "every kernel has a case");
        return tests;
    }

    private void checkIfStored(KernelDef def, Case c) {
        boolean bf16 = def.params().stream().anyMatch(p -> p.type() == DType.BF16);
        Assumptions.assumeTrue(!bf16 || storesBf16(device), "this device has no bf16");
        check(device, def, c);
    }

    /** One case on a device in debug mode. */
    public static void check(Device device, KernelDef def, Case c) {
        Args given = c.args(1);
        Args expected = given.copy();
        def.reference(expected);
        try (Run run = new Run(device, def, given)) {
            List<Data> first = run.launch();
            List<Data> second = run.launch();
            assertNull(Outputs.difference(def, c, expected, first));
            for (int i = 0; i < first.size(); i++) {
                assertEquals(first.get(i).bytes(), second.get(i).bytes(), "the second run gives other bits in output " + i);
            }
        }
    }

    /** Buffers on the device for one set of arguments. */
    private static final class Run implements AutoCloseable {
        private final Device device;
        private final KernelDef def;
        private final Args given;
        private final Arena arena;
        private final Stream stream;
        private final List<Slice> slices = new ArrayList<>();
        private final Launch launch;

        Run(Device device, KernelDef def, Args given) {
            this.device = device;
            this.def = def;
            this.given = given;
            arena = device.arena("conformance");
            stream = device.stream("conformance");
            arena.take("something before", Shape.of(3), DType.F32);
            List<Object> bound = new ArrayList<>();
            for (Object a : given.inOrder()) {
                if (a instanceof Data d) {
                    Slice s = arena.take(def.params().get(bound.size()).name(), Shape.of(d.count()), d.type());
                    slices.add(s);
                    bound.add(s);
                } else {
                    bound.add(a);
                }
            }
            arena.seal();
            launch = device.kernel(def).bind(bound.toArray());
        }

        /** Uploads the inputs, launches, and returns what is written. */
        List<Data> launch() {
            int at = 0;
            for (Param p : def.params()) {
                if (p.role().isBuffer()) {
                    Data d = p.role().isFresh() ? Data.of(p.type(), given.data(p.name()).count()).poison() : given.data(p.name());
                    upload(slices.get(at++), d);
                }
            }
            launch.on(stream);
            stream.synchronize();
            List<Data> outputs = new ArrayList<>();
            at = 0;
            for (Param p : def.params()) {
                if (p.role().isBuffer()) {
                    Slice s = slices.get(at++);
                    if (p.role().isResult()) {
                        outputs.add(download(s));
                    } else if (!p.role().isWritten()) {
                        assertEquals(given.data(p.name()).bytes(), download(s).bytes(), "input " + p.name() + " was changed");
                    }
                }
            }
            return outputs;
        }

        private void upload(Slice slice, Data data) {
            try (HostBuffer buffer = device.pinned("up", slice.bytes())) {
                buffer.bytes().put(data.bytes());
                stream.copyIn(slice, buffer);
                stream.synchronize();
            }
        }

        private Data download(Slice slice) {
            Data data = Data.of(slice.type(), Math.toIntExact(slice.count()));
            try (HostBuffer buffer = device.pinned("down", slice.bytes())) {
                stream.copyOut(buffer, slice);
                stream.synchronize();
                data.bytes().put(buffer.bytes());
            }
            return data;
        }

        @Override
        public void close() {
            stream.close();
            arena.close();
        }
    }
}

package org.jengine.runtime.portable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jengine.kernels.Channels;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.Shape;
import org.jengine.kernels.ref.BatchNormRef;
import org.jengine.kernels.ref.MaxPoolRef;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Pooling and batch norm out of our own kernels, on the host, which runs the kernels by their references: what the launches hand on to
 * each other is tested without a compiler.
 */
class PortableLayersTest {
    private final Map<Slice, double[]> content = new LinkedHashMap<>();
    private Device device;
    private Arena arena;
    private Arena scratch;
    private Stream stream;
    private Library library;

    @BeforeEach
    void open() {
        device = Devices.open("host", DeviceRequest.first().withThreads(2).withDebug());
        arena = device.arena("test");
        scratch = device.arena("scratch");
        stream = device.stream("test");
        library = new PortableLibrary(device, scratch, new Tuner(device, null), Numerics.EXACT);
    }

    @AfterEach
    void close() {
        stream.close();
        scratch.close();
        arena.close();
        device.close();
    }

    /** The second norm is wider than the first, so that what they share must grow, and the first still finds what it was bound to. */
    @Test
    void normsShareTheirPartialSums() {
        Norm narrow = new Norm(new NormSpec(3, 1000, 3, 0.9f, 1e-3f, DType.F32, Activation.NONE), 1);
        Norm wide = new Norm(new NormSpec(5, 67, 50, 0.99f, 1e-3f, DType.F32, Activation.NONE), 2);
        for (Norm n : new Norm[] {narrow, wide}) {
            assertTrue(Channels.chunks(n.rows, Channels.chunk(n.rows, n.spec.channels())) > 1, "sums in more than one part");
        }
        seal();
        for (int round = 0; round < 2; round++) {
            narrow.check();
            wide.check();
        }
    }

    @Test
    void poolingGoesForthAndBack() {
        PoolSpec spec = new PoolSpec(2, 7, 9, 3, 2, DType.F32);
        double[] x = random(1, spec.x().count());
        double[] dy = random(2, spec.y().count());
        Slice xs = slice("x", spec.x(), x);
        Slice dys = slice("dy", spec.y(), dy);
        Slice y = slice("y", spec.y(), null);
        Slice dx = slice("dx", spec.x(), null);
        Slice index = arena.take("index", spec.y(), DType.U8);
        Library.PoolPlan plan = library.maxPool(spec);
        Launch forward = plan.forward(y, index, xs);
        Launch backward = plan.backward(dx, dys, index);
        seal();
        run(forward);
        run(backward);
        MaxPoolRef.Result oracle = MaxPoolRef.forward(x, 2, 7, 9, 3, 2);
        assertArrayEquals(oracle.y(), read(y));
        assertArrayEquals(MaxPoolRef.backward(dy, oracle.index(), 2, 7, 9, 3, 2), read(dx));
    }

    @Test
    void slicesThatDoNotFitAreNamed() {
        PoolSpec pool = new PoolSpec(2, 4, 4, 3, 2, DType.F32);
        Slice x = slice("x", pool.x(), null);
        Slice y = slice("y", pool.y(), null);
        Slice index = arena.take("index", pool.y(), DType.U8);
        assertRefused("max pool: index must be u8[2x2x2x3], got y f32[2x2x2x3]", () -> library.maxPool(pool).forward(y, y, x));
        assertRefused("max pool: dx must be f32[2x4x4x3], got y f32[2x2x2x3]", () -> library.maxPool(pool).backward(y, y, index));
        Library.NormPlan norm = library.batchNorm(new NormSpec(2, 16, 3, 0.9f, 1e-3f, DType.F32, Activation.NONE));
        Slice vector = slice("vector", Shape.of(3), null);
        assertRefused("batch norm: y must be f32[32x3], got y f32[2x2x2x3]", () -> norm.inference(y, x, vector, vector, vector, vector));
        assertRefused("batch norm: y must be f32[3], got y f32[2x2x2x3]", () -> norm.inference(x, x, vector, y, vector, vector));
    }

    /** A batch norm with its slices, bound. */
    private final class Norm {
        private final NormSpec spec;
        private final int rows;
        private final Map<String, double[]> in = new LinkedHashMap<>();
        private final Map<String, Slice> slices = new LinkedHashMap<>();
        private final Launch forward;
        private final Launch backward;

        Norm(NormSpec spec, long seed) {
            this.spec = spec;
            rows = spec.n() * spec.pixels();
            Shape images = Shape.of(spec.n(), spec.pixels(), spec.channels());
            Shape vector = Shape.of(spec.channels());
            for (String name : new String[] {"x", "dy", "gamma", "beta", "runningMean", "runningVar"}) {
                Shape shape = name.length() <= 2 ? images : vector;
                in.put(name, random(seed + name.hashCode(), shape.count()));
                slices.put(name, slice(name, shape, in.get(name)));
            }
            for (String name : new String[] {"y", "dx", "mean", "invStd", "dgamma", "dbeta"}) {
                slices.put(name, slice(name, name.length() <= 2 ? images : vector, null));
            }
            Library.NormPlan plan = library.batchNorm(spec);
            forward = plan.forward(at("y"), at("mean"), at("invStd"), at("runningMean"), at("runningVar"), at("x"), at("gamma"),
                    at("beta"));
            backward = plan.backward(at("dx"), at("dgamma"), at("dbeta"), at("dy"), at("x"), at("gamma"), at("mean"), at("invStd"));
        }

        private Slice at(String name) {
            return slices.get(name);
        }

        void check() {
            slices.values().forEach(s -> write(s, content.get(s)));
            run(forward);
            run(backward);
            BatchNormRef.Training t = BatchNormRef.forward(in.get("x"), in.get("gamma"), in.get("beta"), in.get("runningMean"),
                    in.get("runningVar"), rows, spec.channels(), spec.momentum(), spec.epsilon());
            BatchNormRef.Gradients g = BatchNormRef.backward(in.get("dy"), in.get("x"), in.get("gamma"), t.mean(), t.invStd(), rows,
                    spec.channels());
            Map<String, double[]> expected = Map.of("y", t.y(), "mean", t.mean(), "invStd", t.invStd(), "runningMean", t.runningMean(),
                    "runningVar", t.runningVar(), "dx", g.dx(), "dgamma", g.dgamma(), "dbeta", g.dbeta());
            // The mean's rounding enters the sums once a row.
            expected.forEach((name, want) -> assertArrayEquals(want, read(at(name)), 1e-6 * rows, name + " of " + spec));
        }
    }

    private static void assertRefused(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }

    /** A slice that holds these values once all is sealed; without values, one that is written. */
    private Slice slice(String name, Shape shape, double[] values) {
        Slice slice = arena.take(name, shape, DType.F32);
        double[] nothing = new double[Math.toIntExact(shape.count())];
        Arrays.fill(nothing, Double.NaN);
        content.put(slice, values == null ? nothing : values);
        return slice;
    }

    private void seal() {
        arena.seal();
        scratch.seal();
        content.forEach(this::write);
    }

    private void run(Launch launch) {
        launch.on(stream);
        stream.synchronize();
    }

    private void write(Slice slice, double[] values) {
        try (HostBuffer buffer = device.pinned("up", slice.bytes())) {
            buffer.bytes().put(Data.of(slice.type(), values).bytes());
            stream.copyIn(slice, buffer);
            stream.synchronize();
        }
    }

    private double[] read(Slice slice) {
        try (HostBuffer buffer = device.pinned("down", slice.bytes())) {
            stream.copyOut(buffer, slice);
            stream.synchronize();
            Data data = Data.of(slice.type(), Math.toIntExact(slice.count()));
            data.bytes().put(buffer.bytes());
            double[] values = new double[data.count()];
            Arrays.setAll(values, data::get);
            return values;
        }
    }

    /** As floats hold them. */
    private static double[] random(long seed, long count) {
        SplittableRandom random = new SplittableRandom(seed);
        return random.doubles(count, 0.5, 1.5).map(v -> (float) v).toArray();
    }
}

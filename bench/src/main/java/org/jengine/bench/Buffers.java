package org.jengine.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jengine.kernels.Args;
import org.jengine.kernels.DType;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/**
 * The memory of operations under measurement. Floats lie between {@value #LOW} and 1, so that nothing vanishes, overflows or is NaN however
 * often an update is repeated; integers are 0, which is a label, an index and a clock.
 */
final class Buffers implements AutoCloseable {
    private static final double LOW = 0.25;
    private static final long SEED = 1;

    private final Device device;
    private final Arena arena;
    private final Library library;
    private final List<Slice> taken = new ArrayList<>();

    Buffers(Device device, Numerics numerics) {
        this.device = device;
        arena = device.arena("operation");
        library = device.library(arena, numerics);
    }

    Library library() {
        return library;
    }

    Slice take(String name, Shape shape, DType type) {
        Slice slice = arena.take(name, shape, type);
        taken.add(slice);
        return slice;
    }

    /** One number for each channel, in float32. */
    Slice vector(String name, int channels) {
        return take(name, Shape.of(channels), DType.F32);
    }

    /** A kernel with buffers of its own. */
    Launch bind(KernelDef def, Map<String, Integer> sizes, Map<String, Float> scalars) {
        Args args = Args.sizes(def, sizes);
        List<Object> bound = new ArrayList<>();
        for (Param p : def.params()) {
            bound.add(switch (p.role()) {
                case SIZE -> sizes.get(p.name());
                case SCALAR -> scalars.get(p.name());
                default -> take(p.name(), Shape.of(Math.toIntExact(def.elements(p.name(), args))), p.type());
            });
        }
        return device.kernel(def).bind(bound.toArray());
    }

    /** Allocates and fills what was laid out. */
    void ready(Stream stream) {
        arena.seal();
        SplittableRandom random = new SplittableRandom(SEED);
        for (Slice slice : taken) {
            if (slice.type() == DType.F32 || slice.type() == DType.BF16) {
                try (HostBuffer host = device.pinned(slice.name(), slice.bytes())) {
                    fill(host.bytes(), slice.type(), random);
                    stream.copyIn(slice, host);
                    stream.synchronize();
                }
            }
        }
    }

    private static void fill(ByteBuffer bytes, DType type, SplittableRandom random) {
        while (bytes.hasRemaining()) {
            float value = (float) (LOW + (1 - LOW) * random.nextDouble());
            if (type == DType.F32) {
                bytes.putFloat(value);
            } else {
                bytes.putShort(DType.toBf16(value));
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}

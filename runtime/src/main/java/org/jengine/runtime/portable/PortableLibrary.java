package org.jengine.runtime.portable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jengine.kernels.Channels;
import org.jengine.kernels.Clock;
import org.jengine.kernels.ColumnSums;
import org.jengine.kernels.DType;
import org.jengine.kernels.Factors;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Matmul;
import org.jengine.kernels.Relu;
import org.jengine.kernels.Shape;
import org.jengine.kernels.Sigmoid;
import org.jengine.kernels.SumPartials;
import org.jengine.kernels.Tile;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Capability;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Device;
import org.jengine.runtime.Dropping;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;

/** The library operations out of our own kernels alone, for any device that runs them. */
public final class PortableLibrary implements Library {
    /** Elements whose columns are summed in one part: a second launch would take as long as it saves. */
    private static final int IN_ONE_PART = 1 << 15;

    private final Device device;
    private final Arena arena;
    private final Tuner tuner;
    private final boolean cpu;
    private final boolean whole;
    private final boolean tf32;
    private final Map<String, Slice> scratch = new HashMap<>();

    /**
     * A library on a device.
     *
     * @param arena    takes what operations need between their launches
     * @param tuner    the device's, so that what it found serves all libraries
     * @param numerics how they may compute
     */
    public PortableLibrary(Device device, Arena arena, Tuner tuner, Numerics numerics) {
        this.device = device;
        this.arena = arena;
        this.tuner = tuner;
        cpu = device.capabilities().contains(Capability.CPU);
        whole = device.capabilities().contains(Capability.LAST_BLOCK);
        tf32 = numerics.tf32() && device.capabilities().contains(Capability.TF32);
    }

    @Override
    public ConvPlan conv(ConvSpec spec) {
        return whole ? new WholeConv(this, spec) : new PortableConv(this, spec);
    }

    @Override
    public PoolPlan maxPool(PoolSpec spec) {
        return new PortablePool(this, spec);
    }

    @Override
    public NormPlan batchNorm(NormSpec spec) {
        return batchNorm(spec, null);
    }

    @Override
    public NormPlan batchNorm(NormSpec spec, Dropping dropping) {
        return whole ? new WholeNorm(this, spec, orNone(dropping)) : new PortableNorm(this, spec, orNone(dropping));
    }

    @Override
    public PoolNormPlan poolNorm(PoolSpec pool, NormSpec spec, Dropping dropping) {
        return whole ? new WholePoolNorm(this, pool, new WholeNorm(this, spec, orNone(dropping)))
                : Library.super.poolNorm(pool, spec, dropping);
    }

    /** What is to be dropped behind batch norm; at a rate of 0 where that is nothing, when the kernels read neither clock nor key. */
    private Dropping orNone(Dropping dropping) {
        if (dropping != null) {
            return dropping;
        }
        Slice clock = scratch("no clock", Shape.of(Clock.COUNT), DType.I32);
        return new Dropping(null, clock, scratch("no key", Shape.of(2), DType.I32), 0, 0);
    }

    @Override
    public DensePlan dense(DenseSpec spec) {
        return whole ? new WholeDense(this, spec) : new PortableDense(this, spec);
    }

    @Override
    public Map<String, String> choices() {
        return tuner.choices();
    }

    Tuner tuner() {
        return tuner;
    }

    /** What products of this type are made of. */
    Factors factors(DType real) {
        return Factors.of(real, tf32);
    }

    /** Whether the device's blocks are run by CPU cores. */
    boolean cpu() {
        return cpu;
    }

    /** The ways to cut that suit the kind of device and the sizes. */
    List<Tile> tiles(List<Tile> alone, List<Tile> blocks, Predicate<Tile> fits) {
        return (cpu ? alone : blocks).stream().filter(fits).toList();
    }

    /** As {@link #tiles}, for a matrix product: without those that are less than half as wide as another, which is always quicker. */
    List<Tile> wideTiles(Predicate<Tile> fits) {
        List<Tile> fitting = tiles(Tile.ALONE, Tile.BLOCKS, fits);
        int widest = fitting.stream().mapToInt(Tile::cols).max().orElseThrow();
        return fitting.stream().filter(t -> 2 * t.cols() >= widest).toList();
    }

    /** A launch of a kernel with its buffers, then what else it takes. */
    public Launch bind(KernelDef def, List<Slice> buffers, List<Object> rest) {
        List<Object> args = new ArrayList<>(buffers);
        args.addAll(rest);
        return device.kernel(def).bind(args.toArray());
    }

    /**
     * Memory between the launches of one operation, shared by all operations that call it the same: they come one after the other. What
     * one operation needs at the same time must have two names.
     */
    public Slice scratch(String name, Shape shape, DType type) {
        Slice slice = scratch.get(name + " " + type.suffix());
        if (slice == null || slice.count() < shape.count()) {
            slice = arena.temporary(name, shape, type);
            scratch.put(name + " " + type.suffix(), slice);
        }
        return slice.part(name, 0, shape);
    }

    /** Memory that operations count in; it holds zeros, or in debug mode ones, whenever one begins. */
    Slice counters(Shape shape) {
        Slice slice = scratch.get("counters");
        if (slice == null || slice.count() < shape.count()) {
            slice = arena.take("counters", shape, DType.I32);
            scratch.put("counters", slice);
        }
        return slice.part("counters", 0, shape);
    }

    /** {@code sums F32[channels]} of the columns of {@code x real[rows, channels]}, in parts that hang on the sizes alone. */
    public Launch columnSums(DType real, Slice sums, Slice x, int rows, int channels) {
        int chunk = (long) rows * channels <= IN_ONE_PART ? rows : Channels.chunk(rows, channels);
        int chunks = Channels.chunks(rows, chunk);
        return inParts(sums, chunks, partials -> bind(ColumnSums.of(real), List.of(partials, x), List.of(rows, channels, chunk)));
    }

    /**
     * A sum that is made in parts and then added up, or at once where there is one part.
     *
     * @param partial makes the parts, {@code F32[parts, count of sum]}
     */
    Launch inParts(Slice sum, int parts, Function<Slice, Launch> partial) {
        if (parts == 1) {
            return partial.apply(sum);
        }
        int count = Math.toIntExact(sum.count());
        Slice partials = scratch("partial sums", Shape.of(parts, count), DType.F32);
        return partial.apply(partials).then(bind(SumPartials.of(), List.of(sum, partials), List.of(count, parts)));
    }

    /** What makes {@code dx}, then the derivative of what made {@code x}. */
    public Launch derived(Launch gradient, Activation before, DType real, Slice dx, Slice x) {
        if (before == Activation.NONE) {
            return gradient;
        }
        Operands.require("derivative", "x", x, real, dx.shape());
        KernelDef def = before == Activation.RELU ? Relu.bwd(real) : Sigmoid.bwd(real);
        return gradient.then(bind(def, List.of(dx, dx, x), List.of(Math.toIntExact(dx.count()))));
    }

    /** The number by which kernels know an activation. */
    public static int number(Activation activation) {
        return switch (activation) {
            case NONE -> Matmul.NONE;
            case RELU -> Matmul.RELU;
            case SIGMOID -> Matmul.SIGMOID;
        };
    }

    static int divideUp(int a, int b) {
        return (a + b - 1) / b;
    }
}

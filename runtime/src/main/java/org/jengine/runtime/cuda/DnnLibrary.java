package org.jengine.runtime.cuda;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jengine.kernels.DType;
import org.jengine.kernels.Factors;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.jengine.runtime.portable.Operands;
import org.jengine.runtime.portable.PortableLibrary;
import org.jengine.runtime.portable.Tuner;

/**
 * Operations by cuDNN, where its planner has a way and that is the quickest, and by our kernels elsewhere. The operations of one library
 * share the memory that cuDNN needs meanwhile.
 */
final class DnnLibrary {
    private static final String OURS = "ptx";
    /** Ways of cuDNN's that are timed of a convolution; its heuristics are seldom wrong by more places. */
    private static final int TRIED = 4;
    /** Channels below which cuDNN pads, copies or forgoes tensor cores, and our kernel of the first layer does not. */
    private static final int FEW_CHANNELS = 8;

    private final CudaDevice device;
    private final PortableLibrary ours;
    private final Arena scratch;
    private final Tuner tuner;
    private final Numerics numerics;
    private final DnnPlanner planner;
    private final Map<DnnOp, DnnPlans> plans = new HashMap<>();
    /** What cuDNN failed to do, and why; it is not asked for it again. */
    private final Map<String, String> failures = new TreeMap<>();
    private CudaSlice workspace;

    /**
     * The operations of one library.
     *
     * @param scratch  is not sealed yet
     * @param numerics what is allowed and what the device can
     */
    DnnLibrary(CudaDevice device, PortableLibrary ours, Arena scratch, Numerics numerics, Tuner tuner) {
        this.device = device;
        this.ours = ours;
        this.scratch = scratch;
        this.tuner = tuner;
        this.numerics = numerics;
        planner = device.dnn().plan(target -> new DnnPlanner(target, numerics, device.shelf()));
    }

    PortableLibrary ours() {
        return ours;
    }

    /** Our own kernels with scratch memory in the arena, for a trial. */
    PortableLibrary trial(Arena arena) {
        return new PortableLibrary(device, arena, tuner, numerics);
    }

    /** What cuDNN failed to do. */
    List<String> warnings() {
        return failures.values().stream().map(why -> "cuDNN failed, so that a kernel of ours takes its place: " + why).toList();
    }

    /** Whether ways are timed; where they are not, pictures and poolings are left to our kernels, and it does not pay to plan many. */
    boolean times() {
        return tuner.searches();
    }

    /** Whether cuDNN has a way to do the operation. */
    boolean accepts(DnnOp op) {
        return plans(op).accepted();
    }

    /** The way by our own kernels. */
    Way own(Supplier<Launch> bound, Function<Arena, Launch> trial) {
        return new Way(OURS, OURS, bound, trial);
    }

    /**
     * The ways that cuDNN has, the recommended first.
     *
     * @param tensors in the order of {@link DnnOp#roles}; asked for when a way is chosen
     */
    List<Way> ways(DnnOp op, Supplier<List<Slice>> tensors) {
        Map<String, Way> byName = new LinkedHashMap<>();
        for (DnnPlan plan : plans(op).plans()) {
            String engine = "cuDNN " + plan.engine();
            String name = byName.containsKey(engine) ? engine + ", choice " + (byName.size() + 1) : engine;
            byName.put(name, new Way(name, "cuDNN " + plan, () -> launch(op, plan, tensors.get()), arena -> trial(op, plan, arena)));
        }
        return List.copyOf(byName.values());
    }

    /**
     * Binds an operation to whichever way is chosen for it.
     *
     * @param ways by cuDNN
     * @param own  by our kernels
     */
    Launch bind(DnnOp op, List<Way> ways, Way own) {
        Way way = choose(op, ways, own);
        try {
            return way.bound().get();
        } catch (Dnn.Failure e) {
            return failed(op, own, e).bound().get();
        }
    }

    /**
     * Chooses a way. What cuDNN promised and then fails to run is left to our kernels, with a warning: each is run once here, before a
     * graph holds it.
     *
     * @param ways by cuDNN
     * @param own  by our kernels
     */
    Way choose(DnnOp op, List<Way> ways, Way own) {
        if (failures.containsKey(what(op))) {
            return own;
        }
        if (ways.isEmpty()) {
            tuner.say(what(op), OURS + ", since cuDNN refuses: " + plans(op).refusal());
            return own;
        }
        try {
            Way way = pick(op, ways, own);
            if (way != own) {
                runOnce(way);
            }
            return way;
        } catch (Dnn.Failure e) {
            return failed(op, own, e);
        }
    }

    private Way failed(DnnOp op, Way own, Dnn.Failure e) {
        failures.put(what(op), e.getMessage());
        tuner.say(what(op), OURS + ", since cuDNN failed: " + e.getMessage());
        return own;
    }

    private Way pick(DnnOp op, List<Way> ways, Way own) {
        Map<String, Way> byName = new LinkedHashMap<>();
        ways.forEach(way -> byName.put(way.name(), way));
        byName.put(own.name(), own);
        Map<String, Function<Arena, Launch>> trials = new LinkedHashMap<>();
        byName.forEach((name, way) -> trials.put(name, way.trial()));
        Way untried = leftToUs(op) ? own : ways.get(0);
        String version = CudaLibrary.version(Factors.of(op.real(), numerics.tf32()));
        Way way = byName.get(tuner.pick(what(op), version, trials, untried.name(), op.flops()));
        tuner.say(what(op), way.told());
        return way;
    }

    /** Whether our kernel is the likelier to be quicker. */
    private static boolean leftToUs(DnnOp op) {
        return op.conv() == null || op.multiplies() && op.conv().c() < FEW_CHANNELS;
    }

    /** A library loads its kernels when it first calls them, which must not be while a graph is recorded. */
    private void runOnce(Way way) {
        try (Arena arena = device.arena("first call"); Stream stream = device.stream("first call")) {
            Launch once = way.trial().apply(arena);
            arena.seal();
            once.on(stream);
            stream.synchronize();
        }
    }

    private DnnPlanner.Answer plans(DnnOp op) {
        DnnPlans made = plans.get(op);
        if (made == null) {
            made = device.dnn().plan(target -> DnnPlans.of(target, planner, op, tuner.searches() && op.conv() != null ? TRIED : 1));
            plans.put(op, made);
            CudaArena.of(scratch, device).bound(made);
        }
        return made.answer();
    }

    private String what(DnnOp op) {
        return op.what() + (numerics.tf32() && op.multiplies() && op.real() == DType.F32 ? " as tf32" : "");
    }

    private Launch launch(DnnOp op, DnnPlan plan, List<Slice> tensors) {
        return new DnnLaunch(device, plan, op.name(), byRole(op, tensors), workspace(plan.workspace()));
    }

    private Launch trial(DnnOp op, DnnPlan plan, Arena arena) {
        List<Slice> tensors = op.roles().stream().map(r -> arena.take(r.name(), op.shape(r), op.type(r))).toList();
        Slice space = plan.workspace() == 0 ? null : arena.take("cuDNN workspace", bytes(plan.workspace()), DType.U8);
        return new DnnLaunch(device, plan, op.name(), byRole(op, tensors), space == null ? null : CudaSlice.of(space, device));
    }

    private Map<DnnGraph.Role, CudaSlice> byRole(DnnOp op, List<Slice> tensors) {
        Map<DnnGraph.Role, CudaSlice> byRole = new EnumMap<>(DnnGraph.Role.class);
        for (int i = 0; i < tensors.size(); i++) {
            DnnGraph.Role role = op.roles().get(i);
            Operands.require(op.name(), role.name().toLowerCase(Locale.ROOT), tensors.get(i), op.type(role),
                    op.shape(role));
            byRole.put(role, CudaSlice.of(tensors.get(i), device));
        }
        return byRole;
    }

    /** Shared; what was too small before stays, so that it is at least doubled. */
    private CudaSlice workspace(long bytes) {
        if (bytes > 0 && (workspace == null || workspace.bytes() < bytes)) {
            long doubled = Math.max(bytes, workspace == null ? 0 : Math.min(2 * workspace.bytes(), DnnPlanner.MOST_WORKSPACE));
            workspace = CudaSlice.of(scratch.temporary("cuDNN workspace", bytes(doubled), DType.U8), device);
        }
        return bytes == 0 ? null : workspace;
    }

    private static Shape bytes(long count) {
        return Shape.of(Math.toIntExact(count));
    }
}

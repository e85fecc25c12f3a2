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
    /** Ways of cuDNN's that are timed; its heuristics are seldom wrong by more places. */
    private static final int TRIED = 4;
    /** Channels below which cuDNN pads, copies or forgoes tensor cores, and our kernel of the first layer does not. */
    private static final int FEW_CHANNELS = 8;

    /**
     * One way to do an operation.
     *
     * @param bound bound to its tensors
     * @param trial bound to others, with all its memory in the arena
     */
    record Way(Supplier<Launch> bound, Function<Arena, Launch> trial) {
    }

    private final CudaDevice device;
    private final PortableLibrary ours;
    private final Arena scratch;
    private final Tuner tuner;
    private final boolean tf32;
    private final DnnPlanner planner;
    private final Map<DnnOp, DnnPlans> plans = new HashMap<>();
    /** What cuDNN failed to do, and why; it is not asked for it again. */
    private final Map<String, String> failures = new TreeMap<>();
    private CudaSlice workspace;

    /** @param scratch is not sealed yet */
    DnnLibrary(CudaDevice device, PortableLibrary ours, Arena scratch, Numerics numerics, Tuner tuner) {
        this.device = device;
        this.ours = ours;
        this.scratch = scratch;
        this.tuner = tuner;
        tf32 = numerics.tf32() && device.facts().hasTf32();
        planner = device.dnn().plan(target -> new DnnPlanner(target, new Numerics(tf32, numerics.deterministic()), device.shelf()));
    }

    PortableLibrary ours() {
        return ours;
    }

    /** Our own kernels with scratch memory in the arena, for a trial. */
    PortableLibrary trial(Arena arena) {
        return new PortableLibrary(device, arena, tuner);
    }

    /** What cuDNN failed to do. */
    List<String> warnings() {
        return failures.values().stream().map(why -> "cuDNN failed, so that a kernel of ours takes its place: " + why).toList();
    }

    /** Whether cuDNN has a way to do the operation. */
    boolean accepts(DnnOp op) {
        return plans(op).accepted();
    }

    /**
     * Binds an operation to whichever way is chosen for it. What cuDNN promised and then fails to run is left to our kernels, with a
     * warning: each is run once here, before a graph holds it.
     *
     * @param tensors in the order of {@link DnnOp#roles}
     * @param own     by our kernels
     * @param rest    what our kernels do along with it and cuDNN does not; null if that is nothing
     */
    Launch bind(DnnOp op, List<Slice> tensors, Way own, Way rest) {
        if (failures.containsKey(what(op))) {
            return own.bound().get();
        }
        DnnPlanner.Answer answer = plans(op);
        if (!answer.accepted()) {
            tuner.say(what(op), OURS + ", since cuDNN refuses: " + answer.refusal());
            return own.bound().get();
        }
        Map<String, DnnPlan> byName = new LinkedHashMap<>();
        Map<String, Function<Arena, Launch>> ways = new LinkedHashMap<>();
        for (DnnPlan plan : answer.plans()) {
            String name = "cuDNN " + plan.engine();
            byName.put(byName.containsKey(name) ? name + ", choice " + (byName.size() + 1) : name, plan);
        }
        byName.forEach((name, plan) -> ways.put(name, arena -> rest == null ? trial(op, plan, arena)
                : trial(op, plan, arena).then(rest.trial().apply(arena))));
        ways.put(OURS, own.trial());
        try {
            return pick(op, tensors, own, rest, byName, ways);
        } catch (Dnn.Failure e) {
            failures.put(what(op), e.getMessage());
            tuner.say(what(op), OURS + ", since cuDNN failed: " + e.getMessage());
            return own.bound().get();
        }
    }

    private Launch pick(DnnOp op, List<Slice> tensors, Way own, Way rest, Map<String, DnnPlan> byName,
                        Map<String, Function<Arena, Launch>> ways) {
        String untried = op.conv().c() < FEW_CHANNELS && op.multiplies() ? OURS : byName.keySet().iterator().next();
        String way = tuner.pick(what(op), CudaLibrary.version(op.real()), ways, untried, op.flops());
        DnnPlan plan = byName.get(way);
        tuner.say(what(op), plan == null ? OURS : "cuDNN " + plan);
        if (plan == null) {
            return own.bound().get();
        }
        Launch made = launch(op, plan, tensors);
        return rest == null ? made : made.then(rest.bound().get());
    }

    private DnnPlanner.Answer plans(DnnOp op) {
        DnnPlans made = plans.get(op);
        if (made == null) {
            made = device.dnn().plan(target -> DnnPlans.of(target, planner, op, tuner.searches() ? TRIED : 1));
            plans.put(op, made);
            CudaArena.of(scratch, device).bound(made);
        }
        return made.answer();
    }

    private String what(DnnOp op) {
        return op.what() + (tf32 && op.multiplies() && op.real() == DType.F32 ? " as tf32" : "");
    }

    private Launch launch(DnnOp op, DnnPlan plan, List<Slice> tensors) {
        try (Arena arena = device.arena("first call"); Stream stream = device.stream("first call")) {
            // A library loads its kernels when it first calls them, which must not be while a graph is recorded.
            Launch once = trial(op, plan, arena);
            arena.seal();
            once.on(stream);
            stream.synchronize();
        }
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

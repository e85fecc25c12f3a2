package org.jengine.runtime.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jengine.kernels.DType;
import org.jengine.runtime.Numerics;

/** Asks cuDNN for ways to run an operation, in the order that its heuristics recommend, and leaves out those that must not be used. */
final class DnnPlanner {
    private static final System.Logger LOG = System.getLogger(DnnPlanner.class.getName());

    /** cudnnBackendHeurMode_t, in the order in which they are asked. */
    private enum Heuristic {
        A(3), B(1), FALLBACK(2);

        private final int number;

        Heuristic(int number) {
            this.number = number;
        }
    }

    /** Bytes that a plan may need at most: layers of the largest images and batches stay below. */
    static final long MOST_WORKSPACE = 512L << 20;

    private final DnnTarget target;
    private final Numerics numerics;
    private final DnnShelf shelf;

    /** @param shelf what was compiled before; null for a GPU that need not be there */
    DnnPlanner(DnnTarget target, Numerics numerics, DnnShelf shelf) {
        this.target = target;
        this.numerics = numerics;
        this.shelf = shelf;
    }

    /**
     * What was accepted, the recommended first.
     *
     * @param refusal why nothing was; empty if something was
     */
    record Answer(List<DnnPlan> plans, String refusal) {
        boolean accepted() {
            return !plans.isEmpty();
        }
    }

    /**
     * Plans an operation.
     *
     * @param scope takes the descriptors, which the plans need
     * @param most  plans that are wanted at most; they may take a second each
     */
    Answer plan(DnnScope scope, DnnOp op, int most) {
        List<DnnPlan> accepted = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        try {
            Dnn.Descriptor graph = op.graph(scope, target).finish();
            for (Heuristic heuristic : Heuristic.values()) {
                if (accepted.isEmpty()) {
                    plan(scope, op, graph, heuristic, most, accepted, refusals);
                }
            }
        } catch (Dnn.Failure e) {
            // The graph itself.
            refusals.add(refusal(e));
        }
        if (accepted.isEmpty() && refusals.isEmpty()) {
            // Whether one that it would compile is missing for want of a driver library it does not tell.
            refusals.add(target.handle() == null ? "no engine is offered; those that cuDNN compiles want a driver library, libcuda.so.1"
                    : "no engine is offered");
        }
        return new Answer(accepted, accepted.isEmpty() ? String.join("; ", refusals.stream().distinct().toList()) : "");
    }

    private void plan(DnnScope scope, DnnOp op, Dnn.Descriptor graph, Heuristic heuristic, int most, List<DnnPlan> accepted,
                      List<String> refusals) {
        // Engines for tensor cores say so even where nothing is multiplied.
        boolean floats = op.real() == DType.F32 && op.multiplies();
        try {
            int place = 0;
            for (Dnn.Descriptor configuration : configurations(scope, graph, heuristic)) {
                DnnEngine engine = DnnEngine.of(scope.dnn(), configuration);
                place++;
                if (accepted.size() < most && !engine.suits(floats, numerics)) {
                    refusals.add(engine + ": not for these numerics");
                } else if (accepted.size() < most) {
                    finish(scope, configuration, engine, op.name() + " by " + heuristic + " " + place + ": " + engine, accepted, refusals);
                }
            }
        } catch (Dnn.Failure e) {
            refusals.add(refusal(e));
        }
    }

    private void finish(DnnScope scope, Dnn.Descriptor configuration, DnnEngine engine, String key, List<DnnPlan> accepted,
                        List<String> refusals) {
        Dnn.Descriptor plan = null;
        try {
            plan = engine.compiled() && shelf != null ? shelved(scope, configuration, key) : made(scope, configuration);
            long workspace = scope.dnn().numbers(plan, DnnAttribute.EXECUTION_PLAN_WORKSPACE_SIZE, 1)[0];
            if (workspace <= MOST_WORKSPACE) {
                accepted.add(new DnnPlan(plan, engine, workspace));
                return;
            }
            refusals.add(engine + ": needs a workspace of " + workspace + " bytes");
        } catch (Dnn.Failure e) {
            refusals.add(engine + ": " + refusal(e));
        }
        if (plan != null) {
            scope.release(plan);
        }
    }

    private Dnn.Descriptor made(DnnScope scope, Dnn.Descriptor configuration) {
        return plan(scope, plan -> scope.dnn().set(plan, DnnAttribute.EXECUTION_PLAN_ENGINE_CONFIG, configuration));
    }

    /** The plan as it was compiled before, if cuDNN takes that, or else compiled now and kept. */
    private Dnn.Descriptor shelved(DnnScope scope, Dnn.Descriptor configuration, String key) {
        Dnn dnn = scope.dnn();
        Optional<String> kept = shelf.get(key);
        if (kept.isPresent()) {
            try {
                return plan(scope, plan -> dnn.set(plan, DnnAttribute.EXECUTION_PLAN_JSON_REPRESENTATION, kept.get()));
            } catch (Dnn.Failure e) {
                LOG.log(System.Logger.Level.DEBUG, "a plan that was kept is not taken and made anew: {0}", e.getMessage());
            }
        }
        Dnn.Descriptor plan = made(scope, configuration);
        shelf.put(key, dnn.text(plan, DnnAttribute.EXECUTION_PLAN_JSON_REPRESENTATION));
        return plan;
    }

    /** @param how sets what the plan is made of */
    private Dnn.Descriptor plan(DnnScope scope, Consumer<Dnn.Descriptor> how) {
        Dnn.Descriptor plan = scope.descriptor(DnnKind.EXECUTION_PLAN);
        try {
            target.in(plan, DnnAttribute.EXECUTION_PLAN_HANDLE, DnnAttribute.EXECUTION_PLAN_DEVICEPROP);
            how.accept(plan);
            scope.dnn().finish(plan);
            return plan;
        } catch (Dnn.Failure e) {
            scope.release(plan);
            throw e;
        }
    }

    private List<Dnn.Descriptor> configurations(DnnScope scope, Dnn.Descriptor graph, Heuristic heuristic) {
        Dnn dnn = scope.dnn();
        Dnn.Descriptor asked = scope.descriptor(DnnKind.ENGINEHEUR);
        dnn.set(asked, DnnAttribute.ENGINEHEUR_OPERATION_GRAPH, graph);
        dnn.set(asked, DnnAttribute.ENGINEHEUR_MODE, heuristic.number);
        target.in(asked, null, DnnAttribute.ENGINEHEUR_DEVICEPROP);
        dnn.finish(asked);
        List<Dnn.Descriptor> made = new ArrayList<>();
        for (int room = dnn.room(asked, DnnAttribute.ENGINEHEUR_RESULTS); made.size() < room;) {
            made.add(scope.descriptor(DnnKind.ENGINECFG));
        }
        return made.isEmpty() ? made : made.subList(0, dnn.parts(asked, DnnAttribute.ENGINEHEUR_RESULTS, made));
    }

    private static String refusal(Dnn.Failure e) {
        return e.getMessage().replace('\n', ' ');
    }
}

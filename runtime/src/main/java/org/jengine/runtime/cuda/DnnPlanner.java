package org.jengine.runtime.cuda;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.runtime.Numerics;

/** Asks cuDNN for ways to run an operation, in the order that its heuristics recommend, and leaves out those that must not be used. */
final class DnnPlanner {
    /** cudnnBackendHeurMode_t, in the order in which they are asked. */
    private enum Heuristic {
        A(3), B(1), FALLBACK(2);

        private final int number;

        Heuristic(int number) {
            this.number = number;
        }
    }

    private final DnnTarget target;
    private final Numerics numerics;
    private final long mostWorkspace;

    /** @param mostWorkspace bytes that a plan may need at most */
    DnnPlanner(DnnTarget target, Numerics numerics, long mostWorkspace) {
        this.target = target;
        this.numerics = numerics;
        this.mostWorkspace = mostWorkspace;
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
            for (Dnn.Descriptor configuration : configurations(scope, graph, heuristic)) {
                DnnEngine engine = DnnEngine.of(scope.dnn(), configuration);
                if (accepted.size() < most && !engine.suits(floats, numerics)) {
                    refusals.add(engine + ": not for these numerics");
                } else if (accepted.size() < most) {
                    finish(scope, configuration, engine, accepted, refusals);
                }
            }
        } catch (Dnn.Failure e) {
            refusals.add(refusal(e));
        }
    }

    private void finish(DnnScope scope, Dnn.Descriptor configuration, DnnEngine engine, List<DnnPlan> accepted, List<String> refusals) {
        Dnn dnn = scope.dnn();
        Dnn.Descriptor plan = scope.descriptor(DnnKind.EXECUTION_PLAN);
        try {
            target.in(plan, DnnAttribute.EXECUTION_PLAN_HANDLE, DnnAttribute.EXECUTION_PLAN_DEVICEPROP);
            dnn.set(plan, DnnAttribute.EXECUTION_PLAN_ENGINE_CONFIG, configuration);
            dnn.finish(plan);
            long workspace = dnn.numbers(plan, DnnAttribute.EXECUTION_PLAN_WORKSPACE_SIZE, 1)[0];
            if (workspace <= mostWorkspace) {
                accepted.add(new DnnPlan(plan, engine, workspace));
                return;
            }
            refusals.add(engine + ": needs a workspace of " + workspace + " bytes");
        } catch (Dnn.Failure e) {
            refusals.add(engine + ": " + refusal(e));
        }
        scope.release(plan);
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

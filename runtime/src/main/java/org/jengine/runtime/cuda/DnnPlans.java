package org.jengine.runtime.cuda;

/** The plans of one operation with the descriptors that they need; they end with the memory that they were made for. */
final class DnnPlans implements Dependent {
    private final DnnScope scope;
    private final DnnPlanner.Answer answer;

    private DnnPlans(DnnScope scope, DnnPlanner.Answer answer) {
        this.scope = scope;
        this.answer = answer;
    }

    /** @param most plans that are wanted */
    static DnnPlans of(DnnTarget target, DnnPlanner planner, DnnOp op, int most) {
        return DnnScope.build(target.dnn(), scope -> new DnnPlans(scope, planner.plan(scope, op, most)));
    }

    DnnPlanner.Answer answer() {
        return answer;
    }

    @Override
    public synchronized void end() {
        scope.close();
    }
}

package org.jengine.softcuda.driver;

import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/**
 * Memory that a graph takes: its address is known from the capture on, its bytes live from the node that takes them in each launch to the
 * node, or the call of the program, that frees them.
 */
final class GraphMemory {
    /** What stands in a graph, or in a stream, for taking and freeing it. */
    record Change(GraphMemory of, boolean takes, String name) implements Operation {
        @Override
        public void perform(Turn at) {
            if (takes) {
                of.take(at);
            } else {
                of.free(at, name + " in " + at.stream());
            }
        }
    }

    private final Memory memory;
    private final Context context;
    private final Allocation allocation;
    private boolean held;

    GraphMemory(Memory memory, Context context, Allocation allocation) {
        this.memory = memory;
        this.context = context;
        this.allocation = allocation;
    }

    Context context() {
        return context;
    }

    Allocation allocation() {
        return allocation;
    }

    /** Whether a launch was asked for that takes it, and nothing yet that frees it. */
    boolean held() {
        return held;
    }

    void held(boolean value) {
        held = value;
    }

    private void take(Turn at) {
        memory.space().revive(allocation);
        memory.own(allocation, context);
        memory.view().begun(at, allocation);
    }

    private void free(Turn at, String by) {
        if (!allocation.live()) {
            throw new Fault(new Report(Report.Rule.USE_AFTER_FREE, allocation + " is freed though no node has taken it: nothing orders the "
                    + "free after that", "in " + by));
        }
        memory.view().freed(at, allocation);
        memory.free(memory.owner(allocation.base()), by);
    }
}

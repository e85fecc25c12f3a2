package org.jengine.nn;

import java.util.Set;
import java.util.function.IntFunction;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Graph;
import org.jengine.runtime.Stream;

/**
 * The recorded steps of an epoch: a graph of one full batch, one of several full batches on devices that launch a graph at one go, and,
 * if there is a smaller last batch, a graph for that. The last batch is not a full one with rows left out: those would count in the
 * statistics of batch normalisation.
 */
final class StepGraphs {
    /** Steps of a graph: enough that launching costs nothing, few enough that a cancelled run ends soon. */
    private static final int MOST = 32;

    private final Batches batches;
    private final int together;
    private final Graph full;
    private final Graph several;
    private final Graph tail;

    private StepGraphs(Batches batches, int together, Graph full, Graph several, Graph tail) {
        this.batches = batches;
        this.together = together;
        this.full = full;
        this.several = several;
        this.tail = tail;
    }

    /** Bound launches of a full and of the last batch, which can be recorded once the memory is there. */
    record Plan(String name, Batches batches, int together, Launches full, Launches tail) {
        /** @param step gives the launches for a number of images */
        static Plan of(String name, Batches batches, Set<Capability> device, IntFunction<Launches> step) {
            int together = device.contains(Capability.GRAPHS) ? StepGraphs.together(batches.fullSteps()) : 1;
            return new Plan(name, batches, together, step.apply(batches.full()),
                    batches.tail() > 0 ? step.apply(batches.tail()) : new Launches());
        }

        StepGraphs record(Launches.Lanes lanes, Resources resources) {
            Graph one = capture(lanes, name, 1, full, resources);
            Graph several = together == 1 ? null : capture(lanes, name + " " + together + " steps", together, full, resources);
            Graph other = tail.isEmpty() ? null : capture(lanes, name + " tail", 1, tail, resources);
            return new StepGraphs(batches, together, one, several, other);
        }

        private static Graph capture(Launches.Lanes lanes, String name, int times, Launches step, Resources resources) {
            return resources.add(lanes.row().capture(name, () -> {
                for (int i = 0; i < times; i++) {
                    step.on(lanes);
                }
            }));
        }
    }

    /** How many steps to put into one graph so that an epoch takes the fewest launches; 390 are 13 times 30. */
    static int together(int fullSteps) {
        int best = 1;
        for (int k = 2; k <= Math.min(MOST, fullSteps); k++) {
            best = fullSteps / k + fullSteps % k <= fullSteps / best + fullSteps % best ? k : best;
        }
        return best;
    }

    /** Steps that go best together: a multiple of it is queued with the fewest launches. */
    int grain() {
        return together;
    }

    /**
     * Queues the next launch.
     *
     * @param step of the epoch, counted from 0
     * @param most steps that may be queued, at least one
     * @return the steps that were queued
     */
    int launch(int step, int most, Stream stream) {
        if (step >= batches.fullSteps()) {
            tail.launch(stream);
            return 1;
        }
        boolean all = several != null && most >= together && step + together <= batches.fullSteps();
        (all ? several : full).launch(stream);
        return all ? together : 1;
    }

    /** Launches of one full step. */
    int nodes() {
        return full.nodes();
    }

    long scratchBytes() {
        return full.scratchBytes() + (several == null ? 0 : several.scratchBytes()) + (tail == null ? 0 : tail.scratchBytes());
    }
}

package org.jengine.nn;

import java.util.List;
import java.util.function.IntFunction;
import org.jengine.runtime.Graph;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Stream;

/** The recorded steps of an epoch: one graph for full batches and, if there is a smaller last one, one for that. */
final class StepGraphs {
    private final Batches batches;
    private final Graph full;
    private final Graph tail;

    private StepGraphs(Batches batches, Graph full, Graph tail) {
        this.batches = batches;
        this.full = full;
        this.tail = tail;
    }

    /** Bound launches of both, which can be recorded once the memory is there. */
    record Plan(String name, Batches batches, List<Launch> full, List<Launch> tail) {
        /** @param step gives the launches for a number of images */
        static Plan of(String name, Batches batches, IntFunction<List<Launch>> step) {
            return new Plan(name, batches, step.apply(batches.full()), batches.tail() > 0 ? step.apply(batches.tail()) : List.of());
        }

        StepGraphs record(Stream stream, Resources resources) {
            Graph one = resources.add(stream.capture(name, () -> full.forEach(l -> l.on(stream))));
            Graph other = tail.isEmpty() ? null : resources.add(stream.capture(name + " tail", () -> tail.forEach(l -> l.on(stream))));
            return new StepGraphs(batches, one, other);
        }
    }

    /** Queues a step of the epoch, counted from 0. */
    void launch(int step, Stream stream) {
        (step < batches.fullSteps() ? full : tail).launch(stream);
    }

    int nodes() {
        return full.nodes();
    }

    long scratchBytes() {
        return full.scratchBytes() + (tail == null ? 0 : tail.scratchBytes());
    }
}

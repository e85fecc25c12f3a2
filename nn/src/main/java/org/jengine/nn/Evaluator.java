package org.jengine.nn;

import java.nio.ByteBuffer;
import org.jengine.kernels.Clock;
import org.jengine.kernels.ClockTick;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Device;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/** Evaluates one split with the weights as they are: images in their order, unchanged, by running statistics, without dropout. */
final class Evaluator {
    private final Batches batches;
    private final Slice clock;
    private final HostBuffer zeros;
    private final StepRecord record;
    private final StepGraphs.Plan plan;
    private StepGraphs graphs;
    private int step;

    Evaluator(DeviceSplit data, Batches batches, StepPlanner planner, Device device, Workspace work, Resources resources) {
        this.batches = batches;
        this.clock = work.shared("evaluation clock", Shape.of(Clock.COUNT), DType.I32);
        this.zeros = resources.add(device.pinned("evaluation clock", clock.bytes()));
        this.record = new StepRecord("evaluation record", batches, device, work, resources);
        Launch tick = device.kernel(ClockTick.of()).bind(clock);
        Slice now = work.shared("evaluation clock of the step", Shape.of(Clock.COUNT), DType.I32);
        StepPlanner.Run run = new StepPlanner.Run(data, batches.full(), Augment.NONE, false, clock, now, record.slice());
        this.plan = StepGraphs.Plan.of("evaluate", batches, device.capabilities(), n -> {
            Launches step = planner.evaluate(run, n);
            step.add(tick);
            return step;
        });
    }

    /** Records the steps; the memory must be there. */
    StepGraphs record(Stream stream, Resources resources) {
        ByteBuffer bytes = zeros.bytes();
        while (bytes.hasRemaining()) {
            bytes.put((byte) 0);
        }
        graphs = plan.record(Launches.Lanes.of(stream), resources);
        return graphs;
    }

    int steps() {
        return batches.steps();
    }

    /** Steps that go best together. */
    int grain() {
        return graphs.grain();
    }

    /** Begins anew. */
    void start(Stream stream) {
        step = 0;
        stream.copyIn(clock, zeros);
    }

    /** Queues the next steps; all of them make {@link #steps}. */
    void queue(int steps, Stream stream) {
        for (int left = steps; left > 0; ) {
            int queued = graphs.launch(step, left, stream);
            step += queued;
            left -= queued;
        }
    }

    /** Queues the copy of what the steps noted down. */
    void fetch(Stream stream) {
        record.fetch(stream);
    }

    /** The figures as fetched. */
    Evaluation mean() {
        return record.mean();
    }

    /** All at once; waits. */
    Evaluation run(Stream stream) {
        start(stream);
        queue(steps(), stream);
        fetch(stream);
        stream.synchronize();
        return mean();
    }
}

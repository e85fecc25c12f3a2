package org.jengine.nn;

import java.nio.ByteBuffer;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.Event;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/** A planned run. Planning does everything slow; {@link #queue} only launches. Not for use by several threads at once. */
final class TrainSession implements Session {
    private final Resources resources = new Resources();
    private final Net net;
    private final Device device;
    private final Stream stream;
    private final Batches batches;
    private final Params params;
    private final UpdatePlan update;
    private final EpochClock clock;
    private final StepRecord record;
    private final StepGraphs graphs;
    private final Evaluator evaluator;
    private final TrainListener.PlanSummary plan;
    private boolean closed;
    /** The next step to queue. {@code step} is the epoch's number of steps when an epoch is queued whole and the next not begun. */
    private int epoch;
    private int step;
    private long updates;

    /** @param room asked for when all is laid out */
    TrainSession(Net net, ImageData data, Device device, TrainOptions o, Room room) {
        long start = System.nanoTime();
        Checks.precision(device, o.precision());
        Checks.fits(net, data, Math.min(o.batch(), data.count(ImageData.Split.TRAIN)));
        Weights initial = o.weights() == null ? Weights.initial(net, o.seed()) : o.weights();
        initial.check(net);
        this.net = net;
        this.device = device;
        try {
            stream = resources.add(device.stream("train"));
            Arena dataArena = resources.add(device.arena("data"));
            Arena paramArena = resources.add(device.arena("params"));
            Arena actArena = resources.add(device.arena("acts"));
            DeviceSplit train = DeviceSplit.take(data, ImageData.Split.TRAIN, dataArena);
            DeviceSplit validation = DeviceSplit.take(data, ImageData.Split.VALIDATION, dataArena);
            batches = Batches.of(train.count(), o.batch());
            Batches evaluation = Batches.of(validation.count(), o.batch());

            DType real = o.precision().real();
            Workspace work = new Workspace(device, actArena, Math.max(batches.full(), evaluation.full()), o.numerics());
            params = new Params(net, device, paramArena, real, true, resources);
            long runUpdates = (long) o.epochs() * batches.steps();
            clock = new EpochClock(device, work, batches.steps(), u -> o.rate(u, runUpdates), resources);
            record = new StepRecord("train record", batches, device, work, resources);
            Slice key = work.shared("key", Shape.of(2), DType.I32);
            StepPlanner planner = new StepPlanner(net, device, real, params, work, key);
            update = new UpdatePlan(o.optimizer(), params, device, paramArena, clock);
            StepPlanner.Run run = new StepPlanner.Run(train, batches.full(), o.augment(), true, clock.clock(), clock.now(),
                    record.slice());
            StepGraphs.Plan steps = StepGraphs.Plan.of("train", batches, device.capabilities(), n -> {
                Launches launches = planner.train(run, n, o.smoothing());
                launches.add(update.launch());
                return launches;
            });
            evaluator = new Evaluator(validation, evaluation, planner, device, work, resources);

            room.require(dataArena, paramArena, actArena);
            paramArena.seal();
            actArena.seal();
            dataArena.seal();
            graphs = steps.record(lanes(work), resources);
            StepGraphs evaluationGraphs = evaluator.record(stream, resources);
            train.load(device, stream);
            validation.load(device, stream);
            writeKey(key, o.seed());
            begin(initial);
            plan = new TrainListener.PlanSummary(net.parameters(), dataArena.bytes(), paramArena.bytes(), actArena.bytes(),
                    graphs.scratchBytes() + evaluationGraphs.scratchBytes(), graphs.nodes(), (System.nanoTime() - start) * 1e-9,
                    work.choices(), work.warnings());
        } catch (RuntimeException | Error e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    /** Nothing may be queued. Waits. */
    private void begin(Weights weights) {
        update.clear(stream);
        record.clear(stream);
        params.write(stream, weights);
        step = batches.steps();
        epoch = -1;
        updates = 0;
    }

    /** The gradients of the weights need not hold up those of the images, on a device that can do both at a time. */
    private Launches.Lanes lanes(Workspace work) {
        return work.hasBeside()
                ? new Launches.Lanes(stream, resources.add(device.stream("train beside")), resources.add(device.event()),
                        resources.add(device.event()))
                : Launches.Lanes.of(stream);
    }

    private void writeKey(Slice key, long seed) {
        try (HostBuffer host = device.pinned("key", key.bytes())) {
            ByteBuffer bytes = host.bytes();
            bytes.putInt(Seed.low(seed)).putInt(Seed.high(seed));
            stream.copyIn(key, host);
            stream.synchronize();
        }
    }

    @Override
    public TrainListener.PlanSummary plan() {
        return plan;
    }

    @Override
    public int stepsPerEpoch() {
        return batches.steps();
    }

    @Override
    public void restart(Weights weights) {
        requireOpen();
        weights.check(net);
        stream.synchronize();
        begin(weights);
    }

    @Override
    public void queue(int steps) {
        requireOpen();
        for (int left = steps; left > 0; ) {
            if (step == batches.steps()) {
                step = 0;
                epoch++;
                clock.start(stream, epoch, updates);
            }
            int queued = graphs.launch(step, left, stream);
            step += queued;
            updates += queued;
            left -= queued;
        }
    }

    @Override
    public void synchronize() {
        requireOpen();
        stream.synchronize();
    }

    @Override
    public double[] stepLosses() {
        requireOpen();
        record.fetch(stream);
        stream.synchronize();
        double[] losses = new double[epoch < 0 ? 0 : step];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = record.loss(i);
        }
        return losses;
    }

    @Override
    public Evaluation evaluate() {
        requireOpen();
        return evaluator.run(stream);
    }

    @Override
    public Weights weights() {
        requireOpen();
        params.fetch(stream);
        stream.synchronize();
        return params.fetched();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            // Last in, so first out: nothing may be closed under the device's hands.
            resources.add(stream::synchronize);
            resources.close();
        }
    }

    /** Images of an epoch. */
    int trainCount() {
        return batches.total();
    }

    /** Queues copies of all that the host wants to know at an epoch's end: the figures of training and evaluation, and the weights. */
    void fetch() {
        record.fetch(stream);
        evaluator.fetch(stream);
        params.fetch(stream);
    }

    /** Figures of the epoch, as fetched. */
    Evaluation epochMean() {
        return record.mean();
    }

    /** The weights as fetched. */
    Weights fetched() {
        return params.fetched();
    }

    Event event() {
        return resources.add(device.event());
    }

    Evaluator evaluator() {
        return evaluator;
    }

    Stream stream() {
        return stream;
    }

    /**
     * One for steps of one kind.
     *
     * @param grain steps that go best together
     */
    Pacer pacer(int grain) {
        return new Pacer(stream, event(), event(), grain);
    }

    /** Training steps that go best together. */
    int grain() {
        return graphs.grain();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this session is closed");
        }
    }
}

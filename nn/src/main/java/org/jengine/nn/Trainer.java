package org.jengine.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/**
 * Trains a net: set what differs from the defaults, then {@link #fit}. The defaults are batch 128, 10 epochs, Adam at 1e-3, a constant
 * rate, no augmentation, float32, seed 42.
 */
public final class Trainer {
    private final Net net;
    private final ImageData data;
    private final Device device;
    private final List<TrainListener> listeners = new ArrayList<>();
    private int batch = 128;
    private int epochs = 10;
    private Optimizer optimizer = new Optimizer.Adam(1e-3);
    private Schedule schedule = new Schedule.Constant();
    private Augment augment = Augment.NONE;
    private Precision precision = Precision.FP32;
    private boolean deterministic;
    private double smoothing;
    private long seed = 42;
    private Weights weights;

    private Trainer(Net net, ImageData data, Device device) {
        this.net = Objects.requireNonNull(net, "net");
        this.data = Objects.requireNonNull(data, "data");
        this.device = Objects.requireNonNull(device, "device");
    }

    public static Trainer of(Net net, ImageData data, Device device) {
        return new Trainer(net, data, device);
    }

    /** Images per step; the last step of an epoch takes what is left. */
    public Trainer batch(int batch) {
        this.batch = batch;
        return this;
    }

    public Trainer epochs(int epochs) {
        this.epochs = epochs;
        return this;
    }

    public Trainer optimizer(Optimizer optimizer) {
        this.optimizer = Objects.requireNonNull(optimizer, "optimizer");
        return this;
    }

    public Trainer schedule(Schedule schedule) {
        this.schedule = Objects.requireNonNull(schedule, "schedule");
        return this;
    }

    public Trainer augment(Augment augment) {
        this.augment = Objects.requireNonNull(augment, "augment");
        return this;
    }

    public Trainer precision(Precision precision) {
        this.precision = Objects.requireNonNull(precision, "precision");
        return this;
    }

    /** Whether every run on one machine must give the same bits: then the device chooses nothing by its time. Default: false. */
    public Trainer deterministic(boolean deterministic) {
        this.deterministic = deterministic;
        return this;
    }

    /** Share of the target that is spread over all classes; in training only. */
    public Trainer labelSmoothing(double smoothing) {
        this.smoothing = smoothing;
        return this;
    }

    /** Decides the fresh weights, the order of images, augmentation and dropout. */
    public Trainer seed(long seed) {
        this.seed = seed;
        return this;
    }

    /** Start from these weights instead of fresh ones. */
    public Trainer weights(Weights weights) {
        this.weights = Objects.requireNonNull(weights, "weights");
        return this;
    }

    public Trainer listener(TrainListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    public TrainResult fit() {
        return fit(new CancelToken());
    }

    /**
     * Plans and trains.
     *
     * @throws IllegalArgumentException if net, data, weights or device do not go together
     * @throws Diverged                 if an epoch's loss is not finite
     * @throws org.jengine.runtime.OutOfDeviceMemory if there is too little device memory, with the largest batch that fits
     */
    public TrainResult fit(CancelToken token) {
        TrainOptions options = options();
        try (TrainSession session = plan(options)) {
            return new Fit(session, options, List.copyOf(listeners), token).run();
        }
    }

    /** Plans as {@link #fit} would and gives the steps to the caller, for benchmarks and tests. */
    public Session open() {
        return plan(options());
    }

    /**
     * The largest batch that the device has memory for, of the one that is set at most; found by planning, and nothing is made.
     *
     * @return 0 if not even one image fits
     * @throws IllegalArgumentException if net, data, weights or device do not go together
     */
    public int fittingBatch() {
        TrainOptions options = options();
        return fitting(options).largest(atMost(options));
    }

    private TrainSession plan(TrainOptions options) {
        return fitting(options).make(atMost(options));
    }

    private Fitting<TrainSession> fitting(TrainOptions options) {
        return new Fitting<>(net, device, (batch, room) -> new TrainSession(net, data, device, options.withBatch(batch), room));
    }

    private int atMost(TrainOptions options) {
        int most = Math.max(data.count(ImageData.Split.TRAIN), data.count(ImageData.Split.VALIDATION));
        return Math.min(options.batch(), Math.max(1, most));
    }

    private TrainOptions options() {
        return new TrainOptions(batch, epochs, optimizer, schedule, augment, precision, deterministic, smoothing, seed, weights);
    }

    /**
     * Plans an evaluation only and runs it.
     *
     * @throws IllegalArgumentException if net, data, weights or device do not go together
     * @throws org.jengine.runtime.OutOfDeviceMemory if there is too little device memory, with the largest batch that fits
     */
    public static Evaluation evaluate(Net net, Weights weights, ImageData data, ImageData.Split split, Device device, int batch,
                                      Precision precision) {
        if (batch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, got " + batch);
        }
        Checks.precision(device, precision);
        Checks.fits(net, data, Math.min(batch, data.count(split)));
        weights.check(net);
        return new Fitting<>(net, device, (fitting, room) -> evaluate(net, weights, data, split, device, fitting, precision, room))
                .make(Math.max(1, Math.min(batch, data.count(split))));
    }

    private static Evaluation evaluate(Net net, Weights weights, ImageData data, ImageData.Split split, Device device, int batch,
                                       Precision precision, Room room) {
        try (Resources resources = new Resources()) {
            Stream stream = resources.add(device.stream("evaluate"));
            Arena dataArena = resources.add(device.arena("data"));
            Arena paramArena = resources.add(device.arena("params"));
            Arena actArena = resources.add(device.arena("acts"));
            DeviceSplit images = DeviceSplit.take(data, split, dataArena);
            Batches batches = Batches.of(images.count(), batch);
            Workspace work = new Workspace(device, actArena, batches.full(), precision.numerics());
            DType real = precision.real();
            Params params = new Params(net, device, paramArena, real, false, resources);
            Slice key = work.shared("key", Shape.of(2), DType.I32);
            StepPlanner planner = new StepPlanner(net, device, real, params, work, key);
            Evaluator evaluator = new Evaluator(images, batches, planner, device, work, resources);
            room.require(dataArena, paramArena, actArena);
            paramArena.seal();
            actArena.seal();
            dataArena.seal();
            evaluator.record(stream, resources);
            stream.fill(key, 0);
            images.load(device, stream);
            params.write(stream, weights);
            return evaluator.run(stream);
        }
    }
}

package org.jengine.nn;

import org.jengine.runtime.Device;

/** Trains a net: set what differs from the defaults, then {@link #fit}. */
public final class Trainer {
    private Trainer() {
    }

    public static Trainer of(Net net, ImageData data, Device device) {
        throw new UnsupportedOperationException();
    }

    public Trainer batch(int batch) {
        return this;
    }

    public Trainer epochs(int epochs) {
        return this;
    }

    public Trainer optimizer(Optimizer optimizer) {
        return this;
    }

    public Trainer schedule(Schedule schedule) {
        return this;
    }

    public Trainer augment(Augment augment) {
        return this;
    }

    public Trainer precision(Precision precision) {
        return this;
    }

    public Trainer labelSmoothing(double smoothing) {
        return this;
    }

    public Trainer seed(long seed) {
        return this;
    }

    /** Start from these weights instead of fresh ones. */
    public Trainer weights(Weights weights) {
        return this;
    }

    public Trainer listener(TrainListener listener) {
        return this;
    }

    public TrainResult fit() {
        return fit(new CancelToken());
    }

    /** @throws Diverged if an epoch's loss is not finite */
    public TrainResult fit(CancelToken token) {
        throw new UnsupportedOperationException();
    }

    /** Plans as {@link #fit} would and gives the steps to the caller, for benchmarks and tests. */
    public Session open() {
        throw new UnsupportedOperationException();
    }

    /** Plans an evaluation only and runs it. */
    public static Evaluation evaluate(Net net, Weights weights, ImageData data, ImageData.Split split, Device device, int batch,
                                      Precision precision) {
        throw new UnsupportedOperationException();
    }
}

package org.jengine.nn;

import org.jengine.runtime.Numerics;

/**
 * How a run is to go.
 *
 * @param batch         images of a full batch
 * @param deterministic whether nothing may be chosen by its time
 * @param smoothing     share of the target that all classes get alike
 * @param weights       to start from; null for fresh ones
 */
record TrainOptions(int batch, int epochs, Optimizer optimizer, Schedule schedule, Augment augment, Precision precision,
                    boolean deterministic, double smoothing, long seed, Weights weights) {
    TrainOptions {
        if (batch < 1 || epochs < 1) {
            throw new IllegalArgumentException("batch and epochs must be at least 1, got " + batch + ", " + epochs);
        }
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be at least 0 and below 1, got " + smoothing);
        }
    }

    TrainOptions withBatch(int other) {
        return new TrainOptions(other, epochs, optimizer, schedule, augment, precision, deterministic, smoothing, seed, weights);
    }

    Numerics numerics() {
        return new Numerics(precision.numerics().tf32(), deterministic);
    }

    /** The rate of an update, counted from 0, of {@code updates} in the run; later ones have the rate of the last. */
    double rate(long update, long updates) {
        return optimizer.rate() * schedule.factor(Math.min(update, updates - 1), updates);
    }
}

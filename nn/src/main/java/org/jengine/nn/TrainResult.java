package org.jengine.nn;

import java.util.List;

/**
 * What a run came to.
 *
 * @param epochs      the epochs that were finished; empty if the run was cancelled in the first
 * @param best        the epoch of highest validation accuracy, the earliest of equals; null if there is none
 * @param bestWeights weights after the best epoch; null if there is none
 * @param lastWeights weights after the last update
 * @param cancelled   whether the token ended the run
 * @param seconds     from the first step to the last evaluation, planning excluded
 */
public record TrainResult(List<EpochResult> epochs, EpochResult best, Weights bestWeights, Weights lastWeights, boolean cancelled,
                          double seconds) {
    public TrainResult {
        epochs = List.copyOf(epochs);
    }

    /** Images per second over the training parts of all epochs but the first, which warms the machine up; of the first if it is alone. */
    public double imagesPerSecond() {
        List<EpochResult> counted = epochs.size() > 1 ? epochs.subList(1, epochs.size()) : epochs;
        double images = 0;
        double time = 0;
        for (EpochResult e : counted) {
            images += e.imagesPerSecond() * e.trainSeconds();
            time += e.trainSeconds();
        }
        return time > 0 ? images / time : 0;
    }
}

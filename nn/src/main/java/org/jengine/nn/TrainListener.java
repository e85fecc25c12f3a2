package org.jengine.nn;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Is told how a run goes, on the thread that called {@code fit}. An exception from a listener is logged and the run goes on.
 */
public interface TrainListener {
    /** Planning is done; the next thing is the first step. */
    default void planned(PlanSummary plan) {
    }

    /** Some steps of an epoch are done; called a few times a second. */
    default void progress(Progress progress) {
    }

    /** An epoch and its evaluation are done. */
    default void epoch(EpochResult epoch) {
    }

    /** As {@link #epoch}, before it and only where {@code epoch.best()}, with the weights: the time to save them. */
    default void best(EpochResult epoch, Weights weights) {
    }

    /**
     * How far an epoch is.
     *
     * @param epoch   from 1
     * @param epochs  of the run
     * @param step    steps done in this epoch
     * @param steps   steps of an epoch
     * @param seconds since the epoch began
     */
    record Progress(int epoch, int epochs, int step, int steps, double seconds) {
    }

    /**
     * What planning decided.
     *
     * @param parameters       weights in the net, counted as Keras counts them
     * @param dataBytes        device memory of the data set
     * @param parameterBytes   of weights, gradients and optimiser state
     * @param activationBytes  of activations and their gradients, training and evaluation
     * @param scratchBytes     of the graphs' own memory
     * @param nodesPerStep     launches in a training step
     * @param planSeconds      time that planning took
     * @param choices          what the device chose among several ways to do the same: the operation with its sizes, and the way
     * @param warnings         what went wrong without stopping anything, and what was done instead
     */
    record PlanSummary(long parameters, long dataBytes, long parameterBytes, long activationBytes, long scratchBytes, int nodesPerStep,
                       double planSeconds, Map<String, String> choices, List<String> warnings) {
        public PlanSummary {
            choices = Collections.unmodifiableMap(new TreeMap<>(choices));
            warnings = List.copyOf(warnings);
        }
    }
}

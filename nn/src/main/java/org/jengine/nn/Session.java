package org.jengine.nn;

/** A planned run whose steps the caller drives. */
public interface Session extends AutoCloseable {
    /** What planning decided. */
    TrainListener.PlanSummary plan();

    /** Steps of an epoch, the last partial one included. */
    int stepsPerEpoch();

    /** Queues the next {@code steps} training steps, going from epoch to epoch; does not wait. */
    void queue(int steps);

    /** Waits for all that is queued. */
    void synchronize();

    /** Mean loss of each step since the epoch began, as far as done; waits. */
    double[] stepLosses();

    /** Evaluates the validation split; waits. */
    Evaluation evaluate();

    /** A copy of the weights as they are; waits. */
    Weights weights();

    @Override
    void close();
}

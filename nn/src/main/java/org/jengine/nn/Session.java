package org.jengine.nn;

/** A planned run whose steps the caller drives. */
public interface Session extends AutoCloseable {
    /** What planning decided. */
    TrainListener.PlanSummary plan();

    /** Steps of an epoch, the last partial one included. */
    int stepsPerEpoch();

    /**
     * Begins anew with these weights, as if they had been given to {@link Trainer#weights}: the optimiser has taken no step, and the epoch
     * before the first is over. What is queued is waited for.
     *
     * @throws IllegalArgumentException as {@link Weights#check} does
     */
    void restart(Weights weights);

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

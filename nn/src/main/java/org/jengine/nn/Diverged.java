package org.jengine.nn;

/** The loss of an epoch is not a finite number; the message says since which step, and what to try. */
public final class Diverged extends RuntimeException {
    private final int epoch;
    private final transient EpochResult best;
    private final transient Weights bestWeights;

    public Diverged(int epoch, String message, EpochResult best, Weights bestWeights) {
        super(message);
        this.epoch = epoch;
        this.best = best;
        this.bestWeights = bestWeights;
    }

    /** The epoch it was found in, from 1. */
    public int epoch() {
        return epoch;
    }

    /** The epoch of highest validation accuracy before that; null if there is none. */
    public EpochResult best() {
        return best;
    }

    /** The weights after it; null if there is none. */
    public Weights bestWeights() {
        return bestWeights;
    }
}

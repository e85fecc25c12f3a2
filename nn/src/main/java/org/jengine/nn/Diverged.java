package org.jengine.nn;

/** The loss of an epoch is not a finite number. */
public final class Diverged extends RuntimeException {
    private final int epoch;

    public Diverged(int epoch, String message) {
        super(message);
        this.epoch = epoch;
    }

    /** The epoch it was found in, from 1. */
    public int epoch() {
        return epoch;
    }
}

package org.jengine.nn;

/**
 * How an epoch is divided: full batches, then perhaps a smaller one.
 *
 * @param total images of the epoch
 * @param full  images of a full batch; all there are, if there are fewer
 */
record Batches(int total, int full) {
    static Batches of(int total, int batch) {
        return new Batches(total, Math.min(total, batch));
    }

    int fullSteps() {
        return total / full;
    }

    /** Images of the smaller batch; 0 if there is none. */
    int tail() {
        return total % full;
    }

    int steps() {
        return fullSteps() + (tail() > 0 ? 1 : 0);
    }

    /** Images of a step, counted from 0. */
    int images(int step) {
        return step < fullSteps() ? full : tail();
    }
}

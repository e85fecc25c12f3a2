package org.jengine.kernels;

/** Which rows of a batch hold an image: the last batch of an epoch may be longer than what is left. */
final class Rows {
    private Rows() {
    }

    /** The place in the epoch's order of the batch's first row. */
    static int first(Args a) {
        return Clock.step(a) * a.size("stride");
    }

    /** The number of rows, from the first, that hold an image: {@code min(batch, total - first)}, not less than 0. */
    static int valid(Args a) {
        return Math.max(0, Math.min(a.size("batch"), a.size("total") - first(a)));
    }
}

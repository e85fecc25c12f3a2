package org.jengine.softcuda.dnn;

/** Reductions over dimensions, with cudnnReduceTensorOp_t's numbers. Sums are formed in double and rounded once. */
final class Reduction {
    static final int ADD = 0;
    static final int MIN = 2;
    static final int MAX = 3;
    static final int LAST = 8;
    /** The graph interface has no averages and norms. */
    static final int LAST_OF_GRAPHS = 4;

    private static final int MUL = 1;
    private static final int AMAX = 4;
    private static final int AVERAGE = 5;
    private static final int NORM1 = 6;
    private static final int NORM2 = 7;

    private Reduction() {
    }

    /** Reduces to the smaller dimensions, each the same or 1. */
    static float[] reduce(int operator, float[] x, int[] from, int[] to) {
        double[] sums = new double[Tensor.count(to)];
        java.util.Arrays.fill(sums, switch (operator) {
            case MUL, LAST -> 1;
            case MIN -> Double.POSITIVE_INFINITY;
            case MAX -> Double.NEGATIVE_INFINITY;
            default -> 0;
        });
        int[] places = Shapes.places(to, from);
        for (int i = 0; i < x.length; i++) {
            int at = places[i];
            double value = x[i];
            sums[at] = switch (operator) {
                case MUL -> sums[at] * value;
                case MIN -> Math.min(sums[at], value);
                case MAX -> Math.max(sums[at], value);
                case AMAX -> Math.max(sums[at], Math.abs(value));
                case NORM1 -> sums[at] + Math.abs(value);
                case NORM2 -> sums[at] + value * value;
                case LAST -> value == 0 ? sums[at] : sums[at] * value;
                default -> sums[at] + value;
            };
        }
        float[] y = new float[sums.length];
        double count = (double) x.length / sums.length;
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) (operator == AVERAGE ? sums[i] / count : operator == NORM2 ? Math.sqrt(sums[i]) : sums[i]);
        }
        return y;
    }
}

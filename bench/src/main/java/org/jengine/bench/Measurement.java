package org.jengine.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What was measured of one combination.
 *
 * @param rates         images per second of each window
 * @param groupSteps    steps that were queued together and waited for
 * @param groupSeconds  time of each such group
 * @param seconds       time of all windows
 * @param warmupSeconds time before them
 * @param steady        whether the warm-up ended because its windows agreed, and not because its time was over
 */
record Measurement(List<Double> rates, int groupSteps, List<Double> groupSeconds, double seconds, double warmupSeconds, boolean steady) {
    Measurement {
        rates = List.copyOf(rates);
        groupSeconds = List.copyOf(groupSeconds);
    }

    double median() {
        return median(rates);
    }

    double min() {
        return Collections.min(rates);
    }

    double max() {
        return Collections.max(rates);
    }

    /** From the slowest window to the fastest, as a share of the median. */
    double spread() {
        return spread(rates);
    }

    /**
     * A step's time that a share of the groups did not exceed: a group's time over its steps, so that a single slow step among many in a
     * group is levelled out.
     *
     * @return milliseconds; null if there are too few groups to tell, fewer than one would lie above
     */
    Double stepMillis(double share) {
        int n = groupSeconds.size();
        if (n * (1 - share) < 1 - 1e-9) {
            return null;
        }
        List<Double> sorted = sorted(groupSeconds);
        return sorted.get((int) Math.ceil(share * n - 1e-9) - 1) * 1e3 / groupSteps;
    }

    static double median(List<Double> values) {
        List<Double> sorted = sorted(values);
        int n = sorted.size();
        return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    }

    static double spread(List<Double> values) {
        return (Collections.max(values) - Collections.min(values)) / median(values);
    }

    private static List<Double> sorted(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted;
    }
}

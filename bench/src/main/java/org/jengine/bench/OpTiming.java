package org.jengine.bench;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What was measured of an operation and, in turn with it, of its roof.
 *
 * @param launches    of a sample
 * @param seconds     time of one launch, sample by sample
 * @param roofWork    what one launch of the roof's kernel does
 * @param roofSeconds time of one launch of the roof's kernel, sample by sample
 */
record OpTiming(Op op, int launches, List<Double> seconds, double roofWork, List<Double> roofSeconds) {
    OpTiming {
        seconds = List.copyOf(seconds);
        roofSeconds = List.copyOf(roofSeconds);
    }

    double medianSeconds() {
        return Measurement.median(seconds);
    }

    /** Work a second. */
    double rate() {
        return op.work() / medianSeconds();
    }

    /** What the roof's kernel did a second. */
    double roofRate() {
        return roofWork / Measurement.median(roofSeconds);
    }

    /** The share of the roof that was reached, each sample against the roof's next to it: what slows the machine down slows both. */
    List<Double> shares() {
        return IntStream.range(0, seconds.size())
                .mapToObj(i -> op.work() / seconds.get(i) / (roofWork / roofSeconds.get(i))).toList();
    }
}

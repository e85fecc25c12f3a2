package org.jengine.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jengine.nn.CancelToken;
import org.jengine.nn.Session;

/**
 * Measures how fast a planned run trains once it is warm.
 *
 * <p>Steps are queued in groups that last about {@value #GROUP_MILLIS} ms, and the device is waited for after each, so that a group's
 * time is known without the wait mattering. Windows are runs of whole groups; the throughput of each is the images that it trained on
 * over its time. The warm-up goes on until three windows in a row agree within {@link #AGREEMENT}, or until its time is over.
 */
final class Throughput {
    static final int GROUP_MILLIS = 20;
    /** Largest distance of three warm-up windows, as a share of the middle one. */
    static final double AGREEMENT = 0.02;
    static final int WINDOWS = 20;
    private static final int FEWEST_WINDOWS = 3;

    private final Session session;
    private final int batch;
    private final int total;
    private final LongSupplier nanoTime;
    private int step;
    private int group = 1;

    /**
     * @param batch    images of a full step
     * @param total    images of an epoch
     * @param nanoTime the clock
     */
    Throughput(Session session, int batch, int total, LongSupplier nanoTime) {
        this.session = session;
        this.batch = batch;
        this.total = total;
        this.nanoTime = nanoTime;
    }

    /**
     * Warms up and measures.
     *
     * @param seconds to measure for
     * @param warmup  most seconds to warm up for
     * @return null if cancelled
     */
    Measurement measure(double seconds, double warmup, CancelToken token) {
        double length = seconds / WINDOWS;
        long start = nanoTime.getAsLong();
        List<Double> rates = new ArrayList<>();
        boolean steady = false;
        while (!steady && since(start) < warmup && !token.isCancelled()) {
            rates.add(window(length, null));
            int n = rates.size();
            steady = n >= 3 && Measurement.spread(rates.subList(n - 3, n)) <= AGREEMENT;
        }
        double warm = since(start);
        rates.clear();
        List<Double> groupSeconds = new ArrayList<>();
        int groupSteps = group;
        start = nanoTime.getAsLong();
        while ((since(start) < seconds || rates.size() < FEWEST_WINDOWS) && !token.isCancelled()) {
            rates.add(window(length, groupSeconds));
        }
        return token.isCancelled() ? null : new Measurement(rates, groupSteps, groupSeconds, since(start), warm, steady);
    }

    /**
     * Trains for at least {@code seconds}.
     *
     * @param times takes the seconds of each group; null while warming up, when the size of groups is still sought
     * @return images per second
     */
    private double window(double seconds, List<Double> times) {
        long images = 0;
        long start = nanoTime.getAsLong();
        long before = start;
        do {
            images += images(group);
            session.queue(group);
            session.synchronize();
            long now = nanoTime.getAsLong();
            if (times == null) {
                resize((now - before) / 1e6);
            } else {
                times.add((now - before) / 1e9);
            }
            before = now;
        } while (before - start < seconds * 1e9);
        return images / ((before - start) / 1e9);
    }

    private void resize(double millis) {
        double wanted = GROUP_MILLIS / Math.max(1e-3, millis / group);
        // By no more than double: the first steps are far slower than those to come.
        group = (int) Math.max(1, Math.min(Math.ceil(wanted), 2.0 * group));
    }

    /** Images of the next {@code steps} steps; the last one of an epoch may have fewer. */
    private long images(int steps) {
        long images = 0;
        for (int i = 0; i < steps; i++) {
            images += Math.min(batch, total - step * batch);
            step = (step + 1) % session.stepsPerEpoch();
        }
        return images;
    }

    private double since(long start) {
        return (nanoTime.getAsLong() - start) / 1e9;
    }
}

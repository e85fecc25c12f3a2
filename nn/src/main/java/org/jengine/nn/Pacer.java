package org.jengine.nn;

import java.util.function.IntConsumer;
import org.jengine.runtime.Event;
import org.jengine.runtime.Stream;

/**
 * Queues many steps in slices short enough that a cancelled run ends soon, and two of them deep so that the device never waits for the
 * host. How long a slice is follows the time that the ones before it took.
 */
final class Pacer {
    /** Seconds that a slice should take. With two in flight a run ends at most twice as long after it was cancelled. */
    private static final double SLICE_SECONDS = 0.05;
    /** A slice grows at most so many times at once: the first ones may be slow for other reasons. */
    private static final int GROWTH = 4;

    private final Stream stream;
    private final Event[] ends;
    private final int[] lengths = new int[2];
    private final int grain;
    private int slice = 1;

    /** @param grain steps that go best together: a longer slice is a multiple of it */
    Pacer(Stream stream, Event first, Event second, int grain) {
        this.stream = stream;
        this.grain = grain;
        this.ends = new Event[] {first, second};
    }

    /**
     * Queues steps 0 to {@code steps - 1}, and waits for them but for the last two slices; for all if the token was cancelled before.
     *
     * @param queue called with the number of steps to queue next
     * @param done  called with the number of steps done so far, some times a second at least
     * @return whether all were queued; false if the token was cancelled before
     */
    boolean run(int steps, CancelToken token, IntConsumer queue, IntConsumer done) {
        int queued = 0;
        int finished = 0;
        long mark = System.nanoTime();
        for (int turn = 0; queued < steps && !token.isCancelled(); turn = 1 - turn) {
            int n = Math.min(slice < grain ? slice : slice / grain * grain, steps - queued);
            queue.accept(n);
            stream.record(ends[turn]);
            lengths[turn] = n;
            queued += n;
            if (queued > n) {
                ends[1 - turn].synchronize();
                long now = System.nanoTime();
                int length = lengths[1 - turn];
                adapt(length, (now - mark) * 1e-9);
                mark = now;
                finished += length;
                done.accept(finished);
            }
        }
        if (queued < steps) {
            stream.synchronize();
        }
        return queued == steps;
    }

    private void adapt(int length, double seconds) {
        double fitting = length * SLICE_SECONDS / Math.max(seconds, 1e-9);
        slice = (int) Math.max(1, Math.min(fitting, GROWTH * (double) slice));
    }
}

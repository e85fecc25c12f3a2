package org.jengine.kernels;

/**
 * The layout of the clock, the {@code I32[4]} buffer in device memory that tells a step when it is. A recorded graph freezes its
 * scalar arguments, so whatever differs from step to step is read from here. No launch sets a clock forward that its own blocks read:
 * a training step begins with a copy of the clock, by {@link Gather}, and ends with the clock made anew from the copy, by the
 * optimiser. {@link ClockTick} ends other steps.
 */
public final class Clock {
    /** Index of the step within the epoch, from 0. */
    public static final int STEP = 0;
    /** Index of the epoch, from 0. */
    public static final int EPOCH = 1;
    /** Optimiser updates done since the run began. */
    public static final int UPDATES = 2;
    /** Elements in the buffer; the last is spare and keeps it a multiple of 16 bytes. */
    public static final int COUNT = 4;

    private Clock() {
    }

    /** What the optimisers do besides: {@code next} is {@code clock} one step later. */
    static void next(Args a) {
        for (int i = 0; i < COUNT; i++) {
            a.data("next").set(i, a.data("clock").getInt(i) + (i == STEP || i == UPDATES ? 1 : 0));
        }
    }

    static int step(Args a) {
        return a.data("clock").getInt(STEP);
    }

    static int epoch(Args a) {
        return a.data("clock").getInt(EPOCH);
    }

    static int updates(Args a) {
        return a.data("clock").getInt(UPDATES);
    }
}

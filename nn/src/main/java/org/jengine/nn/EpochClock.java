package org.jengine.nn;

import java.nio.ByteBuffer;
import java.util.function.LongToDoubleFunction;
import org.jengine.kernels.Clock;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Device;
import org.jengine.runtime.Event;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/**
 * Sets the clock and the table of learning rates at the start of an epoch, from buffers that take turns: what an earlier epoch is
 * still to be given is not overwritten.
 */
final class EpochClock {
    private static final int TURNS = 2;

    private final Slice clock;
    private final Slice now;
    private final Slice rates;
    private final LongToDoubleFunction rate;
    private final HostBuffer[] clockHost = new HostBuffer[TURNS];
    private final HostBuffer[] ratesHost = new HostBuffer[TURNS];
    private final Event[] copied = new Event[TURNS];

    /** @param rate the learning rate of an update, counted from 0 */
    EpochClock(Device device, Workspace work, int steps, LongToDoubleFunction rate, Resources resources) {
        this.clock = work.shared("clock", Shape.of(Clock.COUNT), DType.I32);
        this.now = work.shared("clock of the step", Shape.of(Clock.COUNT), DType.I32);
        this.rates = work.shared("rates", Shape.of(steps), DType.F32);
        this.rate = rate;
        for (int i = 0; i < TURNS; i++) {
            clockHost[i] = resources.add(device.pinned("clock " + i, clock.bytes()));
            ratesHost[i] = resources.add(device.pinned("rates " + i, rates.bytes()));
            copied[i] = resources.add(device.event());
        }
    }

    Slice clock() {
        return clock;
    }

    /** A copy that each step makes of the clock, for its last launch, which sets the clock forward. */
    Slice now() {
        return now;
    }

    Slice rates() {
        return rates;
    }

    /** Queues the start of an epoch; waits only if the copies of {@value #TURNS} earlier ones are still queued. */
    void start(Stream stream, int epoch, long updates) {
        int turn = epoch % TURNS;
        if (!copied[turn].done()) {
            copied[turn].synchronize();
        }
        ByteBuffer c = clockHost[turn].bytes();
        c.putInt(Clock.STEP * Integer.BYTES, 0);
        c.putInt(Clock.EPOCH * Integer.BYTES, epoch);
        c.putInt(Clock.UPDATES * Integer.BYTES, Math.toIntExact(updates));
        c.putInt((Clock.COUNT - 1) * Integer.BYTES, 0);
        ByteBuffer r = ratesHost[turn].bytes();
        for (int i = 0; i < rates.count(); i++) {
            r.putFloat(i * Float.BYTES, (float) rate.applyAsDouble(updates + i));
        }
        stream.copyIn(clock, clockHost[turn]);
        stream.copyIn(rates, ratesHost[turn]);
        stream.record(copied[turn]);
    }
}

package org.jengine.runtime.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jengine.kernels.ClockTick;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.junit.jupiter.api.Test;

/** What a device owes to users who forget to close things. */
public abstract class LeakConformance {
    /** The device to test, in debug mode; it logs under the name of its class. */
    protected abstract Device open();

    @Test
    void whatWasNotClosedIsClosedAndNamed() {
        Device device = open();
        List<LogRecord> records = new ArrayList<>();
        Logger logger = Logger.getLogger(device.getClass().getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord r) {
                records.add(r);
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            Arena arena = device.arena("forgotten");
            arena.take("slice", Shape.of(100), DType.F32);
            Slice clock = arena.take("clock", Shape.of(4), DType.I32);
            arena.seal();
            Stream stream = device.stream("open stream");
            // A launch has no close, so it is no leak, used or not.
            device.kernel(ClockTick.of()).bind(clock).on(stream);
            device.kernel(ClockTick.of()).bind(clock);
            device.close();
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
        assertEquals(2, records.size());
        assertTrue(records.stream().anyMatch(r -> r.getMessage().contains("arena forgotten")));
        assertTrue(records.stream().anyMatch(r -> r.getMessage().contains("stream open stream")));
        assertTrue(records.stream().allMatch(r -> r.getThrown() != null), "debug mode tells where");
        assertEquals(0, device.allocatedBytes());
    }
}

package org.jengine.runtime.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.junit.jupiter.api.Test;

class HostLeakTest {
    @Test
    void whatWasNotClosedIsClosedAndNamed() {
        List<LogRecord> records = new ArrayList<>();
        Logger logger = Logger.getLogger(HostDevice.class.getName());
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
        Device device = Devices.open("host", DeviceRequest.first().withThreads(1).withDebug());
        try {
            Arena arena = device.arena("forgotten");
            arena.take("slice", Shape.of(100), DType.F32);
            arena.seal();
            device.stream("open stream");
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

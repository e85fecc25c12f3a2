package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.Clock;
import org.jengine.kernels.Data;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;
import org.junit.jupiter.api.Test;

class EpochClockTest {
    @Test
    void everyEpochIsGivenItsClockAndRates() {
        try (OracleDevice device = new OracleDevice(); Arena arena = device.arena("acts"); Stream stream = device.stream("train");
             Resources resources = new Resources()) {
            Workspace work = new Workspace(device, arena, 1, Numerics.EXACT);
            EpochClock clock = new EpochClock(device, work, 3, update -> update / 8.0, resources);
            arena.seal();
            for (int epoch = 0; epoch < 5; epoch++) {
                clock.start(stream, epoch, 3L * epoch);
                Data time = OracleDevice.View.of(clock.clock()).load();
                assertEquals(0, time.getInt(Clock.STEP));
                assertEquals(epoch, time.getInt(Clock.EPOCH));
                assertEquals(3 * epoch, time.getInt(Clock.UPDATES));
                assertEquals(List.of(3 * epoch / 8.0, (3 * epoch + 1) / 8.0, (3 * epoch + 2) / 8.0), values(clock.rates()));
            }
        }
    }

    private static List<Double> values(Slice slice) {
        Data data = OracleDevice.View.of(slice).load();
        List<Double> out = new ArrayList<>();
        for (int i = 0; i < data.count(); i++) {
            out.add(data.get(i));
        }
        return out;
    }
}

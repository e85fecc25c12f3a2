package org.jengine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MeasurementTest {
    @Test
    void summaryOfWindows() {
        Measurement m = new Measurement(List.of(90.0, 110.0, 100.0, 105.0), 2, List.of(0.1), 4, 1, true);
        assertEquals(102.5, m.median());
        assertEquals(90, m.min());
        assertEquals(110, m.max());
        assertEquals(20 / 102.5, m.spread(), 1e-12);
        assertEquals(7, Measurement.median(List.of(9.0, 7.0, 1.0)));
    }

    /** Of 1 ms to 100 ms for groups of two steps, one lies above the 99th percentile. */
    @Test
    void percentilesOfSteps() {
        List<Double> seconds = IntStream.rangeClosed(1, 100).mapToObj(i -> (101 - i) / 1e3).toList();
        Measurement m = new Measurement(List.of(1.0), 2, seconds, 4, 1, true);
        assertEquals(25, m.stepMillis(0.5), 1e-9);
        assertEquals(45, m.stepMillis(0.9), 1e-9);
        assertEquals(49.5, m.stepMillis(0.99), 1e-9);
    }

    @Test
    void aPercentileThatNoGroupLiesAboveWasNotMeasured() {
        Measurement m = new Measurement(List.of(1.0), 1, IntStream.range(0, 99).mapToObj(i -> 1.0).toList(), 4, 1, true);
        assertEquals(1000.0, m.stepMillis(0.9));
        assertNull(m.stepMillis(0.99));
        assertNull(new Measurement(List.of(1.0), 1, List.of(1.0), 4, 1, true).stepMillis(0.5));
    }
}

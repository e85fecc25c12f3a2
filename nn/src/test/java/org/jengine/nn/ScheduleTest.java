package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    @ParameterizedTest
    @CsvSource({
        "constant, 0, 1", "constant, 999, 1",
        "cosine, 0, 1", "cosine, 250, 0.853553390593274", "cosine, 500, 0.5", "cosine, 999, 0.000002467399070893",
        "decay:1e-3, 0, 1", "decay:1e-3, 500, 0.666666666666667",
        "step, 333, 1", "step, 334, 0.1", "step, 667, 0.01", "step, 999, 0.01", "step:1:0.5, 499, 1", "step:1:0.5, 500, 0.5",
        "one-cycle, 0, 0.04", "one-cycle, 150, 0.52", "one-cycle, 300, 1", "one-cycle, 650, 0.50005", "one-cycle:0.5, 500, 1",
    })
    void factorsAreThese(String schedule, long update, double factor) {
        assertEquals(factor, Schedule.parse(schedule).factor(update, 1000), 1e-12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"constant", "cosine", "one-cycle:0.25", "step:3:0.2", "decay:1.0E-6"})
    void describesAsItReads(String text) {
        Schedule schedule = Schedule.parse(text);
        assertEquals(text, schedule.describe());
        assertEquals(schedule, Schedule.parse(schedule.describe()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "linear", "cosine:1", "constant:1", "step:0", "step:2:0", "step:2:1.5", "step:1:2:3", "step:x", "step:2:x",
        "decay", "decay:-1", "decay:NaN", "one-cycle:0", "one-cycle:1", "one-cycle:NaN"})
    void refusesTheRest(String text) {
        assertThrows(IllegalArgumentException.class, () -> Schedule.parse(text));
    }

    @Test
    void saysWhatIsKnown() {
        String message = assertThrows(IllegalArgumentException.class, () -> Schedule.parse("linear")).getMessage();
        assertTrue(message.contains("'linear'") && message.contains("one-cycle[:RISE]"), message);
    }

    @Test
    void aRunThatGoesOnKeepsTheLastRate() {
        TrainOptions options = new TrainOptions(1, 1, new Optimizer.Sgd(2, 0, false, 0), new Schedule.Cosine(), Augment.NONE,
                Precision.FP32, false, 0, 0, null);
        assertEquals(2 * new Schedule.Cosine().factor(9, 10), options.rate(10, 10));
        assertEquals(options.rate(9, 10), options.rate(1000, 10));
    }
}

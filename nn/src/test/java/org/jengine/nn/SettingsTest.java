package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @Test
    void augmentationsAreReadAndDescribed() {
        assertEquals(new Augment(true, 4, 8), Augment.parse("flip,crop4,cutout8"));
        assertEquals(Augment.NONE, Augment.parse("none"));
        assertEquals("flip,crop4,cutout8", new Augment(true, 4, 8).describe());
        assertEquals("none", Augment.NONE.describe());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "flop", "flip,", "crop", "crop-1", "crop1000", "cutoutx"})
    void otherAugmentationsAreRefused(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> Augment.parse(text)).getMessage();
        assertTrue(message.contains("known are none, flip, cropN, cutoutN"), message);
    }

    @Test
    void settingsThatCannotWorkAreRefused() {
        refused(() -> new Augment(false, -1, 0));
        refused(() -> new Optimizer.Adam(0));
        refused(() -> new Optimizer.Adam(Double.NaN));
        refused(() -> new Optimizer.Adam(Double.POSITIVE_INFINITY));
        refused(() -> new Optimizer.Adam(1e-3, 1, 0.999, 1e-7, 0));
        refused(() -> new Optimizer.Sgd(0.1, -0.1, false, 0));
        refused(() -> new Optimizer.RmsProp(1e-3, 0.9, 1e-7, -1));
        refused(() -> options(0, 1, 0));
        refused(() -> options(1, 0, 0));
        refused(() -> options(1, 1, 1));
        refused(() -> options(1, 1, -0.1));
    }

    @ParameterizedTest
    @CsvSource({"512, 128, 4, 4, 0", "500, 128, 4, 3, 116", "100, 128, 1, 1, 0", "129, 128, 2, 1, 1", "1, 1, 1, 1, 0"})
    void everyImageIsInABatch(int total, int batch, int steps, int fullSteps, int tail) {
        Batches batches = Batches.of(total, batch);
        assertEquals(steps, batches.steps());
        assertEquals(fullSteps, batches.fullSteps());
        assertEquals(tail, batches.tail());
        int images = 0;
        for (int i = 0; i < steps; i++) {
            images += batches.images(i);
        }
        assertEquals(total, images);
    }

    private static TrainOptions options(int batch, int epochs, double smoothing) {
        return new TrainOptions(batch, epochs, new Optimizer.Adam(1), new Schedule.Constant(), Augment.NONE, Precision.FP32, false,
                smoothing, 0, null);
    }

    private static void refused(Supplier<?> what) {
        assertThrows(IllegalArgumentException.class, what::get);
    }
}

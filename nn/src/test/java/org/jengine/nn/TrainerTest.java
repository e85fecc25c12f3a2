package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Logger;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest extends DeviceTest {
    private Trainer small() {
        return Trainer.of(Nets.SMALL, Blobs.SOME, device).batch(32).epochs(4);
    }

    /** Updates enough for the running statistics, which keep 99 % at each. */
    private Trainer longer() {
        return small().batch(16).epochs(12);
    }

    @Test
    void learns() {
        TrainResult r = longer().fit();
        assertEquals(12, r.epochs().size());
        EpochResult first = r.epochs().get(0);
        EpochResult last = r.epochs().get(11);
        assertEquals(1, first.epoch());
        assertTrue(last.trainLoss() < first.trainLoss() / 3, first + " ... " + last);
        assertTrue(r.best().valAccuracy() > 0.95, r.best().toString());
        assertTrue(first.best());
        assertEquals(r.epochs().stream().mapToDouble(EpochResult::valAccuracy).max().orElseThrow(), r.best().valAccuracy());
        assertFalse(r.cancelled());
        assertTrue(r.seconds() > 0 && r.imagesPerSecond() > 0);
        assertTrue(last.seconds() >= last.trainSeconds());
    }

    static List<Optimizer> optimizers() {
        return List.of(new Optimizer.Sgd(0.1, 0, false, 0), new Optimizer.Sgd(0.02, 0.9, true, 1e-4), new Optimizer.RmsProp(1e-3),
                new Optimizer.Adam(1e-3, 0.9, 0.999, 1e-7, 0.01));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void everyOptimizerLearns(Optimizer optimizer) {
        TrainResult r = longer().optimizer(optimizer).fit();
        assertTrue(r.best().valAccuracy() > 0.95, optimizer.describe() + ": " + r.best());
    }

    @Test
    void evaluationFindsTheSameFigures() {
        TrainResult r = small().fit();
        EpochResult last = r.epochs().get(3);
        Evaluation again = evaluate(r.lastWeights(), ImageData.Split.VALIDATION, 32);
        assertEquals(new Evaluation(last.valLoss(), last.valAccuracy(), 130), again);
        assertEquals(r.best().valLoss(), evaluate(r.bestWeights(), ImageData.Split.VALIDATION, 32).loss());
        // Another division into batches changes only the order of sums.
        assertEquals(again.loss(), evaluate(r.lastWeights(), ImageData.Split.VALIDATION, 7).loss(), 1e-6);
        assertEquals(500, evaluate(r.lastWeights(), ImageData.Split.TRAIN, 128).count());
    }

    private Evaluation evaluate(Weights weights, ImageData.Split split, int batch) {
        return Trainer.evaluate(Nets.SMALL, weights, Blobs.SOME, split, device, batch, Precision.FP32);
    }

    @Test
    void theSameSeedGivesTheSameBitsOnAnyNumberOfThreads() {
        TrainResult one;
        TrainResult two;
        try (Device first = TestDevice.open(DeviceRequest.first().withThreads(1));
             Device second = TestDevice.open(DeviceRequest.first().withThreads(2))) {
            one = augmented(first, 42).fit();
            two = augmented(second, 42).fit();
            assertEquals(losses(one), losses(two));
            assertEquals(bits(one.lastWeights()), bits(two.lastWeights()));
            assertEquals(losses(one), losses(augmented(second, 42).fit()));
            assertNotEquals(losses(one), losses(augmented(second, 43).fit()));
        }
    }

    private static Trainer augmented(Device device, long seed) {
        return Trainer.of(Nets.SMALL, Blobs.SOME, device).batch(48).epochs(2).augment(Augment.parse("flip,crop1,cutout2")).seed(seed);
    }

    private static List<List<Double>> losses(TrainResult r) {
        return r.epochs().stream().map(e -> List.of(e.trainLoss(), e.trainAccuracy(), e.valLoss(), e.valAccuracy())).toList();
    }

    @Test
    void theScheduleIsFollowed() {
        TrainResult r = small().epochs(2).schedule(new Schedule.Step(1, 0.1)).optimizer(new Optimizer.Sgd(0.5, 0, false, 0)).fit();
        assertEquals(0.5, r.epochs().get(0).learningRate());
        assertEquals(0.05, r.epochs().get(1).learningRate(), 1e-12);
        // A rate that is next to nothing from the middle on leaves the weights where they are.
        List<Weights> after = new ArrayList<>();
        small().epochs(2).schedule(new Schedule.Step(1, 1e-30)).listener(new TrainListener() {
            @Override
            public void best(EpochResult epoch, Weights weights) {
                after.add(weights);
            }
        }).fit();
        TrainResult still = small().epochs(2).schedule(new Schedule.Step(1, 1e-30)).fit();
        assertEquals(bits(after.get(0)).get("dense1.weight"), bits(still.lastWeights()).get("dense1.weight"));
    }

    @Test
    void smoothingRaisesTheLossOnly() {
        EpochResult plain = small().epochs(1).optimizer(new Optimizer.Sgd(1e-30, 0, false, 0)).fit().best();
        EpochResult smooth = small().epochs(1).optimizer(new Optimizer.Sgd(1e-30, 0, false, 0)).labelSmoothing(0.5).fit().best();
        assertNotEquals(plain.trainLoss(), smooth.trainLoss());
        assertEquals(plain.trainAccuracy(), smooth.trainAccuracy());
        assertEquals(plain.valLoss(), smooth.valLoss());
    }

    @Test
    void aCancelledRunReturnsWhatItHas() {
        CancelToken token = new CancelToken();
        TrainResult r = small().epochs(1000).listener(new TrainListener() {
            @Override
            public void epoch(EpochResult epoch) {
                if (epoch.epoch() == 2) {
                    token.cancel();
                }
            }
        }).fit(token);
        assertTrue(r.cancelled());
        assertEquals(2, r.epochs().size());
        assertEquals(bits(r.lastWeights()).keySet(), bits(r.bestWeights()).keySet());
        TrainResult none = small().fit(token);
        assertTrue(none.cancelled() && none.epochs().isEmpty());
        assertNull(none.best());
        assertNull(none.bestWeights());
        assertEquals(bits(Weights.initial(Nets.SMALL, 42)), bits(none.lastWeights()));
    }

    @Test
    void aListenerThatFailsIsLoggedAndStopsNothing() {
        List<Integer> told = new ArrayList<>();
        List<String> logged = new ArrayList<>();
        Logger logger = Logger.getLogger(Fit.class.getName());
        logger.setFilter(entry -> {
            logged.add(entry.getMessage() + " " + entry.getThrown().getMessage());
            return false;
        });
        TrainResult r = small().epochs(2).listener(new TrainListener() {
            @Override
            public void planned(PlanSummary plan) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void epoch(EpochResult epoch) {
                throw new IllegalStateException("on purpose");
            }
        }).listener(new TrainListener() {
            @Override
            public void epoch(EpochResult epoch) {
                told.add(epoch.epoch());
            }
        }).fit();
        assertEquals(2, r.epochs().size());
        logger.setFilter(null);
        assertEquals(List.of(1, 2), told);
        assertEquals(Collections.nCopies(3, "a listener failed; training goes on on purpose"), logged);
    }

    @Test
    void aRunThatDivergesSaysWhereAndWhatToDo() {
        // The decay makes every weight infinite at once; the rate alone may kill all ReLUs instead, and a dead net's loss is finite.
        Diverged e = assertThrows(Diverged.class, () -> small().optimizer(new Optimizer.Sgd(1e30, 0, false, 1e10)).fit());
        assertEquals(1, e.epoch());
        assertNull(e.best());
        assertTrue(e.getMessage().matches("the training loss is (NaN|Infinity) since epoch 1, step [2-9] of 16, at learning rate 1.0E30; "
                + "try a learning rate ten times smaller.*"), e.getMessage());
    }

    @Test
    void aRunThatDivergesLaterKeepsTheBest() {
        // Each step multiplies the weights with 1 - 7 * rate. The rate passes 2 / 7 in the second epoch; from there they grow.
        Trainer trainer = Trainer.of(Nets.LINEAR, Blobs.SOME, device).batch(1).epochs(2).optimizer(new Optimizer.Sgd(0.5, 0, false, 7))
                .schedule(new Schedule.OneCycle(0.999));
        Diverged e = assertThrows(Diverged.class, trainer::fit);
        assertEquals(2, e.epoch());
        assertEquals(1, e.best().epoch());
        Evaluation best = Trainer.evaluate(Nets.LINEAR, e.bestWeights(), Blobs.SOME, ImageData.Split.VALIDATION, device, 1, Precision.FP32);
        assertEquals(e.best().valLoss(), best.loss());
    }

    @Test
    void bf16Learns() {
        assumeTrue(device.capabilities().contains(Capability.BF16), "this processor has no bfloat16");
        TrainResult r = longer().precision(Precision.BF16).fit();
        assertTrue(r.best().valAccuracy() > 0.95, r.best().toString());
        Evaluation again = Trainer.evaluate(Nets.SMALL, r.lastWeights(), Blobs.SOME, ImageData.Split.VALIDATION, device, 16,
                Precision.BF16);
        assertEquals(r.epochs().get(11).valLoss(), again.loss());
    }
}

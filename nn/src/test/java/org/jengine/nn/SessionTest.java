package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionTest extends DeviceTest {
    private static final Optimizer STILL = new Optimizer.Sgd(1e-30, 0, false, 0);

    @Test
    void everyImageIsTrainedOnOnceAnEpoch() {
        // 500 is 3 batches of 128 and one of 116; with weights that do not move the steps' losses must sum up to the whole split's.
        Trainer trainer = Trainer.of(Nets.LINEAR, Blobs.SOME, device).batch(128).optimizer(STILL);
        Evaluation whole = Trainer.evaluate(Nets.LINEAR, Weights.initial(Nets.LINEAR, 42), Blobs.SOME, ImageData.Split.TRAIN, device, 500,
                Precision.FP32);
        try (Session session = trainer.open()) {
            assertEquals(4, session.stepsPerEpoch());
            double[] before = {};
            for (int epoch = 0; epoch < 2; epoch++) {
                session.queue(4);
                double[] losses = session.stepLosses();
                assertEquals(4, losses.length);
                assertEquals(whole.loss(), (128 * (losses[0] + losses[1] + losses[2]) + 116 * losses[3]) / 500, 1e-6);
                assertFalse(Arrays.equals(before, losses), "every epoch has its own order");
                before = losses;
            }
        }
    }

    @Test
    void thePartialBatchMovesTheWeights() {
        Blobs data = new Blobs(9, 5, 3);
        try (Session session = Trainer.of(Nets.SMALL, data, device).batch(8).open()) {
            assertEquals(2, session.stepsPerEpoch());
            session.queue(1);
            var first = bits(session.weights());
            session.queue(1);
            assertNotEquals(first, bits(session.weights()));
        }
    }

    @Test
    void dataSmallerThanABatchIsOneStep() {
        Blobs data = new Blobs(10, 100, 3);
        try (Session session = Trainer.of(Nets.SMALL, data, device).batch(64).open()) {
            assertEquals(1, session.stepsPerEpoch());
            session.queue(100);
            assertTrue(session.stepLosses()[0] < 0.3, Arrays.toString(session.stepLosses()));
            assertEquals(100, session.evaluate().count());
        }
    }

    @Test
    void queueingDeepAndWaitingOftenGiveTheSameBits() {
        double[] deep;
        try (Session session = cosine().open()) {
            session.queue(3 * session.stepsPerEpoch() + 2);
            deep = session.stepLosses();
            assertEquals(2, deep.length);
        }
        try (Session session = cosine().open()) {
            assertEquals(0, session.stepLosses().length);
            for (int i = 0; i < 3 * session.stepsPerEpoch() + 2; i++) {
                session.queue(1);
                session.synchronize();
            }
            assertArrayEquals(deep, session.stepLosses());
        }
    }

    private Trainer cosine() {
        return Trainer.of(Nets.SMALL, Blobs.SOME, device).batch(64).epochs(2).schedule(new Schedule.Cosine())
                .augment(Augment.parse("flip"));
    }

    @Test
    void evaluationDoesNotDisturbTraining() {
        double[] plain;
        try (Session session = cosine().open()) {
            session.queue(10);
            plain = session.stepLosses();
        }
        try (Session session = cosine().open()) {
            session.queue(9);
            Evaluation once = session.evaluate();
            assertEquals(once, session.evaluate());
            session.queue(1);
            assertArrayEquals(plain, session.stepLosses());
        }
    }

    @Test
    void startsFromGivenWeights() {
        Weights given = Weights.initial(Nets.SMALL, 99);
        try (Session session = Trainer.of(Nets.SMALL, Blobs.SOME, device).weights(given).open()) {
            assertEquals(bits(given), bits(session.weights()));
        }
    }

    @Test
    void restartedItIsAsIfJustOpened() {
        Weights given = Weights.initial(Nets.SMALL, 99);
        try (Session session = cosine().weights(given).open(); Session again = cosine().open()) {
            session.queue(session.stepsPerEpoch() + 3);
            again.queue(session.stepsPerEpoch() + 5);
            // What is queued is not waited for here.
            again.restart(given);
            assertEquals(0, again.stepLosses().length);
            assertEquals(bits(given), bits(again.weights()));
            again.queue(session.stepsPerEpoch() + 3);
            assertArrayEquals(session.stepLosses(), again.stepLosses());
            assertEquals(bits(session.weights()), bits(again.weights()));
            assertEquals(session.evaluate(), again.evaluate());
            Weights others = Weights.initial(Nets.LINEAR, 1);
            assertThrows(IllegalArgumentException.class, () -> again.restart(others));
            assertEquals(bits(session.weights()), bits(again.weights()), "weights that are refused change nothing");
        }
    }

    @Test
    void planSaysWhatIsTaken() {
        try (Session session = Trainer.of(Nets.SMALL, Blobs.SOME, device).batch(64).open()) {
            TrainListener.PlanSummary plan = session.plan();
            assertEquals(Nets.SMALL.parameters(), plan.parameters());
            assertTrue(plan.dataBytes() >= 630 * 193, plan.toString());
            // Weights, gradients, two moments.
            assertTrue(plan.parameterBytes() >= 4 * 4 * Nets.SMALL.trainable(), plan.toString());
            assertTrue(plan.activationBytes() >= 64 * 4 * (192 + 512 + 3 * 128 + 16 + 4), plan.toString());
            // gather; conv, pool, norm, dropout, 2 dense; loss; 2 + 2 dense, sigmoid, dropout, norm, relu, pool, conv; update, tick
            int all = 1 + 6 + 1 + 10 + 2;
            // On CUDA the clock is the optimiser's, derivatives and dropout are those of their neighbours, the norm's way back its pool's.
            int least = TestDevice.KIND.equals("cuda") ? all - 7 : all;
            // A device may need several launches for one of them.
            int most = (TestDevice.KIND.equals("host") ? 2 : 3) * all;
            assertTrue(plan.nodesPerStep() >= least && plan.nodesPerStep() <= most, plan.toString());
            assertTrue(plan.planSeconds() > 0);
        }
    }

    @Test
    void memoryIsFlatFromTheFirstStepOn() {
        List<Long> bytes = new ArrayList<>();
        Trainer.of(Nets.SMALL, Blobs.SOME, device).batch(64).epochs(20).listener(new TrainListener() {
            @Override
            public void planned(PlanSummary plan) {
                bytes.add(device.allocatedBytes());
            }

            @Override
            public void epoch(EpochResult epoch) {
                bytes.add(device.allocatedBytes());
            }
        }).fit();
        assertEquals(21, bytes.size());
        assertEquals(1, bytes.stream().distinct().count(), bytes.toString());
    }

    @Test
    void aStepAllocatesNothingOnTheJavaHeap() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double perStep = Double.MAX_VALUE;
        double perStepOfOthers = Double.MAX_VALUE;
        // Batches large enough that queueing runs ahead, which a GPU's may always: where two threads meet at a lock, the lock may allocate.
        // With fewer steps than these, what a round allocates once would count as if each step did.
        boolean gpu = TestDevice.KIND.equals("cuda");
        try (Session session = Trainer.of(Nets.SMALL, new Blobs(gpu ? 500 : 16_000, 10, 1), device).batch(gpu ? 4 : 32).open()) {
            int steps = session.stepsPerEpoch();
            for (int round = 0; round < 4; round++) {
                session.queue(1);
                session.synchronize();
                long own = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                long others = othersAllocated(threads);
                session.queue(steps - 1);
                session.synchronize();
                long end = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                perStep = Math.min(perStep, (end - own) / (double) (steps - 1));
                perStepOfOthers = Math.min(perStepOfOthers, (othersAllocated(threads) - others) / (double) (steps - 1));
            }
        }
        assertTrue(perStep < 8, "bytes a step on the thread that queues: " + perStep);
        // One small object for each of the 20 and more launches would be twice that; what is allowed is for waiting at locks.
        assertTrue(perStepOfOthers < 160, "bytes a step on the device's threads: " + perStepOfOthers);
    }

    private static long othersAllocated(ThreadMXBean threads) {
        long sum = 0;
        for (long id : threads.getAllThreadIds()) {
            sum += id == Thread.currentThread().getId() ? 0 : Math.max(0, threads.getThreadAllocatedBytes(id));
        }
        return sum;
    }

    @Test
    void closingTwiceIsHarmlessAndUseAfterwardsIsNot() {
        Session session = Trainer.of(Nets.LINEAR, Blobs.SOME, device).open();
        session.queue(1);
        session.close();
        session.close();
        assertThrows(IllegalStateException.class, () -> session.queue(1));
        assertThrows(IllegalStateException.class, session::synchronize);
        assertThrows(IllegalStateException.class, session::stepLosses);
        assertThrows(IllegalStateException.class, session::evaluate);
        assertThrows(IllegalStateException.class, session::weights);
        Weights initial = Weights.initial(Nets.LINEAR, 42);
        assertThrows(IllegalStateException.class, () -> session.restart(initial));
    }
}

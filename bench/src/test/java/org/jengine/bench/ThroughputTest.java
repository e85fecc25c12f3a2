package org.jengine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntToDoubleFunction;
import org.jengine.nn.CancelToken;
import org.jengine.nn.Evaluation;
import org.jengine.nn.Session;
import org.jengine.nn.TrainListener.PlanSummary;
import org.jengine.nn.Weights;
import org.junit.jupiter.api.Test;

class ThroughputTest {
    private static final int BATCH = 128;
    private static final int TOTAL = 50_000;

    /** A device whose steps take what a function of their number says, on a clock of its own. */
    private static final class Machine implements Session {
        private final IntToDoubleFunction millis;
        private double nanos;
        private double queued;
        private int steps;

        Machine(IntToDoubleFunction millis) {
            this.millis = millis;
        }

        @Override
        public void queue(int n) {
            for (int i = 0; i < n; i++) {
                queued += millis.applyAsDouble(steps++) * 1e6;
            }
        }

        @Override
        public void synchronize() {
            nanos += queued;
            queued = 0;
        }

        @Override
        public int stepsPerEpoch() {
            return (TOTAL + BATCH - 1) / BATCH;
        }

        @Override
        public PlanSummary plan() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void restart(Weights weights) {
            throw new UnsupportedOperationException();
        }

        @Override
        public double[] stepLosses() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Evaluation evaluate() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Weights weights() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
        }

        Measurement measure(double seconds, double warmup) {
            return new Throughput(this, BATCH, TOTAL, () -> (long) nanos).measure(seconds, warmup, new CancelToken());
        }
    }

    @Test
    void aSteadyMachineIsMeasuredExactly() {
        Measurement m = new Machine(step -> 2).measure(10, 20);
        assertTrue(m.steady());
        // 391 steps of an epoch train on 50,000 images, since the last one has fewer.
        assertEquals(TOTAL / (391 * 0.002), m.median(), 0.002 * m.median());
        assertEquals(2, m.stepMillis(0.5), 1e-6);
        assertEquals(2, m.stepMillis(0.99), 1e-6);
        assertEquals(10, m.groupSteps());
        assertEquals(10, m.seconds(), 0.6);
        assertTrue(m.rates().size() >= 19, m.rates().toString());
    }

    @Test
    void theSmallerLastBatchIsCountedAsWhatItIs() {
        // Windows of an epoch each: the rate is 50,000 images over 391 steps, not 128 images over a step.
        Measurement m = new Machine(step -> 20).measure(391 * 0.02 * Throughput.WINDOWS, 0);
        assertEquals(Throughput.WINDOWS, m.rates().size());
        for (double rate : m.rates()) {
            assertEquals(TOTAL / (391 * 0.02), rate, 1e-3);
        }
    }

    @Test
    void theWarmUpLastsUntilTheMachineIsSteady() {
        Measurement m = new Machine(step -> 2 + 20 * Math.exp(-step / 300.0)).measure(10, 60);
        assertTrue(m.steady());
        assertTrue(m.warmupSeconds() > 3, "three windows of half a second are the least; it was " + m.warmupSeconds());
        assertEquals(64_000, m.median(), 64_000 * 0.02);
    }

    @Test
    void aMachineThatNeverSettlesIsMeasuredAndReportedAsSuch() {
        Measurement m = new Machine(step -> step / 50 % 2 == 0 ? 10 : 30).measure(10, 3);
        assertFalse(m.steady());
        assertEquals(3, m.warmupSeconds(), 1.1);
        assertTrue(m.spread() > 0.5, m.toString());
    }

    @Test
    void aStepLongerThanAWindowIsAWindow() {
        Measurement m = new Machine(step -> 5000).measure(1, 1);
        assertEquals(3, m.rates().size(), "three at the least");
        assertEquals(1, m.groupSteps());
        assertNull(m.stepMillis(0.9));
    }

    @Test
    void cancelledMeansNoFigure() {
        CancelToken token = new CancelToken();
        token.cancel();
        Machine machine = new Machine(step -> 1);
        assertNull(new Throughput(machine, BATCH, TOTAL, () -> (long) machine.nanos).measure(10, 10, token));
    }
}

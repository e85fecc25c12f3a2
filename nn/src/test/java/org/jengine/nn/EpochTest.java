package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the host does in an epoch, on a device that launches a graph at one go. */
class EpochTest {
    @Test
    void anEpochIsAFewLaunchesAndOneWait() {
        try (OracleDevice device = new OracleDevice()) {
            List<int[]> counts = new ArrayList<>();
            Trainer.of(Nets.LINEAR, new Blobs(20, 9, 1), device).batch(4).epochs(30).listener(new TrainListener() {
                @Override
                public void epoch(EpochResult epoch) {
                    counts.add(new int[] {device.launches(), device.waits(), device.made()});
                }
            }).fit();
            // Steps that a busy machine makes long are waited for in slices; not all of them are long.
            assertEquals(3, least(counts, 0), "launches: five steps, two of evaluation, a smaller one of it");
            assertEquals(1, least(counts, 1), "waits");
            assertEquals(counts.get(0)[2], counts.get(29)[2], "objects made on the device");
        }
    }

    /** What the best of the epochs added to a count. */
    private static int least(List<int[]> counts, int which) {
        return IntStream.range(1, counts.size()).map(i -> counts.get(i)[which] - counts.get(i - 1)[which]).min().orElseThrow();
    }

    @Test
    void anEpochTakesTheFewestLaunches() {
        assertEquals(1, StepGraphs.together(1));
        assertEquals(10, StepGraphs.together(10));
        assertEquals(30, StepGraphs.together(390));
        assertEquals(30, StepGraphs.together(391));
        assertEquals(32, StepGraphs.together(97));
    }

    @Test
    void stepsTogetherAreThoseOneByOne() {
        double[] together;
        Weights weights;
        try (OracleDevice device = new OracleDevice(); Session session = session(device)) {
            session.queue(25);
            together = session.stepLosses();
            weights = session.weights();
            assertEquals(1 + 1 + 1 + 1 + 3, device.launches(), "ten steps and a smaller one, twice; three of the third epoch");
        }
        try (OracleDevice device = new OracleDevice(); Session session = session(device)) {
            for (int i = 0; i < 25; i++) {
                session.queue(1);
            }
            assertEquals(25, device.launches());
            assertArrayEquals(together, session.stepLosses());
            weights.tensors().forEach((name, t) -> assertArrayEquals(t.values(), session.weights().tensors().get(name).values(), name));
        }
    }

    private static Session session(OracleDevice device) {
        return Trainer.of(Nets.LINEAR, new Blobs(84, 9, 1), device).batch(8).augment(Augment.parse("flip")).open();
    }
}

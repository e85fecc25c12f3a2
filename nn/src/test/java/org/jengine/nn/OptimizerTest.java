package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class OptimizerTest {
    @Test
    void theRateGoesWithTheBatch() {
        assertEquals(new Optimizer.Sgd(0.025, 0.9, true, 1e-4), new Optimizer.Sgd(0.1, 0.9, true, 1e-4).forBatch(32, 128));
        assertEquals(new Optimizer.Adam(5e-4), new Optimizer.Adam(1e-3).forBatch(32, 128));
        assertEquals(new Optimizer.RmsProp(2e-3), new Optimizer.RmsProp(1e-3).forBatch(512, 128));
        assertEquals(new Optimizer.Adam(3.42e-4), new Optimizer.Adam(1e-3).forBatch(15, 128));
        assertEquals(new Optimizer.Adam(0.0012345), new Optimizer.Adam(0.0012345).forBatch(128, 128));
    }
}

package org.jengine.nn;

import static org.jengine.nn.layers.Layers.dense;
import static org.jengine.nn.layers.Layers.flatten;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jengine.kernels.Shape;
import org.junit.jupiter.api.Test;

class WeightsTest {
    @Test
    void matricesAreGlorotUniform() {
        float[] w = Weights.initial(Nets.SMALL, 42).tensors().get("dense1.weight").values();
        double limit = Math.sqrt(6.0 / (128 + 16));
        double mean = 0;
        double square = 0;
        double largest = 0;
        for (float v : w) {
            mean += v / w.length;
            square += (double) v * v / w.length;
            largest = Math.max(largest, Math.abs(v));
        }
        assertTrue(largest <= limit && largest > 0.99 * limit, largest + " of " + limit);
        // Five standard errors of the mean and of the mean square of 2,048 uniform numbers.
        assertEquals(0, mean, 5 * limit / Math.sqrt(3.0 * w.length));
        assertEquals(limit * limit / 3, square, 5 * limit * limit * Math.sqrt(4.0 / 45 / w.length));
    }

    @Test
    void convolutionsCountTheirWindowInBothFans() {
        float[] w = Weights.initial(Nets.SMALL, 42).tensors().get("conv1.weight").values();
        double limit = Math.sqrt(6.0 / (9 * 3 + 9 * 8));
        double largest = 0;
        for (float v : w) {
            largest = Math.max(largest, Math.abs(v));
        }
        assertTrue(largest <= limit && largest > 0.97 * limit, largest + " of " + limit);
    }

    @Test
    void theRestIsConstant() {
        Map<String, Weights.Tensor> all = Weights.initial(Nets.SMALL, 42).tensors();
        for (String zeros : new String[] {"conv1.bias", "norm1.beta", "norm1.running_mean", "dense2.bias"}) {
            assertArrayEquals(new float[all.get(zeros).values().length], all.get(zeros).values(), zeros);
        }
        for (String ones : new String[] {"norm1.gamma", "norm1.running_var"}) {
            float[] expected = new float[8];
            Arrays.fill(expected, 1);
            assertArrayEquals(expected, all.get(ones).values(), ones);
        }
    }

    @Test
    void bitsAreTheSameEverywhere() {
        // From a Philox 4x32-10 in Python that gives the known answer of Random123 for key 0: counters (0 and 1, 0, 3, 0).
        float[] expected = {-0.00721405027f, 0.069057785f, -0.0089062443f, 0.124417387f, 0.0246643648f, 0.00825206377f};
        float[] w = Weights.initial(Nets.SMALL, 0x1234_5678_9abc_def0L).tensors().get("conv1.weight").values();
        assertArrayEquals(expected, Arrays.copyOf(w, 6));
        float[] lowHalf = Weights.initial(Nets.SMALL, 0x9abc_def0L).tensors().get("conv1.weight").values();
        assertFalse(Arrays.equals(w, lowHalf), "all bits of the seed count");
    }

    @Test
    void arraysDoNotShareBits() {
        Net net = Net.of("n", Shape.of(2, 2, 2), flatten(), dense(8), dense(8), dense(8).softmax());
        Map<String, Weights.Tensor> all = Weights.initial(net, 1).tensors();
        assertFalse(Arrays.equals(all.get("dense1.weight").values(), all.get("dense2.weight").values()));
        assertFalse(Arrays.equals(all.get("dense2.weight").values(), all.get("dense3.weight").values()));
    }

    @Test
    void weightsOfAnotherNetAreNamed() {
        Map<String, Weights.Tensor> all = new HashMap<>(Weights.initial(Nets.LINEAR, 1).tensors());
        all.put("dense2.bias", new Weights.Tensor(Shape.of(1), new float[1]));
        refused("net 'linear' has no weights dense2.bias", all);
        all.remove("dense2.bias");
        all.put("dense1.bias", new Weights.Tensor(Shape.of(5), new float[5]));
        refused("net 'linear' has weights dense1.bias of shape 4, these are of shape 5", all);
        assertThrows(IllegalArgumentException.class, () -> new Weights.Tensor(Shape.of(5), new float[4]));
    }

    private static void refused(String message, Map<String, Weights.Tensor> tensors) {
        Weights weights = new Weights(tensors);
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> weights.check(Nets.LINEAR)).getMessage());
    }
}

package org.jengine.softcuda.blas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HalvesTest {
    private static final int FIRST_NAN = 0x7c01;

    @Test
    void everyHalfComesBack() {
        for (int half = 0; half < 1 << 16; half++) {
            float value = Halves.fromHalf(half);
            if ((half & 0x7fff) >= FIRST_NAN) {
                assertTrue(Float.isNaN(value));
            } else {
                assertEquals(half, Halves.toHalf(value));
            }
        }
    }

    /** The nearest of all halves, found by looking at the two neighbours. */
    @Test
    void roundsToTheNearestAndTiesToEven() {
        for (int half = 0; half < 0x7bff; half++) {
            float low = Halves.fromHalf(half);
            float high = Halves.fromHalf(half + 1);
            float middle = low + (high - low) / 2;
            assertEquals(half % 2 == 0 ? half : half + 1, Halves.toHalf(middle));
            assertEquals(half, Halves.toHalf(Math.nextDown(middle)));
            assertEquals(half + 1, Halves.toHalf(Math.nextUp(middle)));
            assertEquals(half + 1 | 0x8000, Halves.toHalf(-Math.nextUp(middle)));
        }
        assertEquals(0x7c00, Halves.toHalf(65520));
        assertEquals(0x7bff, Halves.toHalf(Math.nextDown(65520f)));
    }

    @Test
    void bfloatsAndTf32RoundAsHardwareDoes() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(value) && Math.abs(value) < 1e38f) {
                float near = Halves.fromBfloat(Halves.toBfloat(value));
                float below = Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff0000);
                float above = Float.intBitsToFloat((Float.floatToRawIntBits(value) & 0xffff0000) + 0x10000);
                assertTrue(near == below || near == above);
                assertTrue(Math.abs((double) near - value) <= Math.abs((double) below - value));
                assertTrue(Math.abs((double) near - value) <= Math.abs((double) above - value));
                double step = Math.ulp(value) * 0x1p13;
                assertTrue(Math.abs((double) Halves.toTf32(value) - value) <= step / 2);
                assertEquals(0, Float.floatToRawIntBits(Halves.toTf32(value)) & 0x1fff);
            }
        }
        assertEquals(1 + 0x1p-10f, Halves.toTf32(1 + 0x1p-11f));
        assertEquals(1f, Halves.fromBfloat(Halves.toBfloat(1 + 0x1p-8f)));
        assertTrue(Float.isNaN(Halves.fromBfloat(Halves.toBfloat(Float.NaN))));
        assertTrue(Float.isNaN(Halves.toTf32(Float.NaN)));
    }
}

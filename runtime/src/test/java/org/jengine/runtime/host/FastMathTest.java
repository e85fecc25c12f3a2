package org.jengine.runtime.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FastMathTest {
    @Test
    void expIsExactToTwoUnitsInTheLastPlace() {
        for (float x = -87; x <= 88; x += 0.00137f) {
            float exact = (float) Math.exp(x);
            assertEquals(exact, FastMath.exp(x), 2 * Math.ulp(exact), "exp(" + x + ")");
        }
        assertEquals(1, FastMath.exp(0));
        assertTrue(FastMath.exp(-1e30f) < 1e-37f && FastMath.exp(-1e30f) >= 0);
        assertTrue(Float.isNaN(FastMath.exp(Float.NaN)));
    }
}

package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;

class DTypeTest {
    @Test
    void roundsToTheNearestAndTiesToEven() {
        assertBf16(0x3f80, 0x3f800000, "1 is exact");
        assertBf16(0x3f80, 0x3f807fff, "just below the tie");
        assertBf16(0x3f80, 0x3f808000, "a tie, the even number below");
        assertBf16(0x3f81, 0x3f808001, "just above the tie");
        assertBf16(0x3f82, 0x3f818000, "a tie, the even number above");
        assertBf16(0xbf82, 0xbf818000, "a negative tie");
        assertBf16(0x4000, 0x3fff8000, "a tie that carries into the exponent");
        assertBf16(0x8000, 0x80000000, "minus zero");
        assertBf16(0x0000, 0x00008000, "half of the smallest number, a tie");
        assertBf16(0x0001, 0x00008001, "just above half of the smallest number");
        assertBf16(0x7f80, 0x7f7fffff, "the largest float is beyond the largest bfloat16");
        assertBf16(0xff80, 0xff800000, "minus infinity");
    }

    @Test
    void nanStaysNan() {
        for (int bits : new int[] {0x7f800001, 0x7fc00000, 0x7fffffff, 0xff800001, 0xffffffff}) {
            float back = DType.fromBf16(DType.toBf16(Float.intBitsToFloat(bits)));
            assertTrue(Float.isNaN(back), () -> Integer.toHexString(bits) + " became " + back);
        }
    }

    @Test
    void everyBfloat16ComesBack() {
        for (int bits = 0; bits < 0x10000; bits++) {
            float value = DType.fromBf16((short) bits);
            if (!Float.isNaN(value)) {
                assertEquals((short) bits, DType.toBf16(value));
            }
        }
    }

    @Property
    void noOtherBfloat16IsNearer(@ForAll @FloatRange(min = -1e30f, max = 1e30f) float value) {
        short rounded = DType.toBf16(value);
        double distance = Math.abs((double) DType.fromBf16(rounded) - value);
        for (int step = -1; step <= 1; step += 2) {
            double other = Math.abs((double) DType.fromBf16((short) (rounded + step)) - value);
            assertTrue(distance <= other || Double.isNaN(other), () -> value + " was rounded to " + DType.fromBf16(rounded));
        }
    }

    private static void assertBf16(int expected, int floatBits, String why) {
        assertEquals((short) expected, DType.toBf16(Float.intBitsToFloat(floatBits)), why);
    }
}

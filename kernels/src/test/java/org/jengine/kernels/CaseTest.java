package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class CaseTest {
    private final Case drawn = Relu.fwd(DType.F32).cases().get(0);

    @Test
    void toleranceGrowsWithTheReductionAndTheStoredType() {
        Case sum = new Case("sum", 100, drawn.make());
        assertEquals(100 * 0x1p-23, sum.tolerance(DType.F32));
        assertEquals(0x1p-7 + 100 * 0x1p-23, sum.tolerance(DType.BF16));
        assertEquals(0, sum.tolerance(DType.I32));
        assertEquals(0, sum.tolerance(DType.U8));
    }

    @Test
    void nothingComputedNothingForgiven() {
        Case copy = new Case("copy", 0, drawn.make());
        assertEquals(0, copy.tolerance(DType.F32));
        assertEquals(0, copy.tolerance(DType.BF16));
    }

    @Test
    void refusesANegativeLengthAndAnEpsilonOfIntegers() {
        assertThrows(IllegalArgumentException.class, () -> new Case("bad", -1, drawn.make()));
        assertThrows(IllegalArgumentException.class, () -> Case.epsilon(DType.U8));
    }

    @Test
    void epsilonIsTheDistanceToTheNextNumber() {
        assertEquals(Math.nextUp(1f) - 1f, Case.epsilon(DType.F32));
        assertEquals(DType.fromBf16((short) 0x3f81) - 1f, Case.epsilon(DType.BF16));
    }

    @Test
    void theSeedDecidesTheArguments() {
        assertEquals(drawn.args(1).data("x").bytes(), drawn.args(1).data("x").bytes());
        assertNotEquals(drawn.args(1).data("x").bytes(), drawn.args(2).data("x").bytes());
    }
}

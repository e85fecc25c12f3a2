package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DataTest {
    @Test
    void roundsToTheStoredType() {
        assertEquals((float) 0.1, Data.of(DType.F32, new double[] {0.1}).get(0));
        assertEquals(0x1.9ap-4, Data.of(DType.BF16, new double[] {0.1}).get(0));
        assertEquals(2, Data.of(DType.I32, new double[] {2.5}).get(0));
        assertEquals(4, Data.of(DType.U8, new double[] {3.5}).get(0));
    }

    @Test
    void integersSaturate() {
        Data bytes = Data.of(DType.U8, -1, 256, 255);
        assertEquals(0, bytes.getInt(0));
        assertEquals(255, bytes.getInt(1));
        assertEquals(255, bytes.getInt(2));
        Data ints = Data.of(DType.I32, 1e12, -1e12);
        assertEquals(Integer.MAX_VALUE, ints.getInt(0));
        assertEquals(Integer.MIN_VALUE, ints.getInt(1));
    }

    @ParameterizedTest
    @EnumSource
    void anIndexOutsideThrows(DType type) {
        Data data = Data.of(type, 3);
        assertThrows(IndexOutOfBoundsException.class, () -> data.get(3));
        assertThrows(IndexOutOfBoundsException.class, () -> data.set(3, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> data.get(-1));
    }

    @ParameterizedTest
    @EnumSource
    void bytesShareAndCopiesDoNot(DType type) {
        Data data = Data.of(type, new double[] {1, 2, 3});
        assertEquals(3 * type.bytes(), data.bytes().remaining());
        Data copy = data.copy();
        assertEquals(data.bytes(), copy.bytes());
        data.bytes().put(0, (byte) 77).put(1, (byte) 77);
        assertTrue(data.get(0) != 1, "a write through bytes() did not reach the buffer");
        assertEquals(1, copy.get(0));
    }

    @Test
    void poisonShowsInEveryType() {
        assertTrue(Double.isNaN(Data.of(DType.F32, 2).poison().get(1)));
        assertTrue(Double.isNaN(Data.of(DType.BF16, 2).poison().get(1)));
        assertEquals(-1, Data.of(DType.I32, 2).poison().get(1));
        assertEquals(255, Data.of(DType.U8, 2).poison().get(1));
    }
}

package org.jengine.cifar.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jengine.nn.ImageData.Split;
import org.junit.jupiter.api.Test;

class LimitedDataTest {
    private final DataSet whole = Synthetic.of(3, 40, 20);

    @Test
    void givesThePrefixOfEachSplit() {
        DataSet data = LimitedData.of(whole, 30);
        assertEquals(30, data.count(Split.TRAIN));
        assertEquals(20, data.count(Split.VALIDATION));
        byte[] all = Fixture.content(whole, Split.TRAIN);
        byte[] some = Fixture.content(data, Split.TRAIN);
        assertArrayEquals(Arrays.copyOf(all, 30 * Layout.IMAGE), Arrays.copyOf(some, 30 * Layout.IMAGE));
        assertArrayEquals(Arrays.copyOf(whole.labels(Split.TRAIN), 30), data.labels(Split.TRAIN));
        assertArrayEquals(Fixture.content(whole, Split.VALIDATION), Fixture.content(data, Split.VALIDATION));
    }

    @Test
    void saysSo() {
        DataSet data = LimitedData.of(whole, 30);
        assertEquals("synthetic (first 30)", data.name());
        assertEquals(whole.fingerprint() + ":first:30", data.fingerprint());
        assertEquals(3, data.report().classes().get(0).train());
    }

    @Test
    void nothingLeftOutIsTheWholeSet() {
        assertSame(whole, LimitedData.of(whole, 40));
        assertEquals("synthetic", LimitedData.of(whole, 1000).name());
    }

    @Test
    void badLimitsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> LimitedData.of(whole, 0));
        DataSet data = LimitedData.of(whole, 5);
        assertThrows(IllegalArgumentException.class,
            () -> data.copyFirst(Split.TRAIN, 6, ByteBuffer.allocate(6 * Layout.IMAGE), ByteBuffer.allocate(6)));
    }
}

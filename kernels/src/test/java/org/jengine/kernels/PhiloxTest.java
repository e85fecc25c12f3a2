package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PhiloxTest {
    /** The lines {@code philox4x32 10} of {@code tests/kat_vectors} in Random123, by the authors of the paper. */
    @Test
    void givesThePublishedVectors() {
        assertBlock(new int[] {0, 0, 0, 0}, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertBlock(new int[] {-1, -1, -1, -1}, -1, -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        assertBlock(new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0,
                0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void writesFourWordsWhereAsked() {
        int[] out = new int[6];
        Philox.block(0, 0, 0, 0, 0, 0, out, 1);
        assertEquals(0, out[0]);
        assertEquals(0x6627e8d5, out[1]);
        assertEquals(0x9b00dbd8, out[4]);
        assertEquals(0, out[5]);
    }

    private static void assertBlock(int[] counter, int k0, int k1, int... expected) {
        int[] out = new int[4];
        Philox.block(counter[0], counter[1], counter[2], counter[3], k0, k1, out, 0);
        assertArrayEquals(expected, out);
    }
}

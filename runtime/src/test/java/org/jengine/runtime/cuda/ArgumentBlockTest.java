package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.lwjgl.system.MemoryUtil;

/** The layout that {@code cuLaunchKernel} reads. */
class ArgumentBlockTest {
    @Test
    void addressesComeFirstAndEachPointsToItsValue() {
        ArgumentBlock block = new ArgumentBlock(3);
        try {
            block.set(0, 0x7000_0000_1234L);
            block.set(1, -5);
            block.set(2, 0.25f);
            ByteBuffer memory = block.memory();
            assertEquals(ByteOrder.nativeOrder(), memory.order());
            assertEquals(0x7000_0000_1234L, MemoryUtil.memGetLong(memory.getLong(0)));
            assertEquals(-5, MemoryUtil.memGetInt(memory.getLong(8)));
            assertEquals(0.25f, MemoryUtil.memGetFloat(memory.getLong(16)));
            for (int i = 0; i < 3; i++) {
                assertEquals(MemoryUtil.memAddress(memory) + 24 + 8 * i, memory.getLong(8 * i), "values lie behind the addresses");
            }
        } finally {
            block.free();
        }
    }
}

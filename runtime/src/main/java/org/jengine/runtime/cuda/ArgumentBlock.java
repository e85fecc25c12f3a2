package org.jengine.runtime.cuda;

import java.nio.ByteBuffer;
import org.lwjgl.system.MemoryUtil;

/**
 * The arguments of one launch as the driver reads them, in memory of their own that is made once: the address of each value, then the
 * values, each on eight bytes.
 */
final class ArgumentBlock {
    private final int count;
    private final ByteBuffer memory;

    ArgumentBlock(int count) {
        this.count = count;
        memory = MemoryUtil.memCalloc(Math.max(1, 2 * count * Long.BYTES));
        long values = MemoryUtil.memAddress(memory) + (long) count * Long.BYTES;
        for (int i = 0; i < count; i++) {
            memory.putLong(i * Long.BYTES, values + (long) i * Long.BYTES);
        }
    }

    void set(int index, long address) {
        memory.putLong(value(index), address);
    }

    void set(int index, int size) {
        memory.putInt(value(index), size);
    }

    void set(int index, float scalar) {
        memory.putFloat(value(index), scalar);
    }

    private int value(int index) {
        return (count + index) * Long.BYTES;
    }

    /** All of it, which begins with the addresses. */
    ByteBuffer memory() {
        return memory;
    }

    void free() {
        MemoryUtil.memFree(memory);
    }
}

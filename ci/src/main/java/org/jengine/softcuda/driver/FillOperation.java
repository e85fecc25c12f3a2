package org.jengine.softcuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jengine.softcuda.work.Cost;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/**
 * Sets memory to a value over and over.
 *
 * @param width  bytes of the value: 1, 2 or 4
 * @param count  values of a row
 * @param pitch  bytes from one row to the next
 */
record FillOperation(String name, Memory memory, long address, long pitch, int value, int width, long count, long rows)
        implements Operation {
    /** A CUDA_MEMSET_NODE_PARAMS. */
    static FillOperation of(String name, Memory memory, byte[] struct) {
        ByteBuffer in = ByteBuffer.wrap(struct).order(ByteOrder.LITTLE_ENDIAN);
        return new FillOperation(name, memory, in.getLong(0), in.getLong(8), in.getInt(16), in.getInt(20), in.getLong(24), in.getLong(32));
    }

    byte[] toStruct() {
        return ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN).putLong(address).putLong(pitch).putInt(value).putInt(width)
                .putLong(count).putLong(rows).array();
    }

    /** Bytes from the first to the last that it sets. */
    long span() {
        return count == 0 || rows == 0 ? 0 : (rows - 1) * pitch + count * width;
    }

    @Override
    public void perform(Turn at) {
        for (long row = 0; row < rows; row++) {
            long start = address + row * pitch;
            Memory.Owned one = memory.owner(start);
            if (one == null || one.hostAddress() == 0) {
                memory.view().fill(at, start, value, width, count);
                continue;
            }
            byte[] bytes = new byte[Math.toIntExact(count * width)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (value >> Byte.SIZE * (i % width));
            }
            memory.host().write(one.programAddress(start), bytes);
        }
    }

    @Override
    public Cost cost() {
        return new Cost(count * width * rows, 0, Cost.NONE.type());
    }

    @Override
    public long[] addresses() {
        return new long[] {address};
    }
}

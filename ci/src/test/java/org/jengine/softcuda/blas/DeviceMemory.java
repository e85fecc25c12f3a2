package org.jengine.softcuda.blas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.work.Turn;

/** Device memory for tests: bounds are checked, and reads of bytes that nobody wrote. */
public final class DeviceMemory implements View {
    private final AddressSpace space = new AddressSpace();
    private final java.util.Set<Long> written = new java.util.HashSet<>();

    public long allocate(long bytes) {
        return space.allocate(Allocation.Kind.DEVICE, bytes, "test").base();
    }

    public long floats(float... values) {
        long at = allocate(4L * values.length);
        writeFloats(null, at, values);
        return at;
    }

    public long of(DataType type, double... values) {
        long at = allocate((long) type.bytes() * values.length);
        type.writeDoubles(this, TURN, at, values);
        return at;
    }

    public long longs(long... values) {
        double[] numbers = java.util.Arrays.stream(values).asDoubleStream().toArray();
        return of(DataType.I64, numbers);
    }

    /** A turn for accesses that no test looks at. */
    public static final Turn TURN = new Turn(1, "test", "0", earlier -> true);

    @Override
    public byte[] readBytes(Turn turn, long address, long count) {
        for (long at = address; at < address + count; at++) {
            if (!written.contains(at)) {
                throw new Fault(new Report(Report.Rule.UNINITIALISED, "nobody wrote 0x" + Long.toHexString(at), "test"));
            }
        }
        byte[] bytes = new byte[(int) count];
        Allocation in = in(address, count);
        in.read(address - in.base(), bytes, 0, bytes.length);
        return bytes;
    }

    @Override
    public void writeBytes(Turn turn, long address, byte[] from) {
        Allocation in = in(address, from.length);
        in.write(address - in.base(), from, 0, from.length);
        for (long at = address; at < address + from.length; at++) {
            written.add(at);
        }
    }

    @Override
    public float[] readFloats(Turn turn, long address, int count) {
        float[] values = new float[count];
        ByteBuffer.wrap(readBytes(turn, address, 4L * count)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    @Override
    public void writeFloats(Turn turn, long address, float[] from) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * from.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(from);
        writeBytes(turn, address, bytes.array());
    }

    @Override
    public void copy(Turn turn, long to, long from, long count) {
        writeBytes(turn, to, readBytes(turn, from, count));
    }

    @Override
    public void fill(Turn turn, long address, int value, int width, long count) {
        byte[] bytes = new byte[(int) (count * width)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (value >> 8 * (i % width));
        }
        writeBytes(turn, address, bytes);
    }

    private Allocation in(long address, long count) {
        Allocation found = space.find(address, count);
        if (found == null) {
            throw new Fault(new Report(Report.Rule.OUT_OF_BOUNDS, count + " bytes at 0x" + Long.toHexString(address), "test"));
        }
        return found;
    }
}

package org.jengine.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A flat typed buffer: what references and cases compute with. Reading gives doubles, writing rounds to the stored type, so that
 * a reference states only arithmetic. Indices count elements; one outside the buffer throws {@link IndexOutOfBoundsException}.
 */
public final class Data {
    private final DType type;
    private final int count;
    private final ByteBuffer bytes;

    private Data(DType type, int count) {
        this(type, count, ByteBuffer.allocate(Math.multiplyExact(count, type.bytes())));
    }

    private Data(DType type, int count, ByteBuffer bytes) {
        this.type = type;
        this.count = count;
        this.bytes = bytes.order(ByteOrder.nativeOrder());
    }

    public static Data of(DType type, int count) {
        return new Data(type, count);
    }

    /** A buffer over {@code memory}, from its first byte to its limit; shares the content. */
    public static Data over(DType type, ByteBuffer memory) {
        return new Data(type, memory.limit() / type.bytes(), memory.duplicate().position(0));
    }

    public static Data of(DType type, double... values) {
        Data data = new Data(type, values.length);
        for (int i = 0; i < values.length; i++) {
            data.set(i, values[i]);
        }
        return data;
    }

    public DType type() {
        return type;
    }

    public int count() {
        return count;
    }

    public double get(int i) {
        return switch (type) {
            case F32 -> bytes.getFloat(i * 4);
            case BF16 -> DType.fromBf16(bytes.getShort(i * 2));
            case U8 -> bytes.get(i) & 0xff;
            case I32 -> bytes.getInt(i * 4);
        };
    }

    /** Stores {@code value} rounded to the nearest of the type; integers saturate and must not be NaN. */
    public void set(int i, double value) {
        switch (type) {
            case F32 -> bytes.putFloat(i * 4, (float) value);
            case BF16 -> bytes.putShort(i * 2, DType.toBf16((float) value));
            case U8 -> bytes.put(i, (byte) Math.max(0, Math.min(255, Math.rint(value))));
            case I32 -> bytes.putInt(i * 4, (int) Math.rint(value));
        }
    }

    /** The element as an int; for {@code I32} and {@code U8} buffers. */
    public int getInt(int i) {
        return type == DType.I32 ? bytes.getInt(i * 4) : (int) get(i);
    }

    /** The buffer's bytes in native order; position 0, limit its length; shares the content. */
    public ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.nativeOrder()).clear();
    }

    public Data copy() {
        Data copy = new Data(type, count);
        copy.bytes().put(bytes());
        return copy;
    }

    /** Fills the buffer with ones in every bit: NaN in float types, so that what nobody wrote shows. */
    public Data poison() {
        for (int i = 0; i < bytes.capacity(); i++) {
            bytes.put(i, (byte) 0xff);
        }
        return this;
    }
}

package org.jengine.softcuda.blas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.work.Turn;

/** How a number lies in device memory. The libraries compute in float or double and convert here. */
public enum DataType {
    F32(0, 4), F64(1, 8), F16(2, 2), I8(3, 1), U8(8, 1), I32(10, 4), BF16(14, 2), I64(24, 8);

    private final int cuda;
    private final int bytes;

    DataType(int cuda, int bytes) {
        this.cuda = cuda;
        this.bytes = bytes;
    }

    /** The type that cudaDataType_t gives the number, or null if it is not provided. */
    public static DataType ofCuda(int number) {
        for (DataType type : values()) {
            if (type.cuda == number) {
                return type;
            }
        }
        return null;
    }

    /** Bytes of an element. */
    public int bytes() {
        return bytes;
    }

    /** The value as memory of this type would keep it. */
    public float round(float value) {
        return switch (this) {
            case F16 -> Halves.fromHalf(Halves.toHalf(value));
            case BF16 -> Halves.fromBfloat(Halves.toBfloat(value));
            case I8, U8, I32, I64 -> (float) whole(value);
            default -> value;
        };
    }

    /** Reads {@code count} elements that lie one after the other. */
    public float[] read(View view, Turn turn, long address, int count) {
        if (this == F32) {
            return view.readFloats(turn, address, count);
        }
        byte[] raw = raw(view, turn, address, count);
        float[] values = new float[count];
        if (this == F16 || this == BF16) {
            ShortBuffer shorts = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
            for (int i = 0; i < count; i++) {
                values[i] = this == F16 ? Halves.fromHalf(shorts.get(i) & 0xffff) : Halves.fromBfloat(shorts.get(i));
            }
            return values;
        }
        for (int i = 0; i < count; i++) {
            values[i] = (float) decode(raw, i * bytes);
        }
        return values;
    }

    /** As {@link #read}, without loss for 64-bit types. */
    public double[] readDoubles(View view, Turn turn, long address, int count) {
        double[] values = new double[count];
        if (this == F32) {
            float[] floats = view.readFloats(turn, address, count);
            for (int i = 0; i < count; i++) {
                values[i] = floats[i];
            }
            return values;
        }
        byte[] raw = raw(view, turn, address, count);
        for (int i = 0; i < count; i++) {
            values[i] = decode(raw, i * bytes);
        }
        return values;
    }

    /** Writes elements one after the other, rounded to this type. */
    public void write(View view, Turn turn, long address, float[] values) {
        if (this == F32) {
            view.writeFloats(turn, address, values);
            return;
        }
        aligned(turn, address);
        byte[] raw = new byte[values.length * bytes];
        if (this == F16 || this == BF16) {
            ShortBuffer shorts = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
            for (int i = 0; i < values.length; i++) {
                shorts.put(i, (short) (this == F16 ? Halves.toHalf(values[i]) : Halves.toBfloat(values[i])));
            }
        } else {
            for (int i = 0; i < values.length; i++) {
                encode(values[i], raw, i * bytes);
            }
        }
        view.writeBytes(turn, address, raw);
    }

    /** As {@link #write}, without loss for 64-bit types. */
    public void writeDoubles(View view, Turn turn, long address, double[] values) {
        if (this == F32) {
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) values[i];
            }
            view.writeFloats(turn, address, floats);
            return;
        }
        aligned(turn, address);
        byte[] raw = new byte[values.length * bytes];
        for (int i = 0; i < values.length; i++) {
            encode(values[i], raw, i * bytes);
        }
        view.writeBytes(turn, address, raw);
    }

    /** The element that starts at a place in bytes as memory holds them. */
    public double decode(byte[] from, int at) {
        ByteBuffer buffer = ByteBuffer.wrap(from).order(ByteOrder.LITTLE_ENDIAN);
        return switch (this) {
            case F32 -> buffer.getFloat(at);
            case F64 -> buffer.getDouble(at);
            case F16 -> Halves.fromHalf(buffer.getShort(at) & 0xffff);
            case BF16 -> Halves.fromBfloat(buffer.getShort(at));
            case I8 -> from[at];
            case U8 -> from[at] & 0xff;
            case I32 -> buffer.getInt(at);
            case I64 -> buffer.getLong(at);
        };
    }

    /** The bytes of one element. */
    public byte[] encode(double value) {
        byte[] raw = new byte[bytes];
        encode(value, raw, 0);
        return raw;
    }

    private void encode(double value, byte[] to, int at) {
        ByteBuffer buffer = ByteBuffer.wrap(to).order(ByteOrder.LITTLE_ENDIAN);
        switch (this) {
            case F32 -> buffer.putFloat(at, (float) value);
            case F64 -> buffer.putDouble(at, value);
            case F16 -> buffer.putShort(at, (short) Halves.toHalf((float) value));
            case BF16 -> buffer.putShort(at, (short) Halves.toBfloat((float) value));
            case I8, U8 -> to[at] = (byte) whole(value);
            case I32 -> buffer.putInt(at, (int) whole(value));
            case I64 -> buffer.putLong(at, (long) whole(value));
        }
    }

    private double whole(double value) {
        double nearest = Math.rint(value);
        return switch (this) {
            case I8 -> Math.max(Byte.MIN_VALUE, Math.min(Byte.MAX_VALUE, nearest));
            case U8 -> Math.max(0, Math.min(255, nearest));
            case I32 -> Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, nearest));
            default -> nearest;
        };
    }

    private byte[] raw(View view, Turn turn, long address, int count) {
        aligned(turn, address);
        return view.readBytes(turn, address, (long) count * bytes);
    }

    private void aligned(Turn turn, long address) {
        if (address % bytes != 0) {
            throw new Fault(new Report(Report.Rule.MISALIGNED, "address 0x" + Long.toHexString(address) + " is no multiple of the "
                    + bytes + " bytes of an element of type " + this, turn.name() + " on stream " + turn.stream()));
        }
    }
}

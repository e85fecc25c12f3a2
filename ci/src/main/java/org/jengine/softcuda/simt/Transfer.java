package org.jengine.softcuda.simt;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jengine.softcuda.simt.alu.Values;

/** Moves values of lanes between registers and bytes. Places are multiples of the values' size. */
final class Transfer {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DOUBLE = MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

    /** Fewer lanes are moved one by one, since that takes less than setting up a copy. */
    private static final int BULK = 12;

    private Transfer() {
    }

    /** The bits of a value of 1, 2, 4 or 8 bytes. */
    static long get(byte[] memory, int at, int width, boolean signed) {
        return switch (width) {
            case 1 -> signed ? memory[at] : memory[at] & 0xff;
            case 2 -> signed ? (short) SHORT.get(memory, at) : (short) SHORT.get(memory, at) & 0xffff;
            case 4 -> signed ? (int) INT.get(memory, at) : (int) INT.get(memory, at) & 0xffffffffL;
            default -> (long) LONG.get(memory, at);
        };
    }

    static void put(byte[] memory, int at, int width, long bits) {
        switch (width) {
            case 1 -> memory[at] = (byte) bits;
            case 2 -> SHORT.set(memory, at, (short) bits);
            case 4 -> INT.set(memory, at, (int) bits);
            default -> LONG.set(memory, at, bits);
        }
    }

    /** Loads values that lie one behind the other; the register is as wide as they. */
    static void loadRun(Values to, byte[] memory, int start, int from, int end) {
        int count = end - from;
        if (count < BULK) {
            for (int k = 0; k < count; k++) {
                if (to.f != null) {
                    to.f[from + k] = (float) FLOAT.get(memory, start + k * Float.BYTES);
                } else if (to.i != null) {
                    to.i[from + k] = (int) INT.get(memory, start + k * Integer.BYTES);
                } else {
                    Lanes.set(to, from + k, (long) LONG.get(memory, start + k * Long.BYTES));
                }
            }
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
        if (to.f != null) {
            bytes.asFloatBuffer().get(start / Float.BYTES, to.f, from, count);
        } else if (to.i != null) {
            bytes.asIntBuffer().get(start / Integer.BYTES, to.i, from, count);
        } else if (to.l != null) {
            bytes.asLongBuffer().get(start / Long.BYTES, to.l, from, count);
        } else {
            bytes.asDoubleBuffer().get(start / Double.BYTES, to.d, from, count);
        }
    }

    static void storeRun(Values value, byte[] memory, int start, int from, int end) {
        int count = end - from;
        if (count < BULK) {
            for (int k = 0; k < count; k++) {
                if (value.f != null) {
                    FLOAT.set(memory, start + k * Float.BYTES, value.f[from + k]);
                } else if (value.i != null) {
                    INT.set(memory, start + k * Integer.BYTES, value.i[from + k]);
                } else {
                    LONG.set(memory, start + k * Long.BYTES, Lanes.bits(value, from + k));
                }
            }
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
        if (value.f != null) {
            bytes.asFloatBuffer().put(start / Float.BYTES, value.f, from, count);
        } else if (value.i != null) {
            bytes.asIntBuffer().put(start / Integer.BYTES, value.i, from, count);
        } else if (value.l != null) {
            bytes.asLongBuffer().put(start / Long.BYTES, value.l, from, count);
        } else {
            bytes.asDoubleBuffer().put(start / Double.BYTES, value.d, from, count);
        }
    }

    /** Loads each lane's value from its own place. {@code keep} is a mask of the register's bits. */
    static void load(Values to, byte[] memory, int[] at, int plus, int width, boolean signed, int keep, int from, int end) {
        if (to.f != null && width == Float.BYTES) {
            float[] f = to.f;
            for (int k = from; k < end; k++) {
                f[k] = (float) FLOAT.get(memory, at[k] + plus);
            }
        } else if (to.i != null) {
            ints(to.i, memory, at, plus, width, signed, keep, from, end);
        } else if (to.d != null && width == Double.BYTES) {
            for (int k = from; k < end; k++) {
                to.d[k] = (double) DOUBLE.get(memory, at[k] + plus);
            }
        } else {
            for (int k = from; k < end; k++) {
                Lanes.set(to, k, get(memory, at[k] + plus, width, signed));
            }
        }
    }

    private static void ints(int[] to, byte[] memory, int[] at, int plus, int width, boolean signed, int keep, int from, int end) {
        if (width == Integer.BYTES) {
            for (int k = from; k < end; k++) {
                to[k] = (int) INT.get(memory, at[k] + plus);
            }
        } else if (width == Short.BYTES && signed) {
            for (int k = from; k < end; k++) {
                to[k] = (short) SHORT.get(memory, at[k] + plus) & keep;
            }
        } else if (width == Short.BYTES) {
            for (int k = from; k < end; k++) {
                to[k] = (short) SHORT.get(memory, at[k] + plus) & 0xffff;
            }
        } else {
            int low = signed ? keep : 0xff;
            for (int k = from; k < end; k++) {
                to[k] = memory[at[k] + plus] & low;
            }
        }
    }

    /** Stores each lane's value at its own place, in the order of the lanes. */
    static void store(Values value, byte[] memory, int[] at, int plus, int width, int from, int end) {
        if (value.f != null && width == Float.BYTES) {
            for (int k = from; k < end; k++) {
                FLOAT.set(memory, at[k] + plus, value.f[k]);
            }
        } else if (value.i != null && width == Integer.BYTES) {
            for (int k = from; k < end; k++) {
                INT.set(memory, at[k] + plus, value.i[k]);
            }
        } else if (value.i != null && width == Short.BYTES) {
            for (int k = from; k < end; k++) {
                SHORT.set(memory, at[k] + plus, (short) value.i[k]);
            }
        } else if (value.i != null && width == 1) {
            for (int k = from; k < end; k++) {
                memory[at[k] + plus] = (byte) value.i[k];
            }
        } else {
            for (int k = from; k < end; k++) {
                put(memory, at[k] + plus, width, Lanes.bits(value, k));
            }
        }
    }
}

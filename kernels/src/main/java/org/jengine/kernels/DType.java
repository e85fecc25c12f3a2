package org.jengine.kernels;

/** The type of one element as it is stored; arithmetic on {@link #BF16} is always done in {@code float}. */
public enum DType {
    F32(4, "f32"),
    BF16(2, "bf16"),
    U8(1, "u8"),
    I32(4, "i32");

    private final int bytes;
    private final String suffix;

    DType(int bytes, String suffix) {
        this.bytes = bytes;
        this.suffix = suffix;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** The ending of kernel names for this storage type, as in {@code gather_f32}. */
    public String suffix() {
        return suffix;
    }

    /** The float whose upper half is {@code bits}. */
    public static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The nearest bfloat16, ties to even; NaN stays NaN. */
    public static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > 0x7f800000) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}

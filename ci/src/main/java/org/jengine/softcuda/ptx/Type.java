package org.jengine.softcuda.ptx;

import java.util.Locale;

/** The fundamental types of registers, variables and instructions. */
public enum Type {
    PRED(1), B8(8), B16(16), B32(32), B64(64), B128(128), U8(8), U16(16), U32(32), U64(64), S8(8), S16(16), S32(32), S64(64),
    F16(16), BF16(16), F16X2(32), BF16X2(32), F32(32), F64(64), TF32(32), E4M3X2(16), E5M2X2(16);

    private final int bits;

    Type(int bits) {
        this.bits = bits;
    }

    /** The type of a modifier as in "u32", or null if it is none. */
    public static Type of(String modifier) {
        for (Type type : values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(modifier)) {
                return type;
            }
        }
        return null;
    }

    public int bits() {
        return bits;
    }

    public int bytes() {
        return (bits + 7) / 8;
    }

    public boolean signed() {
        return this == S8 || this == S16 || this == S32 || this == S64;
    }
}

package org.jengine.softcuda.blas;

/** Conversions between float and the short formats, as the hardware rounds: to nearest, ties to even. */
public final class Halves {
    private static final int NAN = 0x7fff;

    private Halves() {
    }

    /** A half (IEEE binary16) in the low 16 bits as a float; exact. */
    public static float fromHalf(int half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >>> 10 & 31;
        int mantissa = half & 0x3ff;
        if (exponent == 31) {
            return Float.intBitsToFloat(sign | 0x7f800000 | mantissa << 13);
        }
        if (exponent == 0) {
            float tiny = mantissa * 0x1p-24f;
            return sign == 0 ? tiny : -tiny;
        }
        return Float.intBitsToFloat(sign | exponent + 112 << 23 | mantissa << 13);
    }

    /** The half nearest to a float, in the low 16 bits. */
    public static int toHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int absolute = bits & 0x7fffffff;
        if (absolute > 0x7f800000) {
            return NAN;
        }
        if (absolute >= 0x477ff000) {
            return sign | 0x7c00;
        }
        if (absolute < 0x38800000) {
            // A half's steps below its least normal number are those of floats from 0.5 to 1: the addition rounds.
            return sign | Float.floatToRawIntBits(Float.intBitsToFloat(absolute) + 0.5f) - 0x3f000000;
        }
        int rebased = absolute - 0x38000000;
        return sign | rebased + 0xfff + (rebased >>> 13 & 1) >>> 13;
    }

    /** A bfloat16 in the low 16 bits as a float; exact. */
    public static float fromBfloat(int bfloat) {
        return Float.intBitsToFloat(bfloat << 16);
    }

    /** The bfloat16 nearest to a float, in the low 16 bits. */
    public static int toBfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > 0x7f800000) {
            return NAN;
        }
        return bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
    }

    /** The nearest number with TF32's 10 bits of mantissa, ties away from zero (PTX cvt.rna.tf32.f32). */
    public static float toTf32(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7f800000) == 0x7f800000) {
            return value;
        }
        return Float.intBitsToFloat(bits + 0x1000 & ~0x1fff);
    }
}

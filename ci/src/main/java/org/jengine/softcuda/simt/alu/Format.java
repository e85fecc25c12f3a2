package org.jengine.softcuda.simt.alu;

/**
 * A binary format narrower than a double.
 *
 * @param digits   of the significand, the hidden one included
 * @param least    the exponent of the smallest normal number
 * @param greatest the largest finite number
 */
record Format(int digits, int least, double greatest) {
    static final Format F32 = new Format(24, -126, Float.MAX_VALUE);
    static final Format TF32 = new Format(11, -126, 0x1.ffcp127);
    static final Format BF16 = new Format(8, -126, 0x1.fep127);
    static final Format F16 = new Format(11, -14, 65504);
    static final Format E4M3 = new Format(4, -6, 448);
    static final Format E5M2 = new Format(3, -14, 57344);
    /** The canonical NaN of f16 and of bf16. */
    static final int NAN16 = 0x7fff;
    /** The canonical NaN of both 8-bit formats. */
    static final int NAN8 = 0x7f;

    /** The number of this format, or the infinity, that a double is rounded to; NaN stays NaN. */
    double round(double x, Rounding way) {
        if (!(Math.abs(x) <= Double.MAX_VALUE) || x == 0) {
            return x;
        }
        int exponent = Math.max(Math.getExponent(x), least) - digits + 1;
        double rounded = way.integral().at(x * power(-exponent)) * power(exponent);
        if (Math.abs(rounded) > greatest) {
            boolean infinite = x > 0 ? way.above() : way.below();
            return Math.copySign(infinite ? Double.POSITIVE_INFINITY : greatest, x);
        }
        return rounded;
    }

    /** 2 to an exponent of a normal number. */
    private static double power(int exponent) {
        return Double.longBitsToDouble((long) (exponent + 1023) << 52);
    }

    /** Infinities become the greatest numbers. */
    double finite(double x) {
        return Math.abs(x) == Double.POSITIVE_INFINITY ? Math.copySign(greatest, x) : x;
    }

    // f16

    static float ofF16(int h) {
        int magnitude = h & 0x7fff;
        // Shifted into place, the exponent is too small by 112; the product also makes subnormal numbers normal.
        float scaled = Float.intBitsToFloat(magnitude << 13) * 0x1p112f;
        int bits = magnitude >= 0x7c00 ? magnitude << 13 | 0x7f800000 : Float.floatToRawIntBits(scaled);
        return Float.intBitsToFloat(bits | (h & 0x8000) << 16);
    }

    /** Of a register's lower half. */
    static float ofF16Low(int h) {
        return ofF16(h & 0xffff);
    }

    /** @param x a number of f16, an infinity or NaN */
    static int toF16(double x) {
        if (x != x) {
            return NAN16;
        }
        int bits = Float.floatToRawIntBits((float) x);
        int sign = bits >>> 16 & 0x8000;
        if (Math.abs(x) >= 0x1p16) {
            return sign | 0x7c00;
        }
        return sign | (Float.floatToRawIntBits(Math.abs((float) x) * 0x1p-112f) >>> 13);
    }

    static int roundF16(double x, Rounding way) {
        return toF16(F16.round(x, way));
    }

    /** To nearest, from a float: the case that kernels are full of. */
    static int nearestF16(float x) {
        int bits = Float.floatToRawIntBits(x);
        int magnitude = bits & 0x7fffffff;
        int sign = bits >>> 16 & 0x8000;
        if (magnitude >= 0x477ff000) {
            return magnitude > 0x7f800000 ? NAN16 : sign | 0x7c00;
        }
        if (magnitude < 0x38800000) {
            // Added to 0.5, a float's last digit is that of the subnormal numbers.
            return sign | (Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f) - 0x3f000000);
        }
        return sign | (magnitude - 0x38000000 + 0xfff + (magnitude >>> 13 & 1)) >>> 13;
    }

    // bf16

    static float ofBf16(int b) {
        return Float.intBitsToFloat(b << 16);
    }

    /** @param x a number of bf16, an infinity or NaN */
    static int toBf16(double x) {
        return x != x ? NAN16 : Float.floatToRawIntBits((float) x) >>> 16;
    }

    static int roundBf16(double x, Rounding way) {
        return toBf16(BF16.round(x, way));
    }

    /** To nearest, from a float. */
    static int nearestBf16(float x) {
        int bits = Float.floatToRawIntBits(x);
        return (bits & 0x7fffffff) > 0x7f800000 ? NAN16 : bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
    }

    // 8 bits

    static float ofE5m2(int e) {
        return ofF16((e & 0xff) << 8);
    }

    /** E4M3 has no infinity: with all other bits set it is NaN. */
    static float ofE4m3(int e) {
        if ((e & 0x7f) == NAN8) {
            return Float.NaN;
        }
        // Seven bits put where f16 has its exponent and first digits, 8 too small in the exponent.
        return ofF16((e & 0x80) << 8 | (e & 0x7f) << 7) * 256;
    }

    /** To nearest, what is out of range to the greatest number. */
    static int nearestE5m2(double x) {
        return x != x ? NAN8 : toF16(E5M2.finite(E5M2.round(x, Rounding.RN))) >>> 8;
    }

    /** To nearest, what is out of range to the greatest number. */
    static int nearestE4m3(double x) {
        if (x != x) {
            return NAN8;
        }
        int half = toF16(E4M3.finite(E4M3.round(x, Rounding.RN)) / 256);
        return half >>> 8 & 0x80 | half >>> 7 & 0x7f;
    }

    // tf32, in a register of 32 bits

    /** @param x a number of tf32, an infinity or NaN */
    static int toTf32(double x) {
        return x != x ? 0x7fffffff : Float.floatToRawIntBits((float) x);
    }
}

package org.jengine.softcuda.simt;

/** Sums and choices of numbers of 16 bits. Rounding the float sum is exact, since a float has more than twice their digits. */
final class Halves {
    private static final int NAN = 0x7fff;

    private Halves() {
    }

    static int add(int a, int b) {
        return round(widen(a) + widen(b));
    }

    static int addBrain(int a, int b) {
        float sum = Float.intBitsToFloat(a << 16) + Float.intBitsToFloat(b << 16);
        if (Float.isNaN(sum)) {
            return NAN;
        }
        int bits = Float.floatToRawIntBits(sum);
        return bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
    }

    /** The least or the greatest of two; a number rather than what is none, -0 below +0. */
    static int chosen(int a, int b, boolean least, boolean brain) {
        float x = brain ? Float.intBitsToFloat(a << 16) : widen(a);
        float y = brain ? Float.intBitsToFloat(b << 16) : widen(b);
        if (Float.isNaN(x) || Float.isNaN(y)) {
            return !Float.isNaN(y) ? b : Float.isNaN(x) ? NAN : a;
        }
        return (Float.compare(x, y) < 0) == least ? a : b;
    }

    private static float widen(int half) {
        int exponent = half >>> 10 & 0x1f;
        int fraction = half & 0x3ff;
        float size = exponent == 0x1f ? fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN
                : exponent == 0 ? fraction * 0x1p-24f : Float.intBitsToFloat(exponent + 112 << 23 | fraction << 13);
        return (half & 0x8000) == 0 ? size : -size;
    }

    private static int round(float value) {
        if (Float.isNaN(value)) {
            return NAN;
        }
        int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
        float size = Math.abs(value);
        if (size >= 65520f) {
            return sign | 0x7c00;
        }
        if (size < 0x1p-14f) {
            return sign | (int) Math.rint(size * 0x1p24);
        }
        int bits = Float.floatToRawIntBits(size) - (112 << 23);
        return sign | bits + 0xfff + (bits >>> 13 & 1) >>> 13;
    }
}

package org.jengine.runtime.host;

/** Functions in float, exact to two units in the last place, quicker than the library's in double. */
final class FastMath {
    private static final float LOG2_E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    /** Adding and subtracting this rounds a small float to an integer. */
    private static final float ROUND = 12582912f;

    private FastMath() {
    }

    /**
     * e to the x, by Cephes' expf (S. Moshier): reduction by powers of two and a polynomial of degree six. Below -87 it is 0 or a
     * denormal's neighbour, above 88 infinity's neighbour; NaN stays NaN.
     */
    static float exp(float x) {
        float bounded = Math.min(Math.max(x, -87f), 88f);
        float shifted = bounded * LOG2_E + ROUND;
        float k = shifted - ROUND;
        float r = bounded - k * LN2_HIGH - k * LN2_LOW;
        float p = 1.9875691500e-4f;
        p = p * r + 1.3981999507e-3f;
        p = p * r + 8.3334519073e-3f;
        p = p * r + 4.1665795894e-2f;
        p = p * r + 1.6666665459e-1f;
        p = p * r + 5.0000001201e-1f;
        p = p * r * r + r + 1;
        return p * Float.intBitsToFloat((int) k + 127 << 23);
    }
}

package org.jengine.softcuda.simt.alu;

import java.util.List;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofD;

/**
 * A way of rounding.
 *
 * @param name     as in PTX; "rna" is to nearest with ties away from zero
 * @param integral rounds to an integer; arguments are at most 2^53 in magnitude, or integers
 * @param above    whether what exceeds the greatest finite number becomes infinity, rather than that number
 * @param below    the same for what lies below the least
 */
record Rounding(String name, DofD integral, boolean above, boolean below) {
    static final Rounding RN = new Rounding("rn", Math::rint, true, true);
    static final Rounding RZ = new Rounding("rz", x -> x < 0 ? Math.ceil(x) : Math.floor(x), false, false);
    static final Rounding RM = new Rounding("rm", Math::floor, false, true);
    static final Rounding RP = new Rounding("rp", Math::ceil, true, false);
    static final Rounding RNA = new Rounding("rna", x -> Math.copySign(Math.floor(Math.abs(x) + 0.5), x), true, true);
    static final List<Rounding> ALL = List.of(RN, RZ, RM, RP);

    /**
     * A double between two neighbours in place of a number that no double is: the one with an odd last bit. Rounded again, to at most 51
     * bits, it gives what the number itself would.
     *
     * @param nearest the number rounded to nearest
     * @param error   has the sign of the number minus {@code nearest}
     */
    static double odd(double nearest, double error) {
        long bits = Double.doubleToRawLongBits(nearest);
        if (error == 0 || (bits & 1) != 0 || !(Math.abs(nearest) <= Double.MAX_VALUE)) {
            return nearest;
        }
        return error > 0 ? Math.nextUp(nearest) : Math.nextDown(nearest);
    }

    /** {@code x + y} in float, rounded to odd: enough for what is rounded to 22 bits or less. The sum must not overflow. */
    static float narrowOddSum(float x, float y) {
        float sum = x + y;
        float part = sum - x;
        float error = x - (sum - part) + (y - part);
        int bits = Float.floatToRawIntBits(sum);
        if (error == 0 || (bits & 1) != 0 || !(Math.abs(sum) <= Float.MAX_VALUE)) {
            return sum;
        }
        return Float.intBitsToFloat(error > 0 == sum > 0 ? bits + 1 : bits - 1);
    }

    /** {@code x + y}, rounded to odd. */
    static double oddSum(double x, double y) {
        double sum = x + y;
        double part = sum - x;
        return odd(sum, x - (sum - part) + (y - part));
    }

    /** {@code x / y} of two floats, rounded to odd. */
    static double oddQuotient(float x, float y) {
        double quotient = (double) x / y;
        double rest = Math.fma(-quotient, y, (double) x);
        return quotient == 0 || rest != rest ? quotient : odd(quotient, y < 0 ? -rest : rest);
    }

    /** The root of a float, rounded to odd. */
    static double oddRoot(float x) {
        double root = Math.sqrt(x);
        double rest = Math.fma(-root, root, (double) x);
        return root == 0 || rest != rest ? root : odd(root, rest);
    }
}

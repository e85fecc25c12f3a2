package org.jengine.softcuda.simt.alu;

import java.math.BigInteger;

/**
 * An exact number of the extended reals, or NaN; a zero has a sign.
 *
 * @param negative the sign, that of a zero too
 * @param over     the numerator, not negative
 * @param under    the denominator; zero under a numerator of one for infinity, under zero for NaN
 */
record Real(boolean negative, BigInteger over, BigInteger under) {
    static final Real NAN = new Real(false, BigInteger.ZERO, BigInteger.ZERO);
    static final Real ONE = of(BigInteger.ONE);

    static Real infinity(boolean negative) {
        return new Real(negative, BigInteger.ONE, BigInteger.ZERO);
    }

    static Real zero(boolean negative) {
        return new Real(negative, BigInteger.ZERO, BigInteger.ONE);
    }

    static Real of(BigInteger x) {
        return new Real(x.signum() < 0, x.abs(), BigInteger.ONE);
    }

    /** x 2^exponent. */
    static Real of(boolean negative, BigInteger x, int exponent) {
        return exponent >= 0 ? new Real(negative, x.shiftLeft(exponent), BigInteger.ONE)
                : new Real(negative, x, BigInteger.ONE.shiftLeft(-exponent));
    }

    boolean isNan() {
        return under.signum() == 0 && over.signum() == 0;
    }

    boolean isInfinite() {
        return under.signum() == 0 && over.signum() != 0;
    }

    boolean isZero() {
        return under.signum() != 0 && over.signum() == 0;
    }

    Real negate() {
        return new Real(!negative, over, under);
    }

    Real abs() {
        return new Real(false, over, under);
    }

    /** {@code way} gives an exact zero its sign. */
    Real plus(Real x, String way) {
        if (isNan() || x.isNan() || isInfinite() && x.isInfinite() && negative != x.negative) {
            return NAN;
        }
        if (isInfinite() || x.isInfinite()) {
            return isInfinite() ? this : x;
        }
        if (isZero() && x.isZero() && negative == x.negative) {
            return this;
        }
        BigInteger sum = signed().multiply(x.under).add(x.signed().multiply(under));
        return sum.signum() == 0 ? zero(way.equals("rm")) : new Real(sum.signum() < 0, sum.abs(), under.multiply(x.under));
    }

    Real times(Real x) {
        if (isNan() || x.isNan() || isInfinite() && x.isZero() || isZero() && x.isInfinite()) {
            return NAN;
        }
        boolean sign = negative != x.negative;
        return isInfinite() || x.isInfinite() ? infinity(sign) : new Real(sign, over.multiply(x.over), under.multiply(x.under));
    }

    Real over(Real x) {
        if (isNan() || x.isNan() || isInfinite() && x.isInfinite() || isZero() && x.isZero()) {
            return NAN;
        }
        boolean sign = negative != x.negative;
        return isInfinite() || x.isZero() ? infinity(sign) : x.isInfinite() ? zero(sign)
                : new Real(sign, over.multiply(x.under), under.multiply(x.over));
    }

    /** If irrational, a number so near to it that it rounds alike. */
    Real root() {
        if (isNan() || isZero()) {
            return this;
        }
        if (negative) {
            return NAN;
        }
        if (isInfinite()) {
            return this;
        }
        BigInteger scaled = over.shiftLeft(4400).divide(under);
        BigInteger[] root = scaled.sqrtAndRemainder();
        boolean exact = root[1].signum() == 0 && scaled.multiply(under).equals(over.shiftLeft(4400));
        return of(false, root[0].shiftLeft(1).add(exact ? BigInteger.ZERO : BigInteger.ONE), -2201);
    }

    /** Less than zero, zero or more; neither may be NaN. Zeros are equal. */
    int compare(Real x) {
        if (isInfinite() || x.isInfinite()) {
            return Integer.compare(isInfinite() ? sign() : 0, x.isInfinite() ? x.sign() : 0);
        }
        return signed().multiply(x.under).compareTo(x.signed().multiply(under));
    }

    private int sign() {
        return negative ? -1 : 1;
    }

    private BigInteger signed() {
        return negative ? over.negate() : over;
    }

    /** To an integer; {@code way} is one of rn, rz, rm, rp, rna. */
    BigInteger integer(String way) {
        BigInteger[] parts = over.divideAndRemainder(under);
        int half = parts[1].shiftLeft(1).compareTo(under);
        boolean up = switch (way) {
            case "rn" -> half > 0 || half == 0 && parts[0].testBit(0);
            case "rna" -> half >= 0;
            case "rm" -> negative && parts[1].signum() != 0;
            case "rp" -> !negative && parts[1].signum() != 0;
            default -> false;
        };
        BigInteger magnitude = up ? parts[0].add(BigInteger.ONE) : parts[0];
        return negative ? magnitude.negate() : magnitude;
    }
}

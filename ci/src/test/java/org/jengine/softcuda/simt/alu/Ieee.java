package org.jengine.softcuda.simt.alu;

import java.math.BigInteger;
import java.util.Map;

/**
 * A binary floating-point format by its fields.
 *
 * @param digits   bits of the fraction
 * @param finite   whether there are no infinities, all ones being the only NaN
 * @param nan      the NaN of results
 */
record Ieee(int exponent, int digits, boolean finite, long nan) {
    static final Map<String, Ieee> TYPES = Map.of("f64", new Ieee(11, 52, false, 0x7fffffffffffffffL),
            "f32", new Ieee(8, 23, false, 0x7fffffff),
            "f16", new Ieee(5, 10, false, 0x7fff), "bf16", new Ieee(8, 7, false, 0x7fff), "e5m2", new Ieee(5, 2, false, 0x7f),
            "e4m3", new Ieee(4, 3, true, 0x7f), "tf32", new Ieee(8, 10, false, 0x7fffffff));

    static Ieee of(String type) {
        return TYPES.get(type);
    }

    int bits() {
        return 1 + exponent + digits;
    }

    private int bias() {
        return (1 << exponent - 1) - 1;
    }

    private long top() {
        return (1L << exponent) - 1 << digits;
    }

    boolean isNan(long bits) {
        long magnitude = bits & (1L << bits() - 1) - 1;
        return finite ? magnitude == nan : magnitude > top();
    }

    boolean subnormal(long bits) {
        return (bits & top()) == 0 && (bits & (1L << digits) - 1) != 0;
    }

    long signBit() {
        return 1L << bits() - 1;
    }

    /** A subnormal number becomes a zero of its sign. */
    long flush(long bits) {
        return subnormal(bits) ? bits & signBit() : bits;
    }

    Real read(long bits) {
        boolean negative = (bits & signBit()) != 0;
        long magnitude = bits & signBit() - 1;
        if (isNan(bits)) {
            return Real.NAN;
        }
        if (!finite && magnitude == top()) {
            return Real.infinity(negative);
        }
        int field = (int) (magnitude >>> digits);
        long fraction = magnitude & (1L << digits) - 1;
        long whole = field == 0 ? fraction : fraction | 1L << digits;
        return Real.of(negative, BigInteger.valueOf(whole), Math.max(field, 1) - bias() - digits);
    }

    long greatest() {
        return finite ? nan - 1 : top() - 1;
    }

    /** Rounded to the format: exactly, once. */
    long write(Real x, String way) {
        long sign = x.negative() ? signBit() : 0;
        if (x.isNan()) {
            return nan;
        }
        if (x.isZero()) {
            return sign;
        }
        if (x.isInfinite()) {
            return sign | (finite ? nan : top());
        }
        int log = x.over().bitLength() - x.under().bitLength();
        boolean less = log >= 0 ? x.over().compareTo(x.under().shiftLeft(log)) < 0 : x.over().shiftLeft(-log).compareTo(x.under()) < 0;
        int scale = Math.max(less ? log - 1 : log, 1 - bias());
        Real units = x.times(Real.of(false, BigInteger.ONE, digits - scale));
        BigInteger bits = BigInteger.valueOf(scale - (1 - bias())).shiftLeft(digits).add(units.integer(way).abs());
        if (bits.compareTo(BigInteger.valueOf(greatest())) > 0) {
            boolean infinite = way.startsWith("rn") || way.equals(x.negative() ? "rm" : "rp");
            return sign | (!infinite ? greatest() : finite ? nan : top());
        }
        return sign | bits.longValueExact();
    }

    /** As .satfinite wants it. */
    long writeFinite(Real x, String way) {
        long bits = write(x, way);
        boolean beyond = !x.isNan() && (bits & signBit() - 1) > greatest();
        return beyond ? bits & signBit() | greatest() : bits;
    }
}

package org.jengine.softcuda.simt.alu;

import java.util.Map;
import org.jengine.softcuda.simt.alu.FloatShapes.FofF;
import org.jengine.softcuda.simt.alu.FloatShapes.FofFF;
import org.jengine.softcuda.simt.alu.FloatShapes.FofFFF;
import org.jengine.softcuda.simt.alu.FloatShapes.FofI;
import org.jengine.softcuda.simt.alu.FloatShapes.FofIF;
import org.jengine.softcuda.simt.alu.FloatShapes.FofIIF;
import org.jengine.softcuda.simt.alu.LongShapes.LofLL;
import org.jengine.softcuda.simt.alu.LongShapes.LofLLL;
import org.jengine.softcuda.simt.alu.PredShapes.PofF;

/**
 * Arithmetic of f32 (PTX ISA 9.7.3 and 9.7.5), rounded exactly. "Single-precision instructions return an unspecified NaN": sums, products
 * and the like give the JVM's or one of a source; least and greatest, for which the ISA asks for the canonical NaN, give that.
 */
final class FloatOps {
    static final float NAN = Float.intBitsToFloat(0x7fffffff);
    static final Map<String, Loops.Once<Form>> FORMS = table().done();

    private FloatOps() {
    }

    private static Table table() {
        Table t = new Table();
        for (String ftz : new String[] {"", ".ftz"}) {
            boolean flushes = !ftz.isEmpty();
            for (Rounding way : Rounding.ALL) {
                String rnd = way == Rounding.RN ? "{,.rn}" : "." + way.name();
                for (String sat : new String[] {"", ".sat"}) {
                    boolean clamps = !sat.isEmpty();
                    String end = ftz + sat + ".f32";
                    t.add(FofFF.class, "add" + rnd + end, flush(clamp(sum(way), clamps), flushes));
                    t.add(FofFF.class, "sub" + rnd + end, flush(clamp(difference(way), clamps), flushes));
                    t.add(FofFF.class, "mul" + rnd + end, flush(clamp(product(way), clamps), flushes));
                    t.add(FofFFF.class, "{fma,mad}." + way.name() + end, flush(clamp(fused(way), clamps), flushes));
                }
                String end = "." + way.name() + ftz + ".f32";
                t.add(FofFF.class, "div" + end, flush(quotient(way), flushes));
                t.add(FofF.class, "rcp" + end, flush(reciprocal(way), flushes));
                t.add(FofF.class, "sqrt" + end, flush(root(way), flushes));
                pairs(t, rnd, way, ftz, flushes);
            }
            t.add(FofF.class, "abs" + ftz + ".f32", flush(Math::abs, flushes));
            t.add(FofF.class, "neg" + ftz + ".f32", flush(a -> -a, flushes));
            extremes(t, ftz, flushes);
        }
        t.add(FofFF.class, "copysign.f32", (a, b) -> Float.intBitsToFloat(
                Float.floatToRawIntBits(a) & Integer.MIN_VALUE | Float.floatToRawIntBits(b) & Integer.MAX_VALUE));
        tests(t);
        mixed(t, "f16", Format::ofF16);
        mixed(t, "bf16", Format::ofBf16);
        return t;
    }

    // Parts of instructions.

    /** A subnormal number becomes a zero of its sign. */
    static float flush(float x) {
        return Math.abs(x) < Float.MIN_NORMAL ? x * 0 : x;
    }

    static FofF flush(FofF f, boolean flushes) {
        return flushes ? a -> flush(f.at(flush(a))) : f;
    }

    static FofFF flush(FofFF f, boolean flushes) {
        return flushes ? (a, b) -> flush(f.at(flush(a), flush(b))) : f;
    }

    static FofFFF flush(FofFFF f, boolean flushes) {
        return flushes ? (a, b, c) -> flush(f.at(flush(a), flush(b), flush(c))) : f;
    }

    /** To 0..1; NaN and -0 become 0. */
    static float clamp(float x) {
        return x > 0 ? Math.min(x, 1) : 0;
    }

    private static FofFF clamp(FofFF f, boolean clamps) {
        return clamps ? (a, b) -> clamp(f.at(a, b)) : f;
    }

    private static FofFFF clamp(FofFFF f, boolean clamps) {
        return clamps ? (a, b, c) -> clamp(f.at(a, b, c)) : f;
    }

    /** What is left when a sum of numbers that are not both +0 is zero has the sign that the rounding wants. */
    private static float finish(double odd, Rounding way, boolean bothPositive) {
        if (odd == 0 && way == Rounding.RM && !bothPositive) {
            return -0f;
        }
        return (float) Format.F32.round(odd, way);
    }

    private static boolean positiveZero(double x) {
        return Double.doubleToRawLongBits(x) == 0;
    }

    static FofFF sum(Rounding way) {
        return way == Rounding.RN ? (a, b) -> a + b
                : (a, b) -> finish(Rounding.oddSum(a, b), way, positiveZero(a) && positiveZero(b));
    }

    private static FofFF difference(Rounding way) {
        FofFF sum = sum(way);
        return way == Rounding.RN ? (a, b) -> a - b : (a, b) -> sum.at(a, -b);
    }

    private static FofFF product(Rounding way) {
        return way == Rounding.RN ? (a, b) -> a * b : (a, b) -> (float) Format.F32.round((double) a * b, way);
    }

    static FofFFF fused(Rounding way) {
        return way == Rounding.RN ? Math::fma : (a, b, c) -> {
            double product = (double) a * b;
            return finish(Rounding.oddSum(product, c), way, positiveZero(product) && positiveZero(c));
        };
    }

    private static FofFF quotient(Rounding way) {
        return way == Rounding.RN ? (a, b) -> a / b : (a, b) -> (float) Format.F32.round(Rounding.oddQuotient(a, b), way);
    }

    private static FofF reciprocal(Rounding way) {
        FofFF quotient = quotient(way);
        return a -> quotient.at(1, a);
    }

    private static FofF root(Rounding way) {
        return way == Rounding.RN ? a -> (float) Math.sqrt(a) : a -> (float) Format.F32.round(Rounding.oddRoot(a), way);
    }

    private static void extremes(Table t, String ftz, boolean flushes) {
        for (String nan : new String[] {"", ".NaN"}) {
            FofFF least = least(!nan.isEmpty());
            FofFF greatest = greatest(!nan.isEmpty());
            t.add(FofFF.class, "min" + ftz + nan + ".f32", flush(least, flushes));
            t.add(FofFF.class, "max" + ftz + nan + ".f32", flush(greatest, flushes));
            t.add(FofFF.class, "min" + ftz + nan + ".xorsign.abs.f32", flush(crossed(least), flushes));
            t.add(FofFF.class, "max" + ftz + nan + ".xorsign.abs.f32", flush(crossed(greatest), flushes));
            // PTX 8.8, sm_100.
            t.add(FofFFF.class, "min" + ftz + nan + ".f32", flush((a, b, c) -> least.at(least.at(a, b), c), flushes));
            t.add(FofFFF.class, "max" + ftz + nan + ".f32", flush((a, b, c) -> greatest.at(greatest.at(a, b), c), flushes));
            t.add(FofFFF.class, "min" + ftz + nan + ".abs.f32",
                    flush((a, b, c) -> least.at(least.at(Math.abs(a), Math.abs(b)), Math.abs(c)), flushes));
            t.add(FofFFF.class, "max" + ftz + nan + ".abs.f32",
                    flush((a, b, c) -> greatest.at(greatest.at(Math.abs(a), Math.abs(b)), Math.abs(c)), flushes));
        }
    }

    /** -0 is less than +0. A NaN yields to a number, or, if {@code spreads}, makes the result one. */
    static FofFF least(boolean spreads) {
        return spreads ? (a, b) -> canonical(Math.min(a, b)) : (a, b) -> {
            float least = Math.min(a, b);
            return least == least ? least : numberOf(a, b);
        };
    }

    static FofFF greatest(boolean spreads) {
        return spreads ? (a, b) -> canonical(Math.max(a, b)) : (a, b) -> {
            float greatest = Math.max(a, b);
            return greatest == greatest ? greatest : numberOf(a, b);
        };
    }

    private static float canonical(float x) {
        return x == x ? x : NAN;
    }

    private static float numberOf(float a, float b) {
        return a == a ? a : canonical(b);
    }

    /** Of the magnitudes, with the product's sign. */
    static FofFF crossed(FofFF f) {
        return (a, b) -> {
            int sign = (Float.floatToRawIntBits(a) ^ Float.floatToRawIntBits(b)) & Integer.MIN_VALUE;
            float magnitude = f.at(Math.abs(a), Math.abs(b));
            return magnitude == magnitude ? Float.intBitsToFloat(Float.floatToRawIntBits(magnitude) | sign) : magnitude;
        };
    }

    private static void tests(Table t) {
        t.add(PofF.class, "testp.finite.f32", a -> Math.abs(a) <= Float.MAX_VALUE);
        t.add(PofF.class, "testp.infinite.f32", a -> Math.abs(a) == Float.POSITIVE_INFINITY);
        t.add(PofF.class, "testp.number.f32", a -> a == a);
        t.add(PofF.class, "testp.notanumber.f32", a -> a != a);
        t.add(PofF.class, "testp.normal.f32", a -> Math.abs(a) >= Float.MIN_NORMAL && Math.abs(a) <= Float.MAX_VALUE);
        t.add(PofF.class, "testp.subnormal.f32", a -> Math.abs(a) < Float.MIN_NORMAL && a != 0);
    }

    /** Sums with operands of 16 bits (PTX 8.6, sm_100). */
    private static void mixed(Table t, String type, FofI value) {
        for (Rounding way : Rounding.ALL) {
            String rnd = way == Rounding.RN ? "{,.rn}" : "." + way.name();
            for (boolean clamps : new boolean[] {false, true}) {
                String end = (clamps ? ".sat" : "") + ".f32." + type;
                FofFF sum = clamp(sum(way), clamps);
                FofFF difference = clamp(difference(way), clamps);
                FofFFF fused = clamp(fused(way), clamps);
                t.add(FofIF.class, "add" + rnd + end, (a, c) -> sum.at(value.at(a), c));
                t.add(FofIF.class, "sub" + rnd + end, (a, c) -> difference.at(value.at(a), c));
                t.add(FofIIF.class, "fma." + way.name() + end, (a, b, c) -> fused.at(value.at(a), value.at(b), c));
            }
        }
    }

    /** Two f32 in a register of 64 bits (PTX 8.6, sm_100). */
    private static void pairs(Table t, String rnd, Rounding way, String ftz, boolean flushes) {
        FofFF sum = flush(sum(way), flushes);
        FofFF difference = flush(difference(way), flushes);
        FofFF product = flush(product(way), flushes);
        FofFFF fused = flush(fused(way), flushes);
        t.add(LofLL.class, "add" + rnd + ftz + ".f32x2", (a, b) -> join(sum.at(low(a), low(b)), sum.at(high(a), high(b))));
        t.add(LofLL.class, "sub" + rnd + ftz + ".f32x2", (a, b) -> join(difference.at(low(a), low(b)), difference.at(high(a), high(b))));
        t.add(LofLL.class, "mul" + rnd + ftz + ".f32x2", (a, b) -> join(product.at(low(a), low(b)), product.at(high(a), high(b))));
        t.add(LofLLL.class, "fma." + way.name() + ftz + ".f32x2",
                (a, b, c) -> join(fused.at(low(a), low(b), low(c)), fused.at(high(a), high(b), high(c))));
    }

    private static float low(long pair) {
        return Float.intBitsToFloat((int) pair);
    }

    private static float high(long pair) {
        return Float.intBitsToFloat((int) (pair >>> 32));
    }

    private static long join(float low, float high) {
        return Float.floatToRawIntBits(low) & 0xffffffffL | (long) Float.floatToRawIntBits(high) << 32;
    }
}

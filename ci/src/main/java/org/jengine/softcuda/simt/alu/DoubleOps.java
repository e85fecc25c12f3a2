package org.jengine.softcuda.simt.alu;

import java.math.BigDecimal;
import java.util.Map;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofD;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofDD;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofDDD;
import org.jengine.softcuda.simt.alu.PredShapes.PofD;

/**
 * Arithmetic of f64 (PTX ISA 9.7.3), rounded exactly: to nearest by the processor, the other ways, which programs rarely ask for, by
 * decimal numbers of any length.
 */
final class DoubleOps {
    static final Map<String, Loops.Once<Form>> FORMS = table().done();
    /** The canonical NaN of the instructions that do not keep a payload. */
    private static final double NAN = Double.longBitsToDouble(0x7fffffff00000000L);

    private DoubleOps() {
    }

    private static Table table() {
        Table t = new Table();
        t.add(DofDD.class, "add{,.rn}.f64", (a, b) -> a + b);
        t.add(DofDD.class, "sub{,.rn}.f64", (a, b) -> a - b);
        t.add(DofDD.class, "mul{,.rn}.f64", (a, b) -> a * b);
        t.add(DofDDD.class, "{fma,mad}.rn.f64", Math::fma);
        t.add(DofDD.class, "div.rn.f64", (a, b) -> a / b);
        t.add(DofD.class, "rcp.rn.f64", a -> 1 / a);
        t.add(DofD.class, "sqrt.rn.f64", Math::sqrt);
        for (Rounding way : Rounding.ALL.subList(1, 4)) {
            String end = "." + way.name() + ".f64";
            t.add(DofDD.class, "add" + end, (a, b) -> sum(a, b, way));
            t.add(DofDD.class, "sub" + end, (a, b) -> sum(a, -b, way));
            t.add(DofDD.class, "mul" + end, (a, b) -> product(a, b, way));
            t.add(DofDDD.class, "{fma,mad}" + end, (a, b, c) -> fused(a, b, c, way));
            t.add(DofDD.class, "div" + end, (a, b) -> quotient(a, b, way));
            t.add(DofD.class, "rcp" + end, a -> quotient(1, a, way));
            t.add(DofD.class, "sqrt" + end, a -> root(a, way));
        }
        t.add(DofD.class, "abs.f64", Math::abs);
        t.add(DofD.class, "neg.f64", a -> -a);
        t.add(DofDD.class, "min.f64", (a, b) -> a != a ? canonical(b) : b != b ? a : Math.min(a, b));
        t.add(DofDD.class, "max.f64", (a, b) -> a != a ? canonical(b) : b != b ? a : Math.max(a, b));
        t.add(DofDD.class, "copysign.f64", (a, b) -> Double.longBitsToDouble(
                Double.doubleToRawLongBits(a) & Long.MIN_VALUE | Double.doubleToRawLongBits(b) & Long.MAX_VALUE));
        // The approximations have the upper word only; here they are as near as that word can be to the true value.
        t.add(DofD.class, "rcp.approx.ftz.f64", a -> upper(1 / flush(a)));
        t.add(DofD.class, "rsqrt.approx.ftz.f64", a -> upper(1 / Math.sqrt(flush(a))));
        t.add(DofD.class, "rsqrt.approx.f64", a -> 1 / Math.sqrt(a));
        t.add(PofD.class, "testp.finite.f64", a -> Math.abs(a) <= Double.MAX_VALUE);
        t.add(PofD.class, "testp.infinite.f64", a -> Math.abs(a) == Double.POSITIVE_INFINITY);
        t.add(PofD.class, "testp.number.f64", a -> a == a);
        t.add(PofD.class, "testp.notanumber.f64", a -> a != a);
        t.add(PofD.class, "testp.normal.f64", a -> Math.abs(a) >= Double.MIN_NORMAL && Math.abs(a) <= Double.MAX_VALUE);
        t.add(PofD.class, "testp.subnormal.f64", a -> Math.abs(a) < Double.MIN_NORMAL && a != 0);
        return t;
    }

    private static double canonical(double x) {
        return x == x ? x : NAN;
    }

    private static double flush(double x) {
        return Math.abs(x) < Double.MIN_NORMAL ? x * 0 : x;
    }

    /** Rounded to the upper word, the lower being zero. */
    private static double upper(double x) {
        double flushed = flush(x);
        if (flushed != flushed) {
            return NAN;
        }
        if (Math.abs(flushed) > 0x1p1023) {
            return Double.longBitsToDouble(Double.doubleToRawLongBits(flushed) & 0xffffffff00000000L);
        }
        return Double.longBitsToDouble(Double.doubleToRawLongBits(flushed) + 0x80000000L & 0xffffffff00000000L);
    }

    private static boolean finite(double x) {
        return Math.abs(x) <= Double.MAX_VALUE;
    }

    private static double sum(double a, double b, Rounding way) {
        return fused(a, 1, b, way);
    }

    private static double product(double a, double b, Rounding way) {
        return finite(a) && finite(b) && a != 0 && b != 0 ? round(new BigDecimal(a).multiply(new BigDecimal(b)), way) : a * b;
    }

    private static double fused(double a, double b, double c, Rounding way) {
        if (!finite(a) || !finite(b) || !finite(c)) {
            // A product that is too great for a double is still finite.
            return finite(a) && finite(b) ? c : a * b + c;
        }
        BigDecimal exact = new BigDecimal(a).multiply(new BigDecimal(b)).add(new BigDecimal(c));
        if (exact.signum() != 0) {
            return round(exact, way);
        }
        double sign = Math.copySign(1, a) * Math.copySign(1, b);
        boolean positive = sign > 0 && Double.doubleToRawLongBits(c) == 0 && (a == 0 || b == 0);
        boolean negative = sign < 0 && Double.doubleToRawLongBits(c) == Long.MIN_VALUE && (a == 0 || b == 0);
        return negative || way == Rounding.RM && !positive ? -0.0 : 0.0;
    }

    private static double quotient(double a, double b, Rounding way) {
        double nearest = a / b;
        if (!finite(a) || !finite(b) || a == 0 || b == 0) {
            return nearest;
        }
        double start = finite(nearest) ? nearest : Math.copySign(Double.MAX_VALUE, nearest);
        int rest = new BigDecimal(a).subtract(new BigDecimal(b).multiply(new BigDecimal(start))).signum();
        return step(start, b < 0 ? -rest : rest, a < 0 != b < 0, !finite(nearest), way);
    }

    private static double root(double a, Rounding way) {
        double nearest = Math.sqrt(a);
        if (!finite(nearest) || a == 0) {
            return nearest;
        }
        return step(nearest, new BigDecimal(a).subtract(new BigDecimal(nearest).pow(2)).signum(), false, false, way);
    }

    static double round(BigDecimal exact, Rounding way) {
        double nearest = exact.doubleValue();
        boolean over = !finite(nearest);
        double start = over ? Math.copySign(Double.MAX_VALUE, nearest) : nearest;
        return step(start, exact.compareTo(new BigDecimal(start)), exact.signum() < 0, over, way);
    }

    /**
     * From a number beside the exact one to that which the rounding asks for.
     *
     * @param beyond on which side of {@code start} the exact number lies: its sign is that of the difference
     * @param over   whether rounding to nearest overflows, {@code start} being the greatest number
     */
    private static double step(double start, int beyond, boolean negative, boolean over, Rounding way) {
        boolean up = way == Rounding.RP || way == Rounding.RZ && negative;
        double stepped = up && beyond > 0 ? Math.nextUp(start) : !up && beyond < 0 ? Math.nextDown(start) : start;
        if (over && way == Rounding.RN) {
            return Math.copySign(Double.POSITIVE_INFINITY, start);
        }
        return way == Rounding.RN ? start : stepped == 0 ? Math.copySign(0, negative ? -1.0 : 1.0) : stepped;
    }
}

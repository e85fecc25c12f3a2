package org.jengine.softcuda.simt.alu;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The ISA's words on floating-point arithmetic (9.7.3, 9.7.4, 9.7.5), in exact numbers that are rounded once. */
final class FloatStatements {
    private FloatStatements() {
    }

    /** Null if it is none of these. */
    static Statement of(String op, List<String> modifiers) {
        String last = modifiers.get(modifiers.size() - 1);
        if (last.endsWith("x2")) {
            return pairs(op, modifiers, last.replace("x2", ""));
        }
        boolean mixed = modifiers.size() > 1 && modifiers.get(modifiers.size() - 2).equals("f32") && !last.equals("f32");
        Ieee type = Ieee.of(mixed ? "f32" : last);
        if (type == null || last.equals("tf32")) {
            return null;
        }
        boolean ftz = modifiers.contains("ftz");
        String way = modifiers.stream().filter(m -> m.matches("r[nzmp]")).findFirst().orElse("rn");
        Statement.One bits = bitwise(op, modifiers, type);
        if (bits != null) {
            boolean exact = op.equals("testp") || op.equals("copysign") || type.bits() == 16;
            return exact ? Statement.exact(s -> bits.result(flush(type, ftz, s)))
                    : Statement.floating(type, s -> bits.result(flush(type, ftz, s)));
        }
        if (modifiers.contains("approx") && !op.equals("div") || modifiers.contains("full")) {
            return approximate(op, type, ftz);
        }
        Statement.One one = s -> {
            List<Real> x = new ArrayList<>();
            long[] flushed = mixed ? s : flush(type, ftz, s);
            for (int k = 0; k < s.length; k++) {
                x.add((mixed && k < s.length - 1 ? Ieee.of(last) : type).read(flushed[k]));
            }
            Real result = modifiers.contains("approx") && beyond(x.get(1)) ? x.get(0).times(Real.zero(x.get(1).negative()))
                    : arithmetic(op, x, way);
            if (modifiers.contains("sat")) {
                result = result.isNan() || result.negative() ? Real.zero(false) : result.compare(Real.ONE) > 0 ? Real.ONE : result;
            }
            if (modifiers.contains("relu") && result.negative()) {
                result = Real.zero(false);
            }
            long rounded = type.write(result, way);
            return ftz ? type.flush(rounded) : rounded;
        };
        return type.bits() == 16 ? Statement.exact(one) : Statement.floating(type, one);
    }

    /** Divisors of div.approx that give zero. */
    private static boolean beyond(Real divisor) {
        Real bound = Real.of(false, BigInteger.ONE, 126);
        return !divisor.isNan() && !divisor.isInfinite() && divisor.abs().compare(bound) > 0;
    }

    private static long[] flush(Ieee type, boolean ftz, long[] s) {
        long[] flushed = s.clone();
        for (int k = 0; k < s.length; k++) {
            long bits = type.bits() == 64 ? s[k] : s[k] & (1L << type.bits()) - 1;
            flushed[k] = ftz ? type.flush(bits) : bits;
        }
        return flushed;
    }

    private static Real arithmetic(String op, List<Real> x, String way) {
        Real a = x.get(0);
        return switch (op) {
            case "add" -> a.plus(x.get(1), way);
            case "sub" -> a.plus(x.get(1).negate(), way);
            case "mul" -> a.times(x.get(1));
            case "fma", "mad" -> a.times(x.get(1)).plus(x.get(2), way);
            case "div" -> a.over(x.get(1));
            case "rcp" -> Real.ONE.over(a);
            case "sqrt" -> a.root();
            default -> throw new IllegalArgumentException(op);
        };
    }

    /** What needs no rounding, or null. */
    private static Statement.One bitwise(String op, List<String> modifiers, Ieee type) {
        boolean spreads = modifiers.contains("NaN");
        boolean crossed = modifiers.contains("xorsign");
        boolean magnitudes = modifiers.contains("abs");
        return switch (op) {
            case "abs" -> s -> s[0] & ~type.signBit();
            case "neg" -> s -> s[0] ^ type.signBit();
            case "copysign" -> s -> s[0] & type.signBit() | s[1] & ~type.signBit();
            case "testp" -> s -> tested(modifiers.get(0), type.read(s[0]), type.subnormal(s[0])) ? 1 : 0;
            case "min", "max" -> s -> {
                long mask = magnitudes ? type.signBit() - 1 : -1;
                long best = s[0] & mask;
                for (int k = 1; k < s.length; k++) {
                    best = extreme(op, type, best, s[k] & mask, spreads);
                }
                return type.isNan(best) ? type.nan() : crossed ? best | (s[0] ^ s[1]) & type.signBit() : best;
            };
            default -> null;
        };
    }

    private static long extreme(String op, Ieee type, long a, long b, boolean spreads) {
        if (type.isNan(a) || type.isNan(b)) {
            return spreads || type.isNan(a) && type.isNan(b) ? type.nan() : type.isNan(a) ? b : a;
        }
        Real x = type.read(a);
        Real y = type.read(b);
        int order = x.compare(y) != 0 ? x.compare(y) : Boolean.compare(y.negative(), x.negative());
        return op.equals("min") == order < 0 ? a : b;
    }

    private static boolean tested(String property, Real x, boolean subnormal) {
        boolean finite = !x.isNan() && !x.isInfinite();
        return switch (property) {
            case "finite" -> finite;
            case "infinite" -> x.isInfinite();
            case "number" -> !x.isNan();
            case "notanumber" -> x.isNan();
            case "normal" -> finite && !x.isZero() && !subnormal;
            default -> subnormal;
        };
    }

    /** The function in double, by the library that is the same on all machines; rounded to the type. */
    private static Statement approximate(String op, Ieee type, boolean ftz) {
        if (type.bits() == 64) {
            return upperWord(op, ftz);
        }
        Statement.One one = s -> {
            Real x = type.read(flush(type, ftz, s)[0]);
            double a = Double.longBitsToDouble(Ieee.of("f64").write(x, "rn"));
            double y = switch (op) {
                case "div" -> a / Double.longBitsToDouble(Ieee.of("f64").write(type.read(flush(type, ftz, s)[1]), "rn"));
                case "rcp" -> 1 / a;
                case "sqrt" -> StrictMath.sqrt(a);
                case "rsqrt" -> 1 / StrictMath.sqrt(a);
                case "sin" -> StrictMath.sin(a);
                case "cos" -> StrictMath.cos(a);
                case "lg2" -> StrictMath.log(a) / StrictMath.log(2);
                case "ex2" -> StrictMath.pow(2, a);
                case "tanh" -> StrictMath.tanh(a);
                default -> throw new IllegalArgumentException(op);
            };
            long rounded = type.write(Ieee.of("f64").read(Double.doubleToRawLongBits(y)), "rn");
            return ftz ? type.flush(rounded) : rounded;
        };
        return Statement.near(type, one);
    }

    /** Of rcp.approx.ftz.f64 and rsqrt.approx.ftz.f64 the lower word is zero; the upper is off by no more than one. */
    private static Statement upperWord(String op, boolean ftz) {
        Ieee type = Ieee.of("f64");
        return new Statement(s -> {
            double a = Double.longBitsToDouble(ftz ? type.flush(s[0]) : s[0]);
            long bits = Double.doubleToLongBits(op.equals("rcp") ? 1 / a : 1 / StrictMath.sqrt(a));
            return new long[] {ftz ? type.flush(bits) : bits};
        }, ftz ? (e, a) -> type.isNan(e) ? a == 0x7fffffff00000000L : (a & 0xffffffffL) == 0 && Math.abs(e - a) <= 1L << 32
                : (e, a) -> type.isNan(e) ? type.isNan(a) : Math.abs(e - a) <= 1);
    }

    private static Statement pairs(String op, List<String> modifiers, String type) {
        List<String> single = new ArrayList<>(modifiers.subList(0, modifiers.size() - 1));
        single.add(type);
        Statement one = of(op, single);
        int width = Ieee.of(type).bits();
        long mask = (1L << width) - 1;
        return new Statement(s -> {
            long[] high = new long[s.length];
            for (int k = 0; k < s.length; k++) {
                high[k] = s[k] >>> width;
            }
            long[] low = s.clone();
            for (int k = 0; k < s.length; k++) {
                low[k] &= mask;
            }
            return new long[] {one.of().results(low)[0] | one.of().results(high)[0] << width};
        }, (e, a) -> one.match().same(e & mask, a & mask) && one.match().same(e >>> width, a >>> width));
    }
}

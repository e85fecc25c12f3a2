package org.jengine.softcuda.simt.alu;

import java.math.BigInteger;
import java.util.List;

/** The ISA's words on cvt and cvt.pack (9.7.9.21, 9.7.9.22). */
final class ConversionStatements {
    private ConversionStatements() {
    }

    private static boolean integer(String type) {
        return type.matches("[us]\\d+");
    }

    /** Null if it is none of these. */
    static Statement of(String op, List<String> modifiers) {
        if (!op.equals("cvt")) {
            return null;
        }
        if (modifiers.get(0).equals("pack")) {
            return pack(modifiers.get(2));
        }
        String to = modifiers.get(modifiers.size() - 2);
        String from = modifiers.get(modifiers.size() - 1);
        if (to.endsWith("x2")) {
            return pair(modifiers, to, from);
        }
        boolean sat = modifiers.contains("sat");
        boolean ftz = modifiers.contains("ftz");
        String first = modifiers.get(0);
        String way = first.matches("r[nzmp]i?|rna") ? first.replace("i", "") : "rn";
        if (integer(to)) {
            return Statement.exact(s -> held(integer(from) ? IntegerStatements.value(s[0], from) : whole(s[0], to, from, way, ftz),
                    to, sat || !integer(from)));
        }
        Ieee type = Ieee.of(to);
        boolean whole = first.length() == 3 && first.endsWith("i");
        boolean keeps = to.equals(from) && !whole && !sat;
        return Statement.floating(type, s -> {
            if (keeps) {
                return ftz ? type.flush(s[0]) : s[0] & (type.bits() == 64 ? -1 : (1L << type.bits()) - 1);
            }
            Real x = integer(from) ? Real.of(IntegerStatements.value(s[0], from)) : read(s[0], from, ftz);
            if (whole && !x.isNan() && !x.isInfinite()) {
                BigInteger rounded = x.integer(way);
                x = rounded.signum() == 0 ? Real.zero(x.negative()) : Real.of(rounded);
            }
            long bits = write(x, modifiers, way, to);
            return to.equals("f32") && ftz ? type.flush(bits) : bits;
        });
    }

    private static Real read(long bits, String from, boolean ftz) {
        Ieee type = Ieee.of(from);
        return type.read(ftz && from.equals("f32") ? type.flush(bits) : bits);
    }

    /** With what .sat, .relu and .satfinite make of it. */
    private static long write(Real number, List<String> modifiers, String way, String to) {
        Real x = number;
        if (modifiers.contains("sat")) {
            x = x.isNan() || x.negative() ? Real.zero(false) : x.compare(Real.ONE) > 0 ? Real.ONE : x;
        }
        if (modifiers.contains("relu") && x.negative()) {
            x = Real.zero(false);
        }
        Ieee type = Ieee.of(to);
        long bits = modifiers.contains("satfinite") ? type.writeFinite(x, way) : type.write(x, way);
        return !to.equals("tf32") ? bits : x.isNan() ? 0x7fffffff : bits << 13;
    }

    private static BigInteger whole(long bits, String to, String from, String way, boolean ftz) {
        Real x = read(bits, from, ftz);
        if (x.isNan()) {
            boolean zero = !from.equals("f64") && !to.endsWith("64");
            BigInteger top = BigInteger.ONE.shiftLeft(IntegerStatements.width(to) - 1);
            return zero ? BigInteger.ZERO : to.startsWith("s") ? top.negate() : top;
        }
        return x.isInfinite() ? BigInteger.ONE.shiftLeft(2000).multiply(BigInteger.valueOf(x.negative() ? -1 : 1)) : x.integer(way);
    }

    /** In a register of the type's size, or of 16 bits if the type is smaller. */
    private static long held(BigInteger x, String to, boolean clamps) {
        int width = IntegerStatements.width(to);
        long bits = IntegerStatements.bits(clamps ? IntegerStatements.clamp(x, to) : x, width);
        return IntegerStatements.bits(IntegerStatements.value(bits, to), Math.max(width, 16));
    }

    private static Statement pack(String type) {
        int width = IntegerStatements.width(type);
        return Statement.exact(s -> {
            long a = IntegerStatements.bits(IntegerStatements.clamp(BigInteger.valueOf((int) s[0]), type), width);
            long b = IntegerStatements.bits(IntegerStatements.clamp(BigInteger.valueOf((int) s[1]), type), width);
            return ((s.length == 3 ? s[2] << 2 * width : 0) | a << width | b) & 0xffffffffL;
        });
    }

    /** Two results from two registers, the first giving the upper, or from the halves of one. */
    private static Statement pair(List<String> modifiers, String to, String from) {
        String one = to.replaceAll("x2$", "");
        int width = Ieee.of(one).bits();
        int given = from.endsWith("x2") ? Ieee.of(from.replaceAll("x2$", "")).bits() : 32;
        String way = modifiers.get(0);
        return Statement.exact(s -> {
            long low = s.length == 2 ? s[1] : s[0];
            long high = s.length == 2 ? s[0] : s[0] >>> given;
            String read = from.replaceAll("x2$", "");
            return write(Ieee.of(read).read(high), modifiers, way, one) << width | write(Ieee.of(read).read(low), modifiers, way, one);
        });
    }
}

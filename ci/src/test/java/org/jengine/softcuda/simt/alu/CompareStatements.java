package org.jengine.softcuda.simt.alu;

import java.util.List;

/** The ISA's words on comparisons and selections (9.7.6, 9.7.7). */
final class CompareStatements {
    private CompareStatements() {
    }

    /** Null if it is none of these. */
    static Statement of(String op, List<String> modifiers, int results) {
        return switch (op) {
            case "selp" -> Statement.exact(s -> narrow(s[s[2] == 1 ? 0 : 1], modifiers.get(0)));
            case "slct" -> Statement.exact(s -> narrow(s[chooses(modifiers, s[2]) ? 0 : 1], modifiers.get(modifiers.size() - 2)));
            case "setp" -> predicates(modifiers, results);
            case "set" -> numbers(modifiers);
            default -> null;
        };
    }

    private static long narrow(long bits, String type) {
        return IntegerStatements.width(type) == 16 ? bits & 0xffff : bits;
    }

    private static boolean chooses(List<String> modifiers, long selector) {
        if (modifiers.contains("s32") && modifiers.get(modifiers.size() - 1).equals("s32")) {
            return (int) selector >= 0;
        }
        Ieee f32 = Ieee.of("f32");
        Real x = f32.read(modifiers.contains("ftz") ? f32.flush(selector) : selector);
        return !x.isNan() && (x.isZero() || !x.negative());
    }

    /** Whether a comparison of the registers' lower bits holds. */
    private static boolean holds(List<String> modifiers, String type, long a, long b) {
        String operator = modifiers.get(0);
        Ieee floating = Ieee.of(type);
        if (floating == null) {
            return holds(operator, IntegerStatements.value(a, type).compareTo(IntegerStatements.value(b, type)));
        }
        boolean ftz = modifiers.contains("ftz");
        Real x = floating.read(ftz ? floating.flush(a) : a);
        Real y = floating.read(ftz ? floating.flush(b) : b);
        boolean unordered = x.isNan() || y.isNan();
        if (operator.equals("num") || operator.equals("nan")) {
            return unordered == operator.equals("nan");
        }
        boolean takesNan = operator.length() == 3;
        return unordered ? takesNan : holds(operator.substring(0, 2), x.compare(y));
    }

    private static boolean holds(String operator, int order) {
        return switch (operator) {
            case "eq" -> order == 0;
            case "ne" -> order != 0;
            case "lt", "lo" -> order < 0;
            case "le", "ls" -> order <= 0;
            case "gt", "hi" -> order > 0;
            case "ge", "hs" -> order >= 0;
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static boolean combined(List<String> modifiers, boolean holds, long[] s) {
        return switch (modifiers.get(1)) {
            case "and" -> holds && s[2] == 1;
            case "or" -> holds || s[2] == 1;
            case "xor" -> holds != (s[2] == 1);
            default -> holds;
        };
    }

    private static Statement predicates(List<String> modifiers, int results) {
        String type = modifiers.get(modifiers.size() - 1);
        boolean pair = type.endsWith("x2");
        String single = type.replace("x2", "");
        return new Statement(s -> {
            boolean first = holds(modifiers, single, s[0], s[1]);
            boolean second = pair ? holds(modifiers, single, s[0] >>> 16, s[1] >>> 16) : !first;
            long p = combined(modifiers, first, s) ? 1 : 0;
            long q = combined(modifiers, second, s) ? 1 : 0;
            return results == 1 ? new long[] {p} : new long[] {p, q};
        }, Statement.EXACT);
    }

    private static Statement numbers(List<String> modifiers) {
        String type = modifiers.get(modifiers.size() - 1);
        String result = modifiers.get(modifiers.size() - 2);
        boolean pair = type.endsWith("x2");
        String single = type.replace("x2", "");
        Ieee floating = Ieee.of(result.replace("x2", ""));
        long one = floating != null ? floating.write(Real.ONE, "rn") : pair || result.endsWith("16") ? 0xffff : 0xffffffffL;
        return Statement.exact(s -> {
            long low = combined(modifiers, holds(modifiers, single, s[0], s[1]), s) ? one : 0;
            boolean upper = pair && combined(modifiers, holds(modifiers, single, s[0] >>> 16, s[1] >>> 16), s);
            return low | (upper ? one << 16 : 0);
        });
    }
}

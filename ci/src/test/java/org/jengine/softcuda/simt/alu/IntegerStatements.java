package org.jengine.softcuda.simt.alu;

import java.math.BigInteger;
import java.util.List;

/** The ISA's words on integer arithmetic (9.7.1, 9.7.2), in integers of any length. */
final class IntegerStatements {
    private IntegerStatements() {
    }

    static int width(String type) {
        return Integer.parseInt(type.replaceAll("x2$", "").replaceAll("\\D", ""));
    }

    /** What the lower bits of a register mean. */
    static BigInteger value(long register, String type) {
        int width = width(type);
        BigInteger unsigned = lowest(BigInteger.valueOf(register), width);
        return type.startsWith("s") && unsigned.testBit(width - 1) ? unsigned.subtract(BigInteger.ONE.shiftLeft(width)) : unsigned;
    }

    static BigInteger lowest(BigInteger x, int width) {
        return x.and(BigInteger.ONE.shiftLeft(width).subtract(BigInteger.ONE));
    }

    static long bits(BigInteger x, int width) {
        return lowest(x, width).longValue();
    }

    static BigInteger least(String type) {
        return type.startsWith("s") ? BigInteger.ONE.shiftLeft(width(type) - 1).negate() : BigInteger.ZERO;
    }

    static BigInteger greatest(String type) {
        return BigInteger.ONE.shiftLeft(width(type) - (type.startsWith("s") ? 1 : 0)).subtract(BigInteger.ONE);
    }

    static BigInteger clamp(BigInteger x, String type) {
        return x.max(least(type)).min(greatest(type));
    }

    /** Null if these are not integers' affairs. */
    static Statement of(String op, List<String> modifiers) {
        String type = modifiers.stream().filter(m -> m.matches("[us](16|32|64)(x2)?")).reduce((a, b) -> b).orElse(null);
        if (type == null || op.startsWith("dp")) {
            return op.startsWith("dp") ? dot(op, modifiers) : null;
        }
        if (type.endsWith("x2")) {
            String half = type.substring(0, 3);
            List<String> halves = modifiers.stream().map(m -> m.equals(type) ? half : m).toList();
            Statement one = of(op, halves);
            return Statement.exact(s -> {
                long[] high = new long[s.length];
                for (int k = 0; k < s.length; k++) {
                    high[k] = s[k] >>> 16;
                }
                return one.of().results(s)[0] | one.of().results(high)[0] << 16;
            });
        }
        if (modifiers.contains("cc") || op.matches("(add|sub|mad)c")) {
            return carry(op.replaceAll("c$", ""), op.matches("(add|sub|mad)c"), modifiers, type);
        }
        if (op.equals("vabsdiff4")) {
            return distances(modifiers.contains("add"));
        }
        int width = modifiers.contains("wide") ? 2 * width(type) : width(type);
        return Statement.exact(s -> {
            BigInteger a = value(s[0], type);
            BigInteger b = s.length > 1 ? value(s[1], type) : null;
            BigInteger last = s.length > 2 ? BigInteger.valueOf(s[2]) : null;
            BigInteger x = switch (op) {
                case "add" -> a.add(b);
                case "sub" -> a.subtract(b);
                case "mul", "mad", "mul24", "mad24" -> product(op, modifiers, type, s[0], s[1]);
                case "div" -> b.signum() == 0 ? BigInteger.ONE.negate() : a.divide(b);
                case "rem" -> b.signum() == 0 ? a : a.remainder(b);
                case "min" -> a.min(b);
                case "max" -> a.max(b);
                case "abs" -> a.abs();
                case "neg" -> a.negate();
                case "sad" -> a.subtract(b).abs();
                default -> throw new IllegalArgumentException(op);
            };
            if (last != null) {
                x = x.add(modifiers.contains("sat") ? value(s[2], type) : last);
            }
            if (modifiers.contains("relu")) {
                x = x.max(BigInteger.ZERO);
            }
            return bits(modifiers.contains("sat") ? clamp(x, type) : x, width);
        });
    }

    private static BigInteger product(String op, List<String> modifiers, String type, long a, long b) {
        String read = op.endsWith("24") ? type.charAt(0) + "24" : type;
        BigInteger all = value(a, read).multiply(value(b, read));
        if (!modifiers.contains("hi")) {
            return modifiers.contains("wide") ? all : lowest(all, width(type));
        }
        return all.shiftRight(op.endsWith("24") ? 16 : width(type));
    }

    private static Statement carry(String op, boolean in, List<String> modifiers, String type) {
        int width = width(type);
        boolean out = modifiers.contains("cc");
        String unsigned = "u" + width;
        return new Statement(s -> {
            BigInteger first = op.equals("mad") ? lowest(product(op, modifiers, type, s[0], s[1]), width) : value(s[0], unsigned);
            BigInteger second = value(s[op.equals("mad") ? 2 : 1], unsigned);
            BigInteger flag = in ? BigInteger.valueOf(s[s.length - 1]) : BigInteger.ZERO;
            BigInteger x = op.equals("sub") ? first.subtract(second).subtract(flag) : first.add(second).add(flag);
            long beyond = x.signum() < 0 || x.bitLength() > width ? 1 : 0;
            return out ? new long[] {bits(x, width), beyond} : new long[] {bits(x, width)};
        }, Statement.EXACT);
    }

    private static Statement distances(boolean sum) {
        return Statement.exact(s -> {
            long result = sum ? s[2] : 0;
            for (int k = 0; k < 32; k += 8) {
                long distance = Math.abs((s[0] >> k & 255) - (s[1] >> k & 255));
                result += sum ? distance : distance << k;
            }
            return result & 0xffffffffL;
        });
    }

    /** dp4a of four bytes by four; dp2a of two halves by two bytes. */
    private static Statement dot(String op, List<String> modifiers) {
        int count = modifiers.size();
        String first = modifiers.get(count - 2).charAt(0) + (op.equals("dp4a") ? "8" : "16");
        String second = modifiers.get(count - 1).charAt(0) + "8";
        int skip = modifiers.get(0).equals("hi") ? 2 : 0;
        int terms = op.equals("dp4a") ? 4 : 2;
        return Statement.exact(s -> {
            BigInteger sum = BigInteger.valueOf(s[2]);
            for (int k = 0; k < terms; k++) {
                sum = sum.add(value(s[0] >>> k * width(first), first).multiply(value(s[1] >>> 8 * (k + skip), second)));
            }
            return bits(sum, 32);
        });
    }
}

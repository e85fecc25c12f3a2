package org.jengine.softcuda.simt.alu;

import java.util.List;

/** The ISA's words on logic, shifts and bit fields (9.7.1, 9.7.8), bit by bit. */
final class BitStatements {
    private static final int[][] FORWARD = {{0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {3, 4, 5, 6}};
    private static final int[][] BACKWARD = {{0, 7, 6, 5}, {1, 0, 7, 6}, {2, 1, 0, 7}, {3, 2, 1, 0}};
    private static final int[][] BYTE = {{0, 0, 0, 0}, {1, 1, 1, 1}, {2, 2, 2, 2}, {3, 3, 3, 3}};
    private static final int[][] EDGE_LEFT = {{0, 1, 2, 3}, {1, 1, 2, 3}, {2, 2, 2, 3}, {3, 3, 3, 3}};
    private static final int[][] EDGE_RIGHT = {{0, 0, 0, 0}, {0, 1, 1, 1}, {0, 1, 2, 2}, {0, 1, 2, 3}};
    private static final int[][] HALF = {{0, 1, 0, 1}, {2, 3, 2, 3}, {0, 1, 0, 1}, {2, 3, 2, 3}};

    private BitStatements() {
    }

    private static int bit(long x, long at) {
        return (int) (x >>> at & 1);
    }

    /** Null if it is none of these. */
    static Statement of(String op, List<String> modifiers) {
        String type = modifiers.get(modifiers.size() - 1);
        boolean signed = type.startsWith("s");
        boolean wrap = modifiers.contains("wrap");
        int width = type.equals("pred") ? 1 : op.equals("prmt") ? 32 : IntegerStatements.width(type);
        return switch (op) {
            case "and", "or", "xor", "not" -> Statement.exact(s -> {
                long result = 0;
                for (int k = 0; k < width; k++) {
                    int a = bit(s[0], k);
                    int b = s.length > 1 ? bit(s[1], k) : 0;
                    long holds = switch (op) {
                        case "and" -> a + b == 2 ? 1 : 0;
                        case "or" -> a + b > 0 ? 1 : 0;
                        case "xor" -> a != b ? 1 : 0;
                        default -> 1 - a;
                    };
                    result |= holds << k;
                }
                return result;
            });
            case "cnot" -> Statement.exact(s -> s[0] << 64 - width == 0 ? 1 : 0);
            case "lop3" -> lop3(modifiers.get(0));
            case "shl", "shr" -> Statement.exact(s -> shift(op, s[0], s[1] & 0xffffffffL, width, signed));
            case "shf" -> Statement.exact(s -> funnel(modifiers.get(0).equals("l"), s[0], s[1], wrap ? s[2] & 31 : Math.min(s[2], 32)));
            case "popc" -> Statement.exact(s -> count(s[0], width));
            case "clz" -> Statement.exact(s -> width - 1 - top(s[0], width, false));
            case "bfind" -> Statement.exact(s -> {
                long at = top(s[0], width, signed);
                return (at >= 0 && modifiers.contains("shiftamt") ? width - 1 - at : at) & 0xffffffffL;
            });
            case "brev" -> Statement.exact(s -> {
                long result = 0;
                for (int k = 0; k < width; k++) {
                    result |= (long) bit(s[0], k) << width - 1 - k;
                }
                return result;
            });
            case "fns" -> Statement.exact(s -> find(s[0], (int) s[1], (int) s[2]) & 0xffffffffL);
            case "bfe" -> Statement.exact(s -> extract(s[0], (int) s[1] & 255, (int) s[2] & 255, width, signed));
            case "bfi" -> Statement.exact(s -> {
                long result = s[1];
                for (int k = 0; k < ((int) s[3] & 255) && k + ((int) s[2] & 255) < width; k++) {
                    int at = k + ((int) s[2] & 255);
                    result = result & ~(1L << at) | (long) bit(s[0], k) << at;
                }
                return result;
            });
            case "bmsk" -> Statement.exact(s -> {
                long result = 0;
                long from = wrap ? s[0] & 31 : s[0];
                long count = wrap ? s[1] & 31 : s[1];
                for (long k = from; k < 32 && k - from < count; k++) {
                    result |= 1L << k;
                }
                return result;
            });
            case "szext" -> Statement.exact(s -> extend(s[0], wrap ? s[1] & 31 : s[1], signed));
            case "prmt" -> permute(modifiers.size() > 1 ? modifiers.get(1) : "");
            default -> null;
        };
    }

    private static Statement lop3(String operator) {
        return new Statement(s -> {
            long result = 0;
            for (int k = 0; k < 32; k++) {
                result |= (long) bit(s[3], bit(s[0], k) * 4 + bit(s[1], k) * 2 + bit(s[2], k)) << k;
            }
            long some = result == 0 ? 0 : 1;
            return operator.equals("b32") ? new long[] {result}
                    : new long[] {result, operator.equals("and") ? Math.min(some, s[4]) : Math.max(some, s[4])};
        }, Statement.EXACT);
    }

    private static long shift(String op, long a, long by, int width, boolean signed) {
        long result = 0;
        for (int k = 0; k < width; k++) {
            long from = op.equals("shl") ? k - by : k + by;
            int bit = from >= 0 && from < width ? bit(a, from) : signed && from >= width ? bit(a, width - 1) : 0;
            result |= (long) bit << k;
        }
        return result;
    }

    private static long funnel(boolean left, long a, long b, long by) {
        long result = 0;
        for (int k = 0; k < 32; k++) {
            long from = left ? 32 + k - by : k + by;
            result |= (long) (from < 32 ? bit(a, from) : bit(b, from - 32)) << k;
        }
        return result;
    }

    private static int count(long a, int width) {
        int count = 0;
        for (int k = 0; k < width; k++) {
            count += bit(a, k);
        }
        return count;
    }

    private static int top(long a, int width, boolean signed) {
        int empty = signed ? bit(a, width - 1) : 0;
        for (int k = width - 1; k >= 0; k--) {
            if (bit(a, k) != empty) {
                return k;
            }
        }
        return -1;
    }

    private static int find(long mask, int base, int offset) {
        if (offset == 0) {
            return base >= 0 && base < 32 && bit(mask, base) == 1 ? base : -1;
        }
        long left = Math.abs((long) offset) - 1;
        for (long at = base; at >= 0 && at < 32; at += offset > 0 ? 1 : -1) {
            if (bit(mask, at) == 1) {
                if (left == 0) {
                    return (int) at;
                }
                left--;
            }
        }
        return -1;
    }

    private static long extract(long a, int from, int count, int width, boolean signed) {
        int above = signed && count > 0 ? bit(a, Math.min(from + count - 1, width - 1)) : 0;
        long result = 0;
        for (int k = 0; k < width; k++) {
            result |= (long) (k < count && from + k < width ? bit(a, from + k) : above) << k;
        }
        return result;
    }

    private static long extend(long a, long count, boolean signed) {
        long result = 0;
        for (int k = 0; k < 32; k++) {
            int bit = k < count ? bit(a, k) : signed && count > 0 ? bit(a, count - 1) : 0;
            result |= (long) bit << k;
        }
        return result;
    }

    private static Statement permute(String mode) {
        return Statement.exact(s -> {
            long result = 0;
            for (int k = 0; k < 4; k++) {
                int selector = (int) (s[2] >>> 4 * k & 15);
                int place = switch (mode) {
                    case "" -> selector & 7;
                    case "f4e" -> FORWARD[(int) s[2] & 3][k];
                    case "b4e" -> BACKWARD[(int) s[2] & 3][k];
                    case "rc8" -> BYTE[(int) s[2] & 3][k];
                    case "ecl" -> EDGE_LEFT[(int) s[2] & 3][k];
                    case "ecr" -> EDGE_RIGHT[(int) s[2] & 3][k];
                    default -> HALF[(int) s[2] & 3][k];
                };
                long value = s[place / 4] >>> 8 * (place % 4) & 255;
                boolean sign = mode.isEmpty() && selector > 7;
                result |= (sign ? value > 127 ? 255 : 0 : value) << 8 * k;
            }
            return result;
        });
    }
}

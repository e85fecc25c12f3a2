package org.jengine.softcuda.simt.alu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Atomics, loads and stores, of many that could be written: those of the ISA do what it says, and the others are refused. */
class StepFormsTest extends StepForms {
    private long draw() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong();
            case 1 -> SPECIALS[random.nextInt(SPECIALS.length)] | SPECIALS[random.nextInt(SPECIALS.length)] << Integer.SIZE;
            case 2 -> random.nextLong() & 0x83ff83ff83ff83ffL;
            default -> SPECIALS[random.nextInt(SPECIALS.length)];
        };
    }

    /** 9.7.13.5 and 9.7.13.6, as NVIDIA's assembler reads them. */
    private static boolean isAtomic(String kind, String op, boolean noftz, String type) {
        boolean half = type.matches("b?f16(x2)?");
        return noftz == (half && op.equals("add")) && switch (op) {
            case "add" -> half || type.matches("[us]32|u64|f32|f64");
            case "min", "max" -> type.matches("[us](32|64)");
            case "inc", "dec" -> type.equals("u32");
            case "and", "or", "xor" -> type.matches("b(32|64)");
            case "exch" -> kind.equals("atom") && type.matches("b(32|64)");
            default -> kind.equals("atom") && type.matches("b(16|32|64)");
        };
    }

    @Test
    void atomicsDoWhatTheIsaSays() {
        int count = 0;
        for (String kind : List.of("atom", "red")) {
            for (String op : List.of("add", "min", "max", "inc", "dec", "and", "or", "xor", "exch", "cas")) {
                for (String type : TYPES.subList(0, TYPES.indexOf("b128"))) {
                    for (String noftz : List.of("", ".noftz")) {
                        String r = register(type);
                        String line = "." + op + noftz + "." + type + (kind.equals("atom") ? " " + r + "0," : "") + " [PLACE], " + r + "1"
                                + (op.equals("cas") ? ", " + r + "2;" : ";");
                        boolean known = isAtomic(kind, op, !noftz.isEmpty(), type);
                        if (takes(kind + "." + op + noftz + "." + type, known, kind + line.replace("PLACE", "%l8"))) {
                            count++;
                            for (String space : List.of("", ".global", ".shared")) {
                                atomic(line, kind, op, type, space);
                            }
                        }
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(count > 50, count + " forms");
    }

    private void atomic(String line, String kind, String op, String type, String space) {
        int width = bits(type);
        String r = register(type);
        boolean shared = space.equals(".shared");
        String load = "ld.global.b" + width + " ";
        String body = load + r + "1, [%l8+8];\n" + load + r + "2, [%l8+16];\n"
                + (shared ? "ld.global.b64 %l7, [%l8]; st.shared.b64 [%r4], %l7;\n" : "")
                + kind + space + line.replace("PLACE", shared ? "%r4" : "%l8") + "\n"
                + (shared ? "ld.shared.b64 %l7, [%r4]; st.global.b64 [%l8], %l7;\n" : "")
                + (kind.equals("atom") ? "st.global.b" + width + " [%l8+24], " + r + "0;\n" : "");
        long[] given = new long[LANES * INTS / 2];
        for (int k = 0; k < given.length; k++) {
            given[k] = draw();
        }
        for (int t = 0; t < LANES; t += 2) {
            given[8 * t + 1] = given[8 * t];
        }
        long[] got = run(body, given);
        for (int t = 0; t < LANES; t++) {
            long old = lowest(given[8 * t], width);
            long b = lowest(given[8 * t + 1], width);
            long expected = joined(op, type, old, b, lowest(given[8 * t + 2], width), !shared);
            long actual = lowest(got[8 * t], width);
            boolean rest = width == Long.SIZE || given[8 * t] >>> width == got[8 * t] >>> width;
            boolean told = kind.equals("red") || lowest(got[8 * t + 3], width) == old;
            if (!same(type, expected, actual) || !rest || !told) {
                wrong.add(kind + space + "." + op + "." + type + ": " + Long.toHexString(old) + ", " + Long.toHexString(b) + " -> "
                        + Long.toHexString(actual) + ", not " + Long.toHexString(expected));
                return;
            }
        }
    }

    private static boolean same(String type, long expected, long actual) {
        if (type.endsWith("x2")) {
            String half = type.replace("x2", "");
            return same(half, expected & 0xffff, actual & 0xffff) && same(half, expected >>> 16, actual >>> 16);
        }
        Ieee format = Ieee.of(type);
        return expected == actual || format != null && format.isNan(expected) && format.isNan(actual);
    }

    private static long joined(String op, String type, long old, long b, long c, boolean global) {
        if (type.endsWith("x2")) {
            String half = type.replace("x2", "");
            return joined(op, half, old & 0xffff, b & 0xffff, 0, global) | joined(op, half, old >>> 16, b >>> 16, 0, global) << 16;
        }
        Ieee format = Ieee.of(type);
        if (format != null) {
            // Single precision is flushed in global memory only.
            boolean flush = global && type.equals("f32");
            Real first = format.read(flush ? format.flush(old) : old);
            long sum = format.write(first.plus(format.read(flush ? format.flush(b) : b), "rn"), "rn");
            return flush ? format.flush(sum) : sum;
        }
        BigInteger x = IntegerStatements.value(old, type);
        BigInteger y = IntegerStatements.value(b, type);
        return IntegerStatements.bits(switch (op) {
            case "add" -> x.add(y);
            case "min" -> x.min(y);
            case "max" -> x.max(y);
            case "inc" -> x.compareTo(y) >= 0 ? BigInteger.ZERO : x.add(BigInteger.ONE);
            case "dec" -> x.signum() == 0 || x.compareTo(y) > 0 ? y : x.subtract(BigInteger.ONE);
            case "and" -> x.and(y);
            case "or" -> x.or(y);
            case "xor" -> x.xor(y);
            case "exch" -> y;
            default -> x.equals(y) ? BigInteger.valueOf(c) : x;
        }, bits(type));
    }

    @Test
    void loadsAndStoresDoWhatTheIsaSays() {
        for (String type : TYPES) {
            for (int count = 1; count <= 8; count *= 2) {
                boolean known = type.matches("[bus](8|16|32|64)|f32|f64") && bits(type) * count <= 128;
                for (String space : List.of("", ".global", ".shared", ".local")) {
                    // MemoryTest and ExtensionsTest have those.
                    boolean wide = count == 1 && type.equals("b128")
                            || space.matches("|.global") && bits(type) * count == 256 && bits(type) >= Integer.SIZE;
                    if (!wide) {
                        moves(space, type, count, known);
                    }
                }
            }
        }
        for (String way : List.of("volatile", "relaxed.cta", "relaxed.gpu", "relaxed.sys", "acquire.cta", "acquire.gpu", "ca", "cg", "cs",
                "lu", "cv", "nc", "nc.L1::no_allocate", "L2::128B")) {
            String order = way.matches("volatile|relaxed.*|acquire.*") ? "ld." + way + ".global" : "ld.global." + way;
            load(order, ".global", "u32", 1);
        }
        for (String way : List.of("volatile", "relaxed.cta", "relaxed.gpu", "release.gpu", "wb", "cg", "cs", "wt")) {
            String order = way.matches("volatile|rel.*") ? "st." + way + ".global" : "st.global." + way;
            store(order, ".global", "u16", 1);
        }
        for (String line : List.of("ld.global.rn.u32 %r0, [%l8];", "ld.nowhere.u32 %r0, [%l8];", "st.global.nc.u32x2 [%l8], %r0;",
                "ld.global.v3.u32 {%r0, %r1, %r2}, [%l8];", "ld.global %r0, [%l8];")) {
            takes(line, false, line);
        }
        assertEquals(List.of(), wrong);
    }

    private static String list(String type, int count) {
        String r = type.equals("f32") ? "%r" : "%l";
        StringBuilder list = new StringBuilder(r + "0");
        for (int k = 1; k < count; k++) {
            list.append(", ").append(r).append(k);
        }
        return count == 1 ? list.toString() : "{" + list + "}";
    }

    private static String suffix(String type, int count) {
        return (count == 1 ? "." : ".v" + count + ".") + type;
    }

    private void moves(String space, String type, int count, boolean known) {
        String line = "ld" + space + suffix(type, count) + " " + list(type, count) + ", [" + place(space) + "];";
        if (takes(line, known, line)) {
            load("ld" + space, space, type, count);
            if (count < 8) {
                store("st" + space, space, type, count);
            }
        }
    }

    private static String place(String space) {
        return space.equals(".shared") ? "%r4" : space.equals(".local") ? "own" : "%l8";
    }

    /** Takes 16 bytes from one space to the other. */
    private static String copied(String from, String to) {
        StringBuilder body = new StringBuilder();
        for (int k = 0; k < 16; k += 8) {
            body.append("ld" + from + ".b64 %l7, [" + place(from) + "+" + k + "]; st" + to + ".b64 [" + place(to) + "+" + k + "], %l7;\n");
        }
        return body.toString();
    }

    /** Of each thread's eight longs two are read, and six are what came of it. */
    private void load(String order, String space, String type, int count) {
        boolean away = space.equals(".shared") || space.equals(".local");
        StringBuilder body = new StringBuilder();
        body.append(away ? copied(".global", space) : "");
        body.append(order + suffix(type, count) + " " + list(type, count) + ", [" + place(space) + "];\n");
        for (int k = 0; k < Math.min(count, 6); k++) {
            body.append(type.equals("f32") ? "st.global.b32 [%l8+" + (16 + 8 * k) + "], %r" + k + ";\n"
                    : "st.global.b64 [%l8+" + (16 + 8 * k) + "], %l" + k + ";\n");
        }
        long[] given = drawn();
        long[] got = run(body.toString(), given);
        int width = bits(type);
        for (int t = 0; t < LANES; t++) {
            for (int k = 0; k < Math.min(count, 6); k++) {
                int at = k * width;
                long part = lowest(given[8 * t + at / Long.SIZE] >>> at % Long.SIZE, width);
                long expected = type.equals("f32") ? given[8 * t + 2 + k] & -1L << Integer.SIZE | part
                        : type.startsWith("s") ? IntegerStatements.value(part, type).longValue() : part;
                if (got[8 * t + 2 + k] != expected) {
                    wrong.add(order + suffix(type, count) + ": " + Long.toHexString(got[8 * t + 2 + k]) + ", not "
                            + Long.toHexString(expected));
                    return;
                }
            }
        }
    }

    /** Of each thread's eight longs four are stored, over the two behind them. */
    private void store(String order, String space, String type, int count) {
        boolean away = space.equals(".shared") || space.equals(".local");
        StringBuilder body = new StringBuilder();
        for (int k = 0; k < count; k++) {
            body.append((type.equals("f32") ? "ld.global.b32 %r" : "ld.global.b64 %l") + k + ", [%l8+" + (16 + 8 * k) + "];\n");
        }
        body.append(away ? copied(".global", space) : "");
        body.append(order + suffix(type, count) + " [" + place(space) + "], " + list(type, count) + ";\n");
        body.append(away ? copied(space, ".global") : "");
        long[] given = drawn();
        long[] got = run(body.toString(), given);
        int width = bits(type);
        for (int t = 0; t < LANES; t++) {
            long[] expected = {given[8 * t], given[8 * t + 1]};
            for (int k = 0; k < count; k++) {
                int at = k * width;
                long mask = lowest(-1L, width) << at % Long.SIZE;
                expected[at / Long.SIZE] = expected[at / Long.SIZE] & ~mask | given[8 * t + 2 + k] << at % Long.SIZE & mask;
            }
            if (got[8 * t] != expected[0] || got[8 * t + 1] != expected[1]) {
                wrong.add(order + suffix(type, count) + ": " + Long.toHexString(got[8 * t]) + ", not "
                        + Long.toHexString(expected[0]));
                return;
            }
        }
    }
}

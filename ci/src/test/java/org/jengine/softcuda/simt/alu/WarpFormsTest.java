package org.jengine.softcuda.simt.alu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Votes, matches and reductions of warps, of many that could be written: those of the ISA do what it says, and the others are refused. */
class WarpFormsTest extends StepForms {
    @Test
    void lanesJoinWhatTheyHoldAsTheIsaSays() {
        for (String op : List.of("add", "min", "max", "and", "or", "xor", "mul")) {
            for (String type : TYPES) {
                boolean known = op.matches("add|min|max") && type.matches("[us]32") || op.matches("and|or|xor") && type.equals("b32");
                warp("redux.sync." + op + "." + type, known, register(type) + "0, " + register(type) + "1, %r2;");
            }
        }
        for (String way : List.of("any", "all")) {
            for (String type : TYPES) {
                warp("match." + way + ".sync." + type, type.matches("b(32|64)"), "%r0, " + register(type) + "1, %r2;");
            }
        }
        for (String way : List.of("all", "any", "uni", "ballot", "none")) {
            for (String type : TYPES) {
                boolean ballot = way.equals("ballot");
                warp("vote.sync." + way + "." + type, ballot ? type.equals("b32") : !way.equals("none") && type.equals("pred"),
                        (type.equals("pred") ? "%p0" : "%r0") + ", %p1, %r2;");
            }
        }
        for (String way : List.of("up", "down", "bfly", "idx", "left")) {
            for (String type : TYPES) {
                warp("shfl.sync." + way + "." + type, type.equals("b32") && !way.equals("left"),
                        register(type) + "0, " + register(type) + "1, 1, 31, %r2;");
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** Lanes hold their first long; all of a warp, or those of every second lane, take part. Shuffles are WarpTest's. */
    private void warp(String form, boolean known, String operands) {
        if (!takes(form, known, "mov.u32 %r2, -1;\n" + form + " " + operands) || form.startsWith("shfl")) {
            return;
        }
        boolean wide = form.endsWith("64");
        long[] given = drawn();
        for (int k = 0; k < given.length; k++) {
            // Few values, so that some lanes agree and some warps are of one mind.
            given[k] = SPECIALS[random.nextInt(4) + (k < given.length / 2 ? 0 : 20)];
        }
        for (int t = LANES / 2; t < LANES && random.nextBoolean(); t++) {
            given[8 * t] = given[LANES / 2 * 8];
        }
        String body = "ld.global.b64 %l1, [%l8]; cvt.u32.u64 %r1, %l1; setp.ne.u32 %p1, %r1, 0;\n"
                + "and.b32 %r3, %t, 1; setp.eq.u32 %p0, %r3, 0;\nmov.u32 %r2, 0x55555555; @!%p0 mov.u32 %r2, 0xaaaaaaaa;\n@%p0 bra EVEN;\n"
                + form + " " + operands + "\nbra DONE;\nEVEN:\n" + form + " " + operands + "\nDONE:\n"
                + (operands.startsWith("%p0") ? "selp.u32 %r0, 1, 0, %p0;\n" : "")
                + "st.global.b32 [%l8+8], %r0;";
        long[] got = run(body, given);
        for (int t = 0; t < LANES; t++) {
            long expected = among(form, given, t, wide);
            if ((int) got[8 * t + 1] != (int) expected) {
                wrong.add(form + ", lane " + t + ": " + Long.toHexString(got[8 * t + 1]) + ", not " + Long.toHexString(expected));
                return;
            }
        }
    }

    private static long among(String form, long[] given, int thread, boolean wide) {
        String[] words = form.split("\\.");
        long own = wide ? given[8 * thread] : (int) given[8 * thread];
        int warp = thread - thread % 32;
        BigInteger sum = null;
        int equal = 0;
        int set = 0;
        int members = 0;
        for (int lane = thread % 2; lane < 32; lane += 2) {
            long one = wide ? given[8 * (warp + lane)] : (int) given[8 * (warp + lane)];
            BigInteger value = form.startsWith("redux") ? IntegerStatements.value(one, words[3]) : BigInteger.ZERO;
            members |= 1 << lane;
            equal |= one == own ? 1 << lane : 0;
            set |= one != 0 ? 1 << lane : 0;
            sum = sum == null ? value : switch (words[2]) {
                case "add" -> sum.add(value);
                case "min" -> sum.min(value);
                case "max" -> sum.max(value);
                case "and" -> sum.and(value);
                case "or" -> sum.or(value);
                default -> sum.xor(value);
            };
        }
        return switch (words[0]) {
            case "redux" -> IntegerStatements.bits(sum, 32);
            case "match" -> words[1].equals("any") ? equal : equal == members ? members : 0;
            default -> switch (words[2]) {
                case "ballot" -> set;
                case "all" -> set == members ? 1 : 0;
                case "any" -> set != 0 ? 1 : 0;
                default -> set == members || set == 0 ? 1 : 0;
            };
        };
    }
}

package org.jengine.softcuda.simt.alu;

import static org.jengine.softcuda.simt.alu.Lanes.lower;

import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.simt.alu.PredShapes.PofDD;
import org.jengine.softcuda.simt.alu.PredShapes.PofFF;
import org.jengine.softcuda.simt.alu.PredShapes.PofII;
import org.jengine.softcuda.simt.alu.PredShapes.PofLL;

/**
 * A comparison of one type by one operator.
 *
 * @param type     as in PTX
 * @param operator likewise; ordered ones are false where a NaN takes part, those with a u at the end true
 * @param ftz      whether subnormal sources count as zero
 * @param kind     of both sources
 * @param first    its body; of pairs, that of the lower halves
 * @param second   of pairs, the body of the upper halves, else that of the contrary
 */
record Comparison(String type, String operator, boolean ftz, Kind kind, Loops.Once<Body> first, Loops.Once<Body> second) {
    private static final int TOP = Integer.MIN_VALUE;

    private static <T> Comparison of(String type, String operator, boolean ftz, Class<T> shape, T holds, T other) {
        return new Comparison(type, operator, ftz, Loops.kinds(shape).get(1), new Loops.Once<>(() -> Loops.body(shape, holds)),
                new Loops.Once<>(() -> Loops.body(shape, other)));
    }

    boolean pair() {
        return type.endsWith("x2");
    }

    static List<Comparison> all() {
        List<Comparison> all = new ArrayList<>();
        integers(all);
        for (String operator : List.of("eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan")) {
            PofFF holds = ofFloats(operator);
            floats(all, operator, false, holds);
            floats(all, operator, true, (a, b) -> holds.at(FloatOps.flush(a), FloatOps.flush(b)));
            halves(all, "f16", operator, false, (a, b) -> holds.at(Format.ofF16(a), Format.ofF16(b)));
            halves(all, "f16", operator, true,
                    (a, b) -> holds.at(Format.ofF16(HalfOps.flushF16(a)), Format.ofF16(HalfOps.flushF16(b))));
            halves(all, "bf16", operator, false, (a, b) -> holds.at(Format.ofBf16(a), Format.ofBf16(b)));
            PofDD ofDoubles = ofDoubles(operator);
            all.add(of("f64", operator, false, PofDD.class, ofDoubles, (a, b) -> !ofDoubles.at(a, b)));
        }
        return all;
    }

    private static void floats(List<Comparison> all, String operator, boolean ftz, PofFF holds) {
        all.add(of("f32", operator, ftz, PofFF.class, holds, (a, b) -> !holds.at(a, b)));
    }

    private static void halves(List<Comparison> all, String type, String operator, boolean ftz, PofII holds) {
        PofII low = (a, b) -> holds.at(lower(a), lower(b));
        all.add(of(type, operator, ftz, PofII.class, low, (a, b) -> !low.at(a, b)));
        all.add(of(type + "x2", operator, ftz, PofII.class, low, (a, b) -> holds.at(a >>> 16, b >>> 16)));
    }

    private static void integers(List<Comparison> all) {
        for (String type : List.of("b", "u", "s")) {
            for (String operator : List.of("eq", "ne")) {
                boolean equal = operator.equals("eq");
                ints(all, type + "16", operator, equal ? (a, b) -> lower(a) == lower(b) : (a, b) -> lower(a) != lower(b));
                ints(all, type + "32", operator, equal ? (a, b) -> a == b : (a, b) -> a != b);
                longs(all, type + "64", operator, equal ? (a, b) -> a == b : (a, b) -> a != b);
            }
        }
        signed(all);
        for (boolean same : new boolean[] {true, false}) {
            unsigned(all, same ? "lt" : "lo", same ? "le" : "ls", same ? "gt" : "hi", same ? "ge" : "hs");
        }
    }

    private static void signed(List<Comparison> all) {
        ints(all, "s16", "lt", (a, b) -> (short) a < (short) b);
        ints(all, "s16", "le", (a, b) -> (short) a <= (short) b);
        ints(all, "s16", "gt", (a, b) -> (short) a > (short) b);
        ints(all, "s16", "ge", (a, b) -> (short) a >= (short) b);
        ints(all, "s32", "lt", (a, b) -> a < b);
        ints(all, "s32", "le", (a, b) -> a <= b);
        ints(all, "s32", "gt", (a, b) -> a > b);
        ints(all, "s32", "ge", (a, b) -> a >= b);
        longs(all, "s64", "lt", (a, b) -> a < b);
        longs(all, "s64", "le", (a, b) -> a <= b);
        longs(all, "s64", "gt", (a, b) -> a > b);
        longs(all, "s64", "ge", (a, b) -> a >= b);
    }

    private static void unsigned(List<Comparison> all, String less, String notMore, String more, String notLess) {
        ints(all, "u16", less, (a, b) -> lower(a) < lower(b));
        ints(all, "u16", notMore, (a, b) -> lower(a) <= lower(b));
        ints(all, "u16", more, (a, b) -> lower(a) > lower(b));
        ints(all, "u16", notLess, (a, b) -> lower(a) >= lower(b));
        ints(all, "u32", less, (a, b) -> a + TOP < b + TOP);
        ints(all, "u32", notMore, (a, b) -> a + TOP <= b + TOP);
        ints(all, "u32", more, (a, b) -> a + TOP > b + TOP);
        ints(all, "u32", notLess, (a, b) -> a + TOP >= b + TOP);
        longs(all, "u64", less, (a, b) -> Long.compareUnsigned(a, b) < 0);
        longs(all, "u64", notMore, (a, b) -> Long.compareUnsigned(a, b) <= 0);
        longs(all, "u64", more, (a, b) -> Long.compareUnsigned(a, b) > 0);
        longs(all, "u64", notLess, (a, b) -> Long.compareUnsigned(a, b) >= 0);
    }

    private static void ints(List<Comparison> all, String type, String operator, PofII holds) {
        all.add(of(type, operator, false, PofII.class, holds, (a, b) -> !holds.at(a, b)));
    }

    private static void longs(List<Comparison> all, String type, String operator, PofLL holds) {
        all.add(of(type, operator, false, PofLL.class, holds, (a, b) -> !holds.at(a, b)));
    }

    private static PofFF ofFloats(String operator) {
        return switch (operator) {
            case "eq" -> (a, b) -> a == b;
            case "ne" -> (a, b) -> a < b || a > b;
            case "lt" -> (a, b) -> a < b;
            case "le" -> (a, b) -> a <= b;
            case "gt" -> (a, b) -> a > b;
            case "ge" -> (a, b) -> a >= b;
            case "equ" -> (a, b) -> !(a < b || a > b);
            case "neu" -> (a, b) -> a != b;
            case "ltu" -> (a, b) -> !(a >= b);
            case "leu" -> (a, b) -> !(a > b);
            case "gtu" -> (a, b) -> !(a <= b);
            case "geu" -> (a, b) -> !(a < b);
            case "num" -> (a, b) -> a == a && b == b;
            default -> (a, b) -> a != a || b != b;
        };
    }

    private static PofDD ofDoubles(String operator) {
        return switch (operator) {
            case "eq" -> (a, b) -> a == b;
            case "ne" -> (a, b) -> a < b || a > b;
            case "lt" -> (a, b) -> a < b;
            case "le" -> (a, b) -> a <= b;
            case "gt" -> (a, b) -> a > b;
            case "ge" -> (a, b) -> a >= b;
            case "equ" -> (a, b) -> !(a < b || a > b);
            case "neu" -> (a, b) -> a != b;
            case "ltu" -> (a, b) -> !(a >= b);
            case "leu" -> (a, b) -> !(a > b);
            case "gtu" -> (a, b) -> !(a <= b);
            case "geu" -> (a, b) -> !(a < b);
            case "num" -> (a, b) -> a == a && b == b;
            default -> (a, b) -> a != a || b != b;
        };
    }
}

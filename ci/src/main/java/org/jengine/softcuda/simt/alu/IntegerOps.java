package org.jengine.softcuda.simt.alu;

import static org.jengine.softcuda.simt.alu.Lanes.lower;
import static org.jengine.softcuda.simt.alu.Lanes.pair;

import java.util.Map;
import org.jengine.softcuda.simt.alu.IntShapes.IofI;
import org.jengine.softcuda.simt.alu.IntShapes.IofII;
import org.jengine.softcuda.simt.alu.IntShapes.IofIII;
import org.jengine.softcuda.simt.alu.LongShapes.LofL;
import org.jengine.softcuda.simt.alu.LongShapes.LofLL;
import org.jengine.softcuda.simt.alu.LongShapes.LofLLL;

/**
 * Integer arithmetic (PTX ISA 9.7.1): sums, differences, quotients, least and greatest. A division by zero, whose result the ISA leaves
 * open, gives all ones, and the dividend as the remainder.
 */
final class IntegerOps {
    static final Map<String, Loops.Once<Form>> FORMS = table().done();

    private IntegerOps() {
    }

    private static Table table() {
        Table t = new Table();
        sums(t);
        quotients(t);
        extremes(t);
        signs(t);
        distances(t);
        return t;
    }

    private static void sums(Table t) {
        t.add(IofII.class, "add.{s16,u16}", (a, b) -> a + b & 0xffff);
        t.add(IofII.class, "add.{s32,u32}", (a, b) -> a + b);
        t.add(LofLL.class, "add.{s64,u64}", (a, b) -> a + b);
        t.add(IofII.class, "add.{s16x2,u16x2}", pair((a, b) -> a + b));
        t.add(IofII.class, "add.sat.s32", (a, b) -> clamp((long) a + b));
        t.add(IofII.class, "sub.{s16,u16}", (a, b) -> a - b & 0xffff);
        t.add(IofII.class, "sub.{s32,u32}", (a, b) -> a - b);
        t.add(LofLL.class, "sub.{s64,u64}", (a, b) -> a - b);
        t.add(IofII.class, "sub.sat.s32", (a, b) -> clamp((long) a - b));
    }

    static int clamp(long x) {
        return (int) Math.max(Math.min(x, Integer.MAX_VALUE), Integer.MIN_VALUE);
    }

    private static void quotients(Table t) {
        t.add(IofII.class, "div.u16", (a, b) -> lower(b) == 0 ? 0xffff : lower(a) / lower(b));
        t.add(IofII.class, "div.s16", (a, b) -> (short) b == 0 ? 0xffff : (short) a / (short) b & 0xffff);
        t.add(IofII.class, "div.u32", (a, b) -> b == 0 ? -1 : Integer.divideUnsigned(a, b));
        t.add(IofII.class, "div.s32", (a, b) -> b == 0 ? -1 : a / b);
        t.add(LofLL.class, "div.u64", (a, b) -> b == 0 ? -1 : Long.divideUnsigned(a, b));
        t.add(LofLL.class, "div.s64", (a, b) -> b == 0 ? -1 : a / b);
        t.add(IofII.class, "rem.u16", (a, b) -> lower(b) == 0 ? lower(a) : lower(a) % lower(b));
        t.add(IofII.class, "rem.s16", (a, b) -> (short) b == 0 ? lower(a) : (short) a % (short) b & 0xffff);
        t.add(IofII.class, "rem.u32", (a, b) -> b == 0 ? a : Integer.remainderUnsigned(a, b));
        t.add(IofII.class, "rem.s32", (a, b) -> b == 0 ? a : a % b);
        t.add(LofLL.class, "rem.u64", (a, b) -> b == 0 ? a : Long.remainderUnsigned(a, b));
        t.add(LofLL.class, "rem.s64", (a, b) -> b == 0 ? a : a % b);
    }

    private static void extremes(Table t) {
        t.add(IofII.class, "min.u16", (a, b) -> Math.min(lower(a), lower(b)));
        t.add(IofII.class, "min.s16", (a, b) -> Math.min((short) a, (short) b) & 0xffff);
        t.add(IofII.class, "min.u32", (a, b) -> Math.min(a ^ Integer.MIN_VALUE, b ^ Integer.MIN_VALUE) ^ Integer.MIN_VALUE);
        t.add(IofII.class, "min.s32", Math::min);
        t.add(LofLL.class, "min.u64", (a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b);
        t.add(LofLL.class, "min.s64", Math::min);
        t.add(IofII.class, "max.u16", (a, b) -> Math.max(lower(a), lower(b)));
        t.add(IofII.class, "max.s16", (a, b) -> Math.max((short) a, (short) b) & 0xffff);
        t.add(IofII.class, "max.u32", (a, b) -> Math.max(a ^ Integer.MIN_VALUE, b ^ Integer.MIN_VALUE) ^ Integer.MIN_VALUE);
        t.add(IofII.class, "max.s32", Math::max);
        t.add(LofLL.class, "max.u64", (a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b);
        t.add(LofLL.class, "max.s64", Math::max);
        // PTX 8.0, sm_90; CUDA's headers put the modifier last.
        t.add(IofII.class, "min{.relu.s32,.s32.relu}", (a, b) -> Math.max(Math.min(a, b), 0));
        t.add(IofII.class, "max{.relu.s32,.s32.relu}", (a, b) -> Math.max(Math.max(a, b), 0));
        t.add(IofII.class, "min.u16x2", pair(Math::min));
        t.add(IofII.class, "max.u16x2", pair(Math::max));
        t.add(IofII.class, "min.s16x2", pair((a, b) -> Math.min((short) a, (short) b)));
        t.add(IofII.class, "max.s16x2", pair((a, b) -> Math.max((short) a, (short) b)));
        t.add(IofII.class, "min{.relu.s16x2,.s16x2.relu}", pair((a, b) -> Math.max(Math.min((short) a, (short) b), 0)));
        t.add(IofII.class, "max{.relu.s16x2,.s16x2.relu}", pair((a, b) -> Math.max(Math.max((short) a, (short) b), 0)));
    }

    private static void signs(Table t) {
        t.add(IofI.class, "abs.s16", a -> Math.abs((short) a) & 0xffff);
        t.add(IofI.class, "abs.s32", Math::abs);
        t.add(LofL.class, "abs.s64", Math::abs);
        t.add(IofI.class, "neg.s16", a -> -a & 0xffff);
        t.add(IofI.class, "neg.s32", a -> -a);
        t.add(LofL.class, "neg.s64", a -> -a);
    }

    private static void distances(Table t) {
        t.add(IofIII.class, "sad.u16", (a, b, c) -> c + Math.abs(lower(a) - lower(b)) & 0xffff);
        t.add(IofIII.class, "sad.s16", (a, b, c) -> c + Math.abs((short) a - (short) b) & 0xffff);
        t.add(IofIII.class, "sad.u32", (a, b, c) -> c + (Integer.compareUnsigned(a, b) < 0 ? b - a : a - b));
        t.add(IofIII.class, "sad.s32", (a, b, c) -> c + (a < b ? b - a : a - b));
        t.add(LofLLL.class, "sad.u64", (a, b, c) -> c + (Long.compareUnsigned(a, b) < 0 ? b - a : a - b));
        t.add(LofLLL.class, "sad.s64", (a, b, c) -> c + (a < b ? b - a : a - b));
        // Of four bytes (9.7.16): side by side, or added up. The other video instructions are not what nvcc emits.
        t.add(IofIII.class, "vabsdiff4.u32.u32.u32", (a, b, c) -> distance(a, b, 0) | distance(a, b, 8) << 8 | distance(a, b, 16) << 16
                | distance(a, b, 24) << 24);
        t.add(IofIII.class, "vabsdiff4.u32.u32.u32.add", (a, b, c) -> c + distance(a, b, 0) + distance(a, b, 8) + distance(a, b, 16)
                + distance(a, b, 24));
    }

    private static int distance(int a, int b, int shift) {
        return Math.abs((a >>> shift & 0xff) - (b >>> shift & 0xff));
    }
}

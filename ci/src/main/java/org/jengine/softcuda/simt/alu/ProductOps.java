package org.jengine.softcuda.simt.alu;

import static org.jengine.softcuda.simt.alu.Lanes.lower;

import java.util.Map;
import org.jengine.softcuda.simt.alu.IntShapes.IofII;
import org.jengine.softcuda.simt.alu.IntShapes.IofIII;
import org.jengine.softcuda.simt.alu.LongShapes.LofII;
import org.jengine.softcuda.simt.alu.LongShapes.LofIIL;
import org.jengine.softcuda.simt.alu.LongShapes.LofLL;
import org.jengine.softcuda.simt.alu.LongShapes.LofLLL;

/** Integer products, with and without a sum (PTX ISA 9.7.1): mul, mad, mul24, mad24, dp4a, dp2a. */
final class ProductOps {
    static final Map<String, Loops.Once<Form>> FORMS = table().done();
    private static final long WORD = 0xffffffffL;

    private ProductOps() {
    }

    private static Table table() {
        Table t = new Table();
        low(t, "{s,u}16", "{s,u}32", "{s,u}64");
        high(t);
        wide(t);
        of24(t);
        dots(t);
        return t;
    }

    private static void low(Table t, String of16, String of32, String of64) {
        t.add(IofII.class, "mul.lo." + of16, (a, b) -> a * b & 0xffff);
        t.add(IofII.class, "mul.lo." + of32, (a, b) -> a * b);
        t.add(LofLL.class, "mul.lo." + of64, (a, b) -> a * b);
        t.add(IofIII.class, "mad.lo." + of16, (a, b, c) -> a * b + c & 0xffff);
        t.add(IofIII.class, "mad.lo." + of32, (a, b, c) -> a * b + c);
        t.add(LofLLL.class, "mad.lo." + of64, (a, b, c) -> a * b + c);
    }

    private static void high(Table t) {
        t.add(IofII.class, "mul.hi.u16", (a, b) -> lower(a) * lower(b) >>> 16);
        t.add(IofII.class, "mul.hi.s16", (a, b) -> (short) a * (short) b >>> 16);
        t.add(IofII.class, "mul.hi.u32", ProductOps::highUnsigned);
        t.add(IofII.class, "mul.hi.s32", (a, b) -> (int) ((long) a * b >> 32));
        t.add(LofLL.class, "mul.hi.u64", ProductOps::highUnsigned);
        t.add(LofLL.class, "mul.hi.s64", Math::multiplyHigh);
        t.add(IofIII.class, "mad.hi.u16", (a, b, c) -> (lower(a) * lower(b) >>> 16) + c & 0xffff);
        t.add(IofIII.class, "mad.hi.s16", (a, b, c) -> ((short) a * (short) b >>> 16) + c & 0xffff);
        t.add(IofIII.class, "mad.hi.u32", (a, b, c) -> highUnsigned(a, b) + c);
        t.add(IofIII.class, "mad.hi.s32", (a, b, c) -> (int) ((long) a * b >> 32) + c);
        t.add(IofIII.class, "mad.hi.sat.s32", (a, b, c) -> IntegerOps.clamp(((long) a * b >> 32) + c));
        t.add(LofLLL.class, "mad.hi.u64", (a, b, c) -> highUnsigned(a, b) + c);
        t.add(LofLLL.class, "mad.hi.s64", (a, b, c) -> Math.multiplyHigh(a, b) + c);
    }

    static int highUnsigned(int a, int b) {
        return (int) ((a & WORD) * (b & WORD) >>> 32);
    }

    static long highUnsigned(long a, long b) {
        // The signed product lacks one factor at the other's sign's place.
        return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    }

    private static void wide(Table t) {
        t.add(IofII.class, "mul.wide.u16", (a, b) -> lower(a) * lower(b));
        t.add(IofII.class, "mul.wide.s16", (a, b) -> (short) a * (short) b);
        t.add(LofII.class, "mul.wide.u32", (a, b) -> (a & WORD) * (b & WORD));
        t.add(LofII.class, "mul.wide.s32", (a, b) -> (long) a * b);
        t.add(IofIII.class, "mad.wide.u16", (a, b, c) -> lower(a) * lower(b) + c);
        t.add(IofIII.class, "mad.wide.s16", (a, b, c) -> (short) a * (short) b + c);
        t.add(LofIIL.class, "mad.wide.u32", (a, b, c) -> (a & WORD) * (b & WORD) + c);
        t.add(LofIIL.class, "mad.wide.s32", (a, b, c) -> (long) a * b + c);
    }

    /** Products of the lower 24 bits: bits 0 to 31 of the 48, or 16 to 47. */
    private static void of24(Table t) {
        t.add(IofII.class, "mul24.lo.u32", (a, b) -> (int) unsigned24(a, b));
        t.add(IofII.class, "mul24.lo.s32", (a, b) -> (int) signed24(a, b));
        t.add(IofII.class, "mul24.hi.u32", (a, b) -> (int) (unsigned24(a, b) >> 16));
        t.add(IofII.class, "mul24.hi.s32", (a, b) -> (int) (signed24(a, b) >> 16));
        t.add(IofIII.class, "mad24.lo.u32", (a, b, c) -> (int) unsigned24(a, b) + c);
        t.add(IofIII.class, "mad24.lo.s32", (a, b, c) -> (int) signed24(a, b) + c);
        t.add(IofIII.class, "mad24.hi.u32", (a, b, c) -> (int) (unsigned24(a, b) >> 16) + c);
        t.add(IofIII.class, "mad24.hi.s32", (a, b, c) -> (int) (signed24(a, b) >> 16) + c);
        t.add(IofIII.class, "mad24.hi.sat.s32", (a, b, c) -> IntegerOps.clamp((signed24(a, b) >> 16) + c));
    }

    private static long unsigned24(int a, int b) {
        return (long) (a & 0xffffff) * (b & 0xffffff);
    }

    private static long signed24(int a, int b) {
        return (long) (a << 8 >> 8) * (b << 8 >> 8);
    }

    private static void dots(Table t) {
        IofII unsigned = (x, byteNumber) -> x >>> 8 * byteNumber & 0xff;
        IofII signed = (x, byteNumber) -> (byte) (x >>> 8 * byteNumber);
        for (String a : new String[] {"u32", "s32"}) {
            for (String b : new String[] {"u32", "s32"}) {
                IofII of = a.equals("u32") ? unsigned : signed;
                IofII with = b.equals("u32") ? unsigned : signed;
                IofII first = (x, half) -> a.equals("u32") ? x >>> 16 * half & 0xffff : (short) (x >>> 16 * half);
                String types = "." + a + "." + b;
                t.add(IofIII.class, "dp4a" + types, (x, y, c) -> c + of.at(x, 0) * with.at(y, 0) + of.at(x, 1) * with.at(y, 1)
                        + of.at(x, 2) * with.at(y, 2) + of.at(x, 3) * with.at(y, 3));
                t.add(IofIII.class, "dp2a.lo" + types, (x, y, c) -> c + first.at(x, 0) * with.at(y, 0) + first.at(x, 1) * with.at(y, 1));
                t.add(IofIII.class, "dp2a.hi" + types, (x, y, c) -> c + first.at(x, 0) * with.at(y, 2) + first.at(x, 1) * with.at(y, 3));
            }
        }
    }
}

package org.jengine.softcuda.simt.alu;

import static org.jengine.softcuda.simt.alu.Lanes.lower;

import java.util.List;
import java.util.Map;
import org.jengine.softcuda.simt.alu.IntShapes.IofI;
import org.jengine.softcuda.simt.alu.IntShapes.IofII;
import org.jengine.softcuda.simt.alu.IntShapes.IofIII;
import org.jengine.softcuda.simt.alu.IntShapes.IofIIII;
import org.jengine.softcuda.simt.alu.IntShapes.IofL;
import org.jengine.softcuda.simt.alu.LongShapes.LofL;
import org.jengine.softcuda.simt.alu.LongShapes.LofLI;
import org.jengine.softcuda.simt.alu.LongShapes.LofLII;
import org.jengine.softcuda.simt.alu.LongShapes.LofLL;
import org.jengine.softcuda.simt.alu.LongShapes.LofLLII;
import org.jengine.softcuda.simt.alu.PredShapes.PofP;
import org.jengine.softcuda.simt.alu.PredShapes.PofPP;

/**
 * Logic and shifts (PTX ISA 9.7.8), and the integer instructions that count, find and move bits (9.7.1): popc, clz, bfind, fns, brev, bfe,
 * bfi, bmsk, szext, prmt. Shifts by more than the width give what the last bit gives, or zero.
 */
final class BitOps {
    static final Map<String, Loops.Once<Form>> FORMS = table().done();

    private BitOps() {
    }

    private static Table table() {
        Table t = new Table();
        logic(t);
        shifts(t);
        counts(t);
        fields(t);
        bytes(t);
        return t;
    }

    private static void logic(Table t) {
        t.add(PofPP.class, "and.pred", (a, b) -> a & b);
        t.add(PofPP.class, "or.pred", (a, b) -> a | b);
        t.add(PofPP.class, "xor.pred", (a, b) -> a ^ b);
        t.add(PofP.class, "not.pred", a -> !a);
        t.add(IofII.class, "and.b16", (a, b) -> lower(a & b));
        t.add(IofII.class, "and.b32", (a, b) -> a & b);
        t.add(IofII.class, "or.b16", (a, b) -> lower(a | b));
        t.add(IofII.class, "or.b32", (a, b) -> a | b);
        t.add(IofII.class, "xor.b16", (a, b) -> lower(a ^ b));
        t.add(IofII.class, "xor.b32", (a, b) -> a ^ b);
        t.add(IofI.class, "not.b16", a -> ~a & 0xffff);
        t.add(IofI.class, "not.b32", a -> ~a);
        t.add(IofI.class, "cnot.b16", a -> lower(a) == 0 ? 1 : 0);
        t.add(IofI.class, "cnot.b32", a -> a == 0 ? 1 : 0);
        t.add(LofLL.class, "and.b64", (a, b) -> a & b);
        t.add(LofLL.class, "or.b64", (a, b) -> a | b);
        t.add(LofLL.class, "xor.b64", (a, b) -> a ^ b);
        t.add(LofL.class, "not.b64", a -> ~a);
        t.add(LofL.class, "cnot.b64", a -> a == 0 ? 1 : 0);
        t.add("lop3.b32", 5, () -> Form.of(Kind.I32, Kind.I32, 4, (d, s, n) -> lookUp(d[0].i, s[0].i, s[1].i, s[2].i, s[3].i[0], n)));
        for (boolean and : new boolean[] {false, true}) {
            t.add("lop3." + (and ? "and" : "or") + ".b32", 7, () -> new Form(List.of(Kind.I32, Kind.PRED),
                    List.of(Kind.I32, Kind.I32, Kind.I32, Kind.I32, Kind.PRED), false, false, false, (d, s, n) -> {
                        boolean[] with = s[4].p;
                        lookUp(d[0].i, s[0].i, s[1].i, s[2].i, s[3].i[0], n);
                        for (int k = 0; k < n; k++) {
                            boolean some = d[0].i[k] != 0;
                            d[1].p[k] = and ? some & with[k] : some | with[k];
                        }
                    }));
        }
    }

    /** For each bit, the table's bit of number abc. The table is an immediate, so that all lanes have the first one's. */
    private static void lookUp(int[] d, int[] a, int[] b, int[] c, int table, int n) {
        int none = -(table & 1);
        int ofC = none ^ -(table >>> 1 & 1);
        int ofB = -(table >>> 2 & 1);
        int ofBc = ofB ^ -(table >>> 3 & 1);
        int ofA = -(table >>> 4 & 1);
        int ofAc = ofA ^ -(table >>> 5 & 1);
        int ofAb = -(table >>> 6 & 1);
        int ofAbc = ofAb ^ -(table >>> 7 & 1);
        for (int k = 0; k < n; k++) {
            int z = c[k];
            int low = choose(b[k], none ^ ofC & z, ofB ^ ofBc & z);
            int high = choose(b[k], ofA ^ ofAc & z, ofAb ^ ofAbc & z);
            d[k] = choose(a[k], low, high);
        }
    }

    private static int choose(int bits, int clear, int set) {
        return clear ^ (clear ^ set) & bits;
    }

    private static void shifts(Table t) {
        t.add(IofII.class, "shl.b16", (a, b) -> (b & ~15) != 0 ? 0 : a << b & 0xffff);
        t.add(IofII.class, "shl.b32", (a, b) -> (b & ~31) != 0 ? 0 : a << b);
        t.add(LofLI.class, "shl.b64", (a, b) -> (b & ~63) != 0 ? 0 : a << b);
        t.add(IofII.class, "shr.{b,u}16", (a, b) -> (b & ~15) != 0 ? 0 : lower(a) >>> b);
        t.add(IofII.class, "shr.{b,u}32", (a, b) -> (b & ~31) != 0 ? 0 : a >>> b);
        t.add(LofLI.class, "shr.{b,u}64", (a, b) -> (b & ~63) != 0 ? 0 : a >>> b);
        t.add(IofII.class, "shr.s16", (a, b) -> lower((short) a >> ((b & ~15) != 0 ? 15 : b)));
        t.add(IofII.class, "shr.s32", (a, b) -> a >> ((b & ~31) != 0 ? 31 : b));
        t.add(LofLI.class, "shr.s64", (a, b) -> a >> ((b & ~63) != 0 ? 63 : b));
        // Funnel shifts: of 64 bits, b above a, the upper or the lower word.
        t.add(IofIII.class, "shf.l.wrap.b32", (a, b, c) -> (int) (funnel(a, b) << (c & 31) >>> 32));
        t.add(IofIII.class, "shf.l.clamp.b32", (a, b, c) -> (c & ~31) != 0 ? a : (int) (funnel(a, b) << c >>> 32));
        t.add(IofIII.class, "shf.r.wrap.b32", (a, b, c) -> (int) (funnel(a, b) >>> (c & 31)));
        t.add(IofIII.class, "shf.r.clamp.b32", (a, b, c) -> (c & ~31) != 0 ? b : (int) (funnel(a, b) >>> c));
    }

    private static long funnel(int lower, int upper) {
        return (long) upper << 32 | lower & 0xffffffffL;
    }

    private static void counts(Table t) {
        t.add(IofI.class, "popc.b32", Integer::bitCount);
        t.add(IofL.class, "popc.b64", Long::bitCount);
        t.add(IofI.class, "clz.b32", Integer::numberOfLeadingZeros);
        t.add(IofL.class, "clz.b64", Long::numberOfLeadingZeros);
        // The place of the first bit that differs from the sign, or its distance from the top; -1 if none does.
        t.add(IofI.class, "bfind.u32", a -> 31 - Integer.numberOfLeadingZeros(a));
        t.add(IofI.class, "bfind.s32", a -> 31 - Integer.numberOfLeadingZeros(a ^ a >> 31));
        t.add(IofL.class, "bfind.u64", a -> 63 - Long.numberOfLeadingZeros(a));
        t.add(IofL.class, "bfind.s64", a -> 63 - Long.numberOfLeadingZeros(a ^ a >> 63));
        t.add(IofI.class, "bfind.shiftamt.u32", a -> distance(Integer.numberOfLeadingZeros(a), 32));
        t.add(IofI.class, "bfind.shiftamt.s32", a -> distance(Integer.numberOfLeadingZeros(a ^ a >> 31), 32));
        t.add(IofL.class, "bfind.shiftamt.u64", a -> distance(Long.numberOfLeadingZeros(a), 64));
        t.add(IofL.class, "bfind.shiftamt.s64", a -> distance(Long.numberOfLeadingZeros(a ^ a >> 63), 64));
        t.add(IofI.class, "brev.b32", Integer::reverse);
        t.add(LofL.class, "brev.b64", Long::reverse);
        t.add(IofIII.class, "fns.b32", BitOps::findSet);
    }

    private static int distance(int zeros, int width) {
        return zeros == width ? -1 : zeros;
    }

    /** The place of the offset-th set bit from {@code base}, upwards or downwards, or -1. An offset of 0 asks for base itself. */
    private static int findSet(int mask, int base, int offset) {
        int step = offset < 0 ? -1 : 1;
        int missing = offset == 0 ? 1 : Math.abs(offset);
        for (int at = base; at >= 0 && at < 32; at += step) {
            if ((mask >>> at & 1) != 0 && --missing == 0) {
                return at;
            }
            if (offset == 0) {
                return -1;
            }
        }
        return -1;
    }

    private static void fields(Table t) {
        t.add(IofIII.class, "bfe.u32", (a, b, c) -> (int) unsignedField(a & 0xffffffffL, b, c));
        t.add(IofIII.class, "bfe.s32", (a, b, c) -> (int) signedField(a, b, c, 31));
        t.add(LofLII.class, "bfe.u64", BitOps::unsignedField);
        t.add(LofLII.class, "bfe.s64", (a, b, c) -> signedField(a, b, c, 63));
        t.add(IofIIII.class, "bfi.b32", (a, b, c, d) -> (int) insert(a, b, c, d));
        t.add(LofLLII.class, "bfi.b64", BitOps::insert);
        t.add(IofII.class, "bmsk.clamp.b32", (a, b) -> mask(Math.min(a & 0xffffffffL, 32), Math.min(b & 0xffffffffL, 32)));
        t.add(IofII.class, "bmsk.wrap.b32", (a, b) -> mask(a & 31, b & 31));
        t.add(IofII.class, "szext.clamp.u32", (a, b) -> (b & ~31) != 0 ? a : a & (1 << b) - 1);
        t.add(IofII.class, "szext.wrap.u32", (a, b) -> a & (1 << (b & 31)) - 1);
        t.add(IofII.class, "szext.clamp.s32", (a, b) -> (b & ~31) != 0 ? a : b == 0 ? 0 : a << 32 - b >> 32 - b);
        t.add(IofII.class, "szext.wrap.s32", (a, b) -> (b & 31) == 0 ? 0 : a << 32 - b >> 32 - b);
    }

    private static long ones(int count) {
        return count >= 64 ? -1 : (1L << count) - 1;
    }

    private static long unsignedField(long a, int at, int count) {
        int from = at & 0xff;
        return from > 63 ? 0 : a >>> from & ones(count & 0xff);
    }

    /** Above the field lies its last bit, or that of {@code a} if the field reaches beyond it. */
    private static long signedField(long a, int at, int count, int top) {
        int from = at & 0xff;
        int wanted = count & 0xff;
        if (wanted == 0) {
            return 0;
        }
        int last = Math.min(from + wanted - 1, top);
        return a << 63 - last >> Math.min(63 - last + from, 63);
    }

    private static long insert(long a, long into, int at, int count) {
        int from = at & 0xff;
        long mask = from > 63 ? 0 : ones(count & 0xff) << from;
        return into & ~mask | (from > 63 ? 0 : a << from & mask);
    }

    private static int mask(long from, long count) {
        return (int) (ones((int) count) << from);
    }

    private static void bytes(Table t) {
        t.add("prmt.b32", 4, () -> Form.of(Kind.I32, Kind.I32, 3, (d, s, n) -> permute(d[0].i, s[0].i, s[1].i, s[2].i, n)));
        t.add(IofIII.class, "prmt.b32.f4e", (a, b, c) -> (int) (funnel(a, b) >>> 8 * (c & 3)));
        t.add(IofIII.class, "prmt.b32.b4e", (a, b, c) -> Integer.reverseBytes((int) Long.rotateRight(funnel(a, b), 8 * ((c & 3) - 3))));
        t.add(IofIII.class, "prmt.b32.rc8", (a, b, c) -> (a >>> 8 * (c & 3) & 0xff) * 0x01010101);
        t.add(IofIII.class, "prmt.b32.rc16", (a, b, c) -> (a >>> 16 * (c & 1) & 0xffff) * 0x00010001);
        t.add(IofIII.class, "prmt.b32.ecl", BitOps::clampLeft);
        t.add(IofIII.class, "prmt.b32.ecr", BitOps::clampRight);
    }

    private static void permute(int[] d, int[] a, int[] b, int[] c, int n) {
        int selector = c[0];
        int differs = selector & 0x8888;
        for (int k = 0; k < n; k++) {
            differs |= c[k] ^ selector;
        }
        if (differs == 0) {
            // The common case: an immediate that asks for no signs. The compiler makes vectors of it.
            int[] x0 = (selector & 4) == 0 ? a : b;
            int[] x1 = (selector >>> 4 & 4) == 0 ? a : b;
            int[] x2 = (selector >>> 8 & 4) == 0 ? a : b;
            int[] x3 = (selector >>> 12 & 4) == 0 ? a : b;
            int s0 = 8 * (selector & 3);
            int s1 = 8 * (selector >>> 4 & 3);
            int s2 = 8 * (selector >>> 8 & 3);
            int s3 = 8 * (selector >>> 12 & 3);
            for (int k = 0; k < n; k++) {
                d[k] = x0[k] >>> s0 & 0xff | (x1[k] >>> s1 & 0xff) << 8 | (x2[k] >>> s2 & 0xff) << 16 | x3[k] >>> s3 << 24;
            }
            return;
        }
        for (int k = 0; k < n; k++) {
            d[k] = pick(a[k], b[k], c[k]) | pick(a[k], b[k], c[k] >>> 4) << 8 | pick(a[k], b[k], c[k] >>> 8) << 16
                    | pick(a[k], b[k], c[k] >>> 12) << 24;
        }
    }

    /** A byte of the eight, or its sign in all bits. */
    private static int pick(int a, int b, int selector) {
        int value = (selector & 4) == 0 ? a >>> 8 * (selector & 3) : b >>> 8 * (selector & 3);
        return ((selector & 8) == 0 ? value : (byte) value >> 7) & 0xff;
    }

    /** Byte k is that of a with number max(k, c). */
    private static int clampLeft(int a, int b, int c) {
        int selector = 0;
        for (int k = 0; k < 4; k++) {
            selector |= Math.max(k, c & 3) << 4 * k;
        }
        return permute(a, selector);
    }

    /** Byte k is that of a with number min(k, c). */
    private static int clampRight(int a, int b, int c) {
        int selector = 0;
        for (int k = 0; k < 4; k++) {
            selector |= Math.min(k, c & 3) << 4 * k;
        }
        return permute(a, selector);
    }

    private static int permute(int a, int selector) {
        return pick(a, 0, selector) | pick(a, 0, selector >>> 4) << 8 | pick(a, 0, selector >>> 8) << 16
                | pick(a, 0, selector >>> 12) << 24;
    }
}

package org.jengine.softcuda.simt.alu;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.simt.alu.Conversion.Source;
import org.jengine.softcuda.simt.alu.Conversion.Target;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofD;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofL;
import org.jengine.softcuda.simt.alu.FloatShapes.FofI;
import org.jengine.softcuda.simt.alu.FloatShapes.FofL;
import org.jengine.softcuda.simt.alu.IntShapes.IofF;
import org.jengine.softcuda.simt.alu.IntShapes.IofI;
import org.jengine.softcuda.simt.alu.IntShapes.IofII;
import org.jengine.softcuda.simt.alu.IntShapes.IofIII;
import org.jengine.softcuda.simt.alu.IntShapes.IofL;
import org.jengine.softcuda.simt.alu.LongShapes.LofI;
import org.jengine.softcuda.simt.alu.LongShapes.LofL;

/**
 * Conversions from and to integers (PTX ISA 9.7.9.21, cvt). A number out of range becomes the nearest integer in range; NaN becomes
 * 0, or the least integer where f64 or 64 bits take part.
 */
final class IntConversions {
    static final Map<String, Loops.Once<Form>> FORMS = table().done();
    private static final long WORD = 0xffffffffL;

    private IntConversions() {
    }

    /** An integer type. */
    private record Type(int bits, boolean signed) {
        static final List<Type> ALL = List.of(new Type(8, false), new Type(8, true), new Type(16, false), new Type(16, true),
                new Type(32, false), new Type(32, true), new Type(64, false), new Type(64, true));

        String text() {
            return (signed ? "s" : "u") + bits;
        }

        long greatest() {
            return signed ? Long.MAX_VALUE >> 64 - bits : -1L >>> 64 - bits;
        }

        long least() {
            return signed ? Long.MIN_VALUE >> 64 - bits : 0;
        }

        boolean holds(Type other) {
            return signed == other.signed ? bits >= other.bits : signed && bits > other.bits;
        }

        /** The value in the lower bits of an int. */
        LofI value() {
            int shift = 32 - bits;
            return signed ? x -> x << shift >> shift : x -> (x << shift >>> shift) & WORD;
        }

        /** As it lies in a register of 16 bits, or of 32. */
        IofL held() {
            int mask = bits == 8 && !signed ? 0xff : bits == 32 ? -1 : 0xffff;
            return bits == 8 && signed ? x -> (byte) x & mask : x -> (int) x & mask;
        }
    }

    private static Table table() {
        Table t = new Table();
        for (Type to : Type.ALL) {
            for (Type from : Type.ALL) {
                between(t, to, from);
            }
            for (String[] way : new String[][] {{"rni", "rn"}, {"rzi", "rz"}, {"rmi", "rm"}, {"rpi", "rp"}}) {
                DofD integral = Rounding.ALL.stream().filter(r -> r.name().equals(way[1])).findFirst().orElseThrow().integral();
                String start = "cvt." + way[0];
                Conversion.add(t, start + "." + to.text() + ".bf16", Source.BF16, integral, target(to, Source.BF16));
                for (Source from : List.of(Source.F16, Source.F64)) {
                    Conversion.add(t, start + "{,.sat}." + to.text() + "." + from.name(), from, integral, target(to, from));
                }
                Conversion.add(t, start + ".ftz{,.sat}." + to.text() + ".f32", Source.F32, x -> integral.at(FloatOps.flush((float) x)),
                        target(to, Source.F32));
                String plain = start + "{,.sat}." + to.text() + ".f32";
                if (way[1].equals("rz") && to.text().equals("s32")) {
                    t.add(IofF.class, plain, x -> (int) x);
                } else {
                    Conversion.add(t, plain, Source.F32, integral, target(to, Source.F32));
                }
            }
            toFloats(t, to);
        }
        packs(t);
        return t;
    }

    private static void between(Table t, Type to, Type from) {
        String types = to.text() + "." + from.text();
        LofI value = from.bits == 64 ? null : from.value();
        IofL held = to.bits == 64 ? null : to.held();
        if (value != null && held != null) {
            t.add(IofI.class, "cvt." + types, x -> held.at(value.at(x)));
        } else if (value != null) {
            t.add(LofI.class, "cvt." + types, value);
        } else if (held != null) {
            t.add(IofL.class, "cvt." + types, held);
        } else {
            t.add(LofL.class, "cvt." + types, x -> x);
        }
        if (to.holds(from)) {
            return;
        }
        long least = to.least();
        long greatest = to.greatest();
        if (value != null && held != null) {
            t.add(IofI.class, "cvt.sat." + types, x -> held.at(Math.max(Math.min(value.at(x), greatest), least)));
        } else if (value != null) {
            t.add(LofI.class, "cvt.sat." + types, x -> Math.max(value.at(x), 0));
        } else if (held != null) {
            boolean huge = !from.signed;
            t.add(IofL.class, "cvt.sat." + types,
                    x -> held.at(huge && x < 0 ? greatest : Math.max(Math.min(x, greatest), least)));
        } else {
            t.add(LofL.class, "cvt.sat." + types, from.signed ? x -> Math.max(x, 0) : x -> x < 0 ? Long.MAX_VALUE : x);
        }
    }

    private static Target target(Type to, Source from) {
        boolean zero = from.bits() < 64 && to.bits < 64;
        long none = zero ? 0 : 1L << to.bits - 1;
        if (to.bits == 64) {
            return Target.ofLong(to.signed ? x -> x != x ? none : (long) x : x -> x != x ? none : unsigned(x));
        }
        long least = to.least();
        long greatest = to.greatest();
        IofL held = to.held();
        return Target.ofInt(x -> held.at(x != x ? none : Math.max(Math.min((long) x, greatest), least)));
    }

    private static long unsigned(double x) {
        return x < 0x1p63 ? Math.max((long) x, 0) : x >= 0x1p64 ? -1 : (long) (x - 0x1p63) | Long.MIN_VALUE;
    }

    private static void toFloats(Table t, Type from) {
        boolean signed = from.signed;
        LofI value = from.bits == 64 ? null : from.value();
        Source source = value == null ? Source.of(from.text(), x -> Rounding.oddSum(upper(x, signed), x & WORD))
                : Source.of(from.text(), from.bits, x -> value.at(x));
        for (Rounding way : Rounding.ALL) {
            String start = "cvt." + way.name();
            for (boolean clamps : new boolean[] {false, true}) {
                String sat = clamps ? ".sat" : "";
                DofD clamp = clamps ? Conversion::clamp : x -> x;
                Conversion.add(t, start + sat + ".f16." + from.text(), source, x -> Format.F16.round(clamp.at(x), way), Target.F16);
                if (clamps || way != Rounding.RN) {
                    Conversion.add(t, start + sat + ".f32." + from.text(), source, x -> Format.F32.round(clamp.at(x), way), Target.F32);
                }
                Source exact = value != null ? source : Source.of(from.text(), nearby(signed, way));
                Conversion.add(t, start + sat + ".f64." + from.text(), exact, clamp, Target.F64);
            }
            if (from.bits > 8) {
                Conversion.add(t, start + ".bf16." + from.text(), source, x -> Format.BF16.round(x, way), Target.BF16);
            }
        }
        String nearest = "cvt.rn.f32." + from.text();
        if (value == null) {
            t.add(FofL.class, nearest, signed ? x -> (float) x : x -> (float) Rounding.oddSum(upper(x, false), x & WORD));
        } else {
            t.add(FofI.class, nearest, from.bits == 32 && signed ? x -> (float) x : x -> (float) value.at(x));
        }
    }

    /** The upper word's share. */
    private static double upper(long x, boolean signed) {
        return (signed ? x >> 32 : x >>> 32) * 0x1p32;
    }

    private static DofL nearby(boolean signed, Rounding way) {
        if (way == Rounding.RN) {
            return x -> upper(x, signed) + (x & WORD);
        }
        return x -> DoubleOps.round(new BigDecimal(signed ? BigInteger.valueOf(x) : new BigInteger(Long.toUnsignedString(x))), way);
    }

    /** cvt.pack (PTX ISA 9.7.9.22): clamped integers side by side, the second source lowest, the third's bits above them. */
    private static void packs(Table t) {
        for (Type to : List.of(Type.ALL.get(2), Type.ALL.get(3))) {
            long least = to.least();
            long greatest = to.greatest();
            t.add(IofII.class, "cvt.pack.sat." + to.text() + ".s32",
                    (a, b) -> part(a, least, greatest, 16) << 16 | part(b, least, greatest, 16));
        }
        for (int bits : new int[] {2, 4, 8}) {
            for (boolean signed : new boolean[] {false, true}) {
                Type to = new Type(bits, signed);
                long least = to.least();
                long greatest = to.greatest();
                t.add(IofIII.class, "cvt.pack.sat." + to.text() + ".s32.b32",
                        (a, b, c) -> c << 2 * bits | part(a, least, greatest, bits) << bits | part(b, least, greatest, bits));
            }
        }
    }

    private static int part(int x, long least, long greatest, int bits) {
        return (int) Math.max(Math.min(x, greatest), least) & (1 << bits) - 1;
    }
}

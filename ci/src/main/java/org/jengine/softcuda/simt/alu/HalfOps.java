package org.jengine.softcuda.simt.alu;

import static org.jengine.softcuda.simt.alu.Lanes.lower;

import java.util.Map;
import org.jengine.softcuda.simt.alu.FloatShapes.FofFF;
import org.jengine.softcuda.simt.alu.IntShapes.IofI;
import org.jengine.softcuda.simt.alu.IntShapes.IofII;
import org.jengine.softcuda.simt.alu.IntShapes.IofIII;

/**
 * Arithmetic of f16, bf16 and pairs of them (PTX ISA 9.7.4), each result rounded once to nearest. NaN is the canonical 0x7fff, except
 * from neg and abs, which touch the sign alone.
 */
final class HalfOps {
    static final Map<String, Loops.Once<Form>> FORMS = table().done();

    private HalfOps() {
    }

    private static Table table() {
        Table t = new Table();
        for (String ftz : new String[] {"", ".ftz"}) {
            boolean flushes = !ftz.isEmpty();
            for (String sat : new String[] {"", ".sat"}) {
                boolean clamps = !sat.isEmpty();
                String rnd = "{,.rn}" + ftz + sat;
                two(t, "add" + rnd, "f16", flush(half((a, b) -> a + b, clamps), flushes));
                two(t, "sub" + rnd, "f16", flush(half((a, b) -> a - b, clamps), flushes));
                two(t, "mul" + rnd, "f16", flush(half((a, b) -> a * b, clamps), flushes));
                three(t, "fma.rn" + ftz + sat, "f16", flush(fusedF16(clamps), flushes));
            }
            three(t, "fma.rn" + ftz + ".relu", "f16", positive(flush(fusedF16(false), flushes)));
            one(t, "neg" + ftz, "f16", a -> (flushes ? flushF16(a) : a) ^ 0x8000);
            one(t, "abs" + ftz, "f16", a -> (flushes ? flushF16(a) : a) & 0x7fff);
            for (String nan : new String[] {"", ".NaN"}) {
                FofFF least = FloatOps.least(!nan.isEmpty());
                FofFF greatest = FloatOps.greatest(!nan.isEmpty());
                two(t, "min" + ftz + nan, "f16", flush(half(least, false), flushes));
                two(t, "max" + ftz + nan, "f16", flush(half(greatest, false), flushes));
                two(t, "min" + ftz + nan + ".xorsign.abs", "f16", flush(half(FloatOps.crossed(least), false), flushes));
                two(t, "max" + ftz + nan + ".xorsign.abs", "f16", flush(half(FloatOps.crossed(greatest), false), flushes));
            }
        }
        brain(t);
        return t;
    }

    private static void brain(Table t) {
        two(t, "add{,.rn}", "bf16", (a, b) -> Format.nearestBf16(Format.ofBf16(a) + Format.ofBf16(b)));
        two(t, "sub{,.rn}", "bf16", (a, b) -> Format.nearestBf16(Format.ofBf16(a) - Format.ofBf16(b)));
        two(t, "mul{,.rn}", "bf16", (a, b) -> productBf16(Format.ofBf16(a), Format.ofBf16(b)));
        three(t, "fma.rn", "bf16", HalfOps::fusedBf16);
        three(t, "fma.rn.relu", "bf16", positive(HalfOps::fusedBf16));
        one(t, "neg", "bf16", a -> a ^ 0x8000);
        one(t, "abs", "bf16", a -> a & 0x7fff);
        for (String nan : new String[] {"", ".NaN"}) {
            FofFF least = FloatOps.least(!nan.isEmpty());
            FofFF greatest = FloatOps.greatest(!nan.isEmpty());
            two(t, "min" + nan, "bf16", brain(least));
            two(t, "max" + nan, "bf16", brain(greatest));
            two(t, "min" + nan + ".xorsign.abs", "bf16", brain(FloatOps.crossed(least)));
            two(t, "max" + nan + ".xorsign.abs", "bf16", brain(FloatOps.crossed(greatest)));
        }
    }

    private static void one(Table t, String start, String type, IofI f) {
        t.add(IofI.class, start + "." + type, a -> f.at(lower(a)));
        t.add(IofI.class, start + "." + type + "x2", Lanes.pair(f));
    }

    private static void two(Table t, String start, String type, IofII f) {
        t.add(IofII.class, start + "." + type, (a, b) -> f.at(lower(a), lower(b)));
        t.add(IofII.class, start + "." + type + "x2", Lanes.pair(f));
    }

    private static void three(Table t, String start, String type, IofIII f) {
        t.add(IofIII.class, start + "." + type, (a, b, c) -> f.at(lower(a), lower(b), lower(c)));
        t.add(IofIII.class, start + "." + type + "x2", Lanes.pair(f));
    }

    /** A float has more than twice the digits of f16: rounding a result of its own arithmetic again is as good as rounding once. */
    private static IofII half(FofFF f, boolean clamps) {
        return clamps ? (a, b) -> Format.nearestF16(FloatOps.clamp(f.at(Format.ofF16(a), Format.ofF16(b))))
                : (a, b) -> Format.nearestF16(f.at(Format.ofF16(a), Format.ofF16(b)));
    }

    private static IofII brain(FofFF f) {
        return (a, b) -> Format.nearestBf16(f.at(Format.ofBf16(a), Format.ofBf16(b)));
    }

    private static IofIII fusedF16(boolean clamps) {
        return (a, b, c) -> {
            float sum = Rounding.narrowOddSum(Format.ofF16(a) * Format.ofF16(b), Format.ofF16(c));
            return Format.nearestF16(clamps ? FloatOps.clamp(sum) : sum);
        };
    }

    private static int fusedBf16(int a, int b, int c) {
        float product = Format.ofBf16(a) * Format.ofBf16(b);
        float size = Math.abs(product);
        if (size > 0x1p-100f && size < 0x1p100f && Math.abs(Format.ofBf16(c)) < 0x1p100f) {
            return Format.nearestBf16(Rounding.narrowOddSum(product, Format.ofBf16(c)));
        }
        return Format.roundBf16(Rounding.oddSum((double) Format.ofBf16(a) * Format.ofBf16(b), Format.ofBf16(c)), Rounding.RN);
    }

    /** The product of two bf16 is a float, unless it is subnormal. */
    private static int productBf16(float a, float b) {
        float product = a * b;
        return Math.abs(product) < Float.MIN_NORMAL ? Format.roundBf16((double) a * b, Rounding.RN) : Format.nearestBf16(product);
    }

    static int flushF16(int h) {
        return (h & 0x7c00) == 0 ? h & 0x8000 : h;
    }

    static int flushBf16(int b) {
        return (b & 0x7f80) == 0 ? b & 0x8000 : b;
    }

    private static IofII flush(IofII f, boolean flushes) {
        return flushes ? (a, b) -> flushF16(f.at(flushF16(a), flushF16(b))) : f;
    }

    private static IofIII flush(IofIII f, boolean flushes) {
        return flushes ? (a, b, c) -> flushF16(f.at(flushF16(a), flushF16(b), flushF16(c))) : f;
    }

    /** Relu: what is less than zero becomes zero; the canonical NaN has no sign and stays. */
    private static IofIII positive(IofIII f) {
        return (a, b, c) -> {
            int result = f.at(a, b, c);
            return (result & 0x8000) != 0 ? 0 : result;
        };
    }
}

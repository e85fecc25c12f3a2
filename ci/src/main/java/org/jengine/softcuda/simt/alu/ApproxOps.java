package org.jengine.softcuda.simt.alu;

import java.util.Map;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofD;
import org.jengine.softcuda.simt.alu.FloatShapes.FofF;
import org.jengine.softcuda.simt.alu.FloatShapes.FofFF;
import org.jengine.softcuda.simt.alu.IntShapes.IofI;

/**
 * The approximations (PTX ISA 9.7.3 and 9.7.4): div, rcp, sqrt, rsqrt, sin, cos, lg2, ex2, tanh. The ISA bounds their errors, and GPUs
 * differ in the last bits. Here they are computed in double and rounded once, so that they are as good as exact: a program that needs
 * more than that from a GPU is wrong, and one that needs less will see less error here than there.
 */
final class ApproxOps {
    static final Map<String, Loops.Once<Form>> FORMS = table().done();
    /** Of ln(2)^k / k!, k from 0: enough for exp2 on -1/2 to 1/2 within 2^-39. */
    private static final double[] EXP2 = coefficients(11);

    private static final double TWICE_LOG2_E = 2 / Math.log(2);

    private ApproxOps() {
    }

    private static Table table() {
        Table t = new Table();
        for (String ftz : new String[] {"", ".ftz"}) {
            boolean flushes = !ftz.isEmpty();
            String end = ftz + ".f32";
            t.add(FofFF.class, "div.approx" + end, FloatOps.flush(ApproxOps::divide, flushes));
            t.add(FofFF.class, "div.full" + end, FloatOps.flush((a, b) -> a / b, flushes));
            t.add(FofF.class, "rcp.approx" + end, FloatOps.flush(a -> 1 / a, flushes));
            t.add(FofF.class, "sqrt.approx" + end, FloatOps.flush(a -> (float) Math.sqrt(a), flushes));
            t.add(FofF.class, "rsqrt.approx" + end, FloatOps.flush(a -> (float) (1 / Math.sqrt(a)), flushes));
            t.add(FofF.class, "sin.approx" + end, FloatOps.flush(a -> (float) Math.sin(a), flushes));
            t.add(FofF.class, "cos.approx" + end, FloatOps.flush(a -> (float) Math.cos(a), flushes));
            t.add(FofF.class, "lg2.approx" + end, FloatOps.flush(a -> (float) (Math.log(a) / Math.log(2)), flushes));
            t.add(FofF.class, "ex2.approx" + end, FloatOps.flush(a -> (float) exp2(a), flushes));
        }
        t.add(FofF.class, "tanh.approx.f32", a -> (float) tanh(a));
        DofD exp2 = ApproxOps::exp2;
        DofD tanh = ApproxOps::tanh;
        half(t, "ex2.approx.", "f16", x -> Format.roundF16(exp2.at(Format.ofF16(x)), Rounding.RN));
        half(t, "tanh.approx.", "f16", x -> Format.roundF16(tanh.at(Format.ofF16(x)), Rounding.RN));
        half(t, "ex2.approx.ftz.", "bf16", x -> HalfOps.flushBf16(
                Format.roundBf16(exp2.at(Format.ofBf16(HalfOps.flushBf16(x))), Rounding.RN)));
        half(t, "tanh.approx.", "bf16", x -> Format.roundBf16(tanh.at(Format.ofBf16(x)), Rounding.RN));
        return t;
    }

    private static void half(Table t, String start, String type, IofI f) {
        t.add(IofI.class, start + type, a -> f.at(Lanes.lower(a)));
        t.add(IofI.class, start + type + "x2", Lanes.pair(f));
    }

    /** As the ISA has it, a divisor beyond 2^126 in magnitude, whose reciprocal is subnormal, gives zero, or NaN under an infinity. */
    private static float divide(float a, float b) {
        if (Math.abs(b) > 0x1p126f && Math.abs(b) <= Float.MAX_VALUE) {
            return a * Math.copySign(0, b);
        }
        return a / b;
    }

    private static double[] coefficients(int count) {
        double[] all = new double[count];
        all[0] = 1;
        for (int k = 1; k < count; k++) {
            all[k] = all[k - 1] * Math.log(2) / k;
        }
        return all;
    }

    /** 2^x, several times as fast as {@link Math#pow}, and for floats good enough: the error is 2^-39 of the result. */
    static double exp2(double x) {
        if (!(Math.abs(x) < 1000)) {
            return x > 0 ? Double.POSITIVE_INFINITY : x < 0 ? 0 : x;
        }
        double whole = Math.rint(x);
        double rest = x - whole;
        double square = rest * rest;
        // In two chains, since each step waits for the one before.
        double even = Math.fma(Math.fma(Math.fma(Math.fma(Math.fma(EXP2[10], square, EXP2[8]), square, EXP2[6]), square, EXP2[4]), square,
                EXP2[2]), square, EXP2[0]);
        double odd = Math.fma(Math.fma(Math.fma(Math.fma(EXP2[9], square, EXP2[7]), square, EXP2[5]), square, EXP2[3]), square, EXP2[1]);
        double sum = Math.fma(odd, rest, even);
        return sum * Double.longBitsToDouble((long) whole + 1023 << 52);
    }

    /** As {@link Math#tanh}, but to a float's precision and faster. */
    static double tanh(double x) {
        if (Math.abs(x) < 0x1p-8) {
            return x * (1 - x * x / 3 * (1 - x * x * 0.4));
        }
        return 1 - 2 / (exp2(x * TWICE_LOG2_E) + 1);
    }
}

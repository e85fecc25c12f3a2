package org.jengine.softcuda.simt.alu;

import java.util.List;
import java.util.Map;
import org.jengine.softcuda.simt.alu.Conversion.Source;
import org.jengine.softcuda.simt.alu.Conversion.Target;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofD;
import org.jengine.softcuda.simt.alu.FloatShapes.FofF;
import org.jengine.softcuda.simt.alu.FloatShapes.FofI;
import org.jengine.softcuda.simt.alu.IntShapes.IofD;
import org.jengine.softcuda.simt.alu.IntShapes.IofF;
import org.jengine.softcuda.simt.alu.IntShapes.IofFF;
import org.jengine.softcuda.simt.alu.IntShapes.IofI;

/**
 * Conversions among floating-point types (PTX ISA 9.7.9.21, cvt). NaN becomes the canonical NaN of f16, bf16, tf32 and the 8-bit
 * formats.
 */
final class FloatConversions {
    static final Map<String, Loops.Once<Form>> FORMS = table().done();

    private FloatConversions() {
    }

    private static Table table() {
        Table t = new Table();
        for (boolean clamps : new boolean[] {false, true}) {
            String sat = clamps ? ".sat" : "";
            DofD clamp = clamps ? Conversion::clamp : x -> x;
            same(t, sat, clamp);
            wider(t, sat, clamp);
            for (Rounding way : Rounding.ALL) {
                narrower(t, sat, clamp, way);
            }
        }
        for (Rounding way : Rounding.ALL) {
            String start = "cvt." + way.name();
            Conversion.add(t, start + ".f16.bf16", Source.BF16, x -> Format.F16.round(x, way), Target.F16);
            Conversion.add(t, start + ".bf16.f16", Source.F16, x -> Format.BF16.round(x, way), Target.BF16);
            Conversion.add(t, start + ".bf16.f64", Source.F64, x -> Format.BF16.round(x, way), Target.BF16);
        }
        Conversion.add(t, "cvt.rm.bf16.f32", Source.F32, x -> Format.BF16.round(x, Rounding.RM), Target.BF16);
        Conversion.add(t, "cvt.rp.bf16.f32", Source.F32, x -> Format.BF16.round(x, Rounding.RP), Target.BF16);
        finite(t);
        tf32(t);
        eightBits(t);
        return t;
    }

    /** Without a rounding the value stays as it is; with one of those to integers it becomes one. */
    private static void same(Table t, String sat, DofD clamp) {
        t.add(FofF.class, "cvt" + sat + ".f32.f32", sat.isEmpty() ? x -> x : FloatOps::clamp);
        t.add(FofF.class, "cvt.ftz" + sat + ".f32.f32", FloatOps.flush(sat.isEmpty() ? x -> x : FloatOps::clamp, true));
        Conversion.add(t, "cvt" + sat + ".f64.f64", Source.F64, clamp, Target.F64);
        t.add(IofI.class, "cvt" + sat + ".f16.f16", sat.isEmpty() ? Lanes::lower : x -> Format.toF16(clamp.at(Format.ofF16Low(x))));
        if (sat.isEmpty()) {
            t.add(IofI.class, "cvt.bf16.bf16", Lanes::lower);
        }
        for (Rounding way : Rounding.ALL) {
            DofD change = x -> clamp.at(way.integral().at(x));
            String start = "cvt." + way.name() + "i";
            t.add(FofF.class, start + sat + ".f32.f32", x -> (float) change.at(x));
            t.add(FofF.class, start + ".ftz" + sat + ".f32.f32", FloatOps.flush(x -> (float) change.at(x), true));
            Conversion.add(t, start + sat + ".f64.f64", Source.F64, change, Target.F64);
            Conversion.add(t, start + sat + ".f16.f16", Source.F16, change, Target.F16);
            if (sat.isEmpty()) {
                Conversion.add(t, start + ".bf16.bf16", Source.BF16, change, Target.BF16);
            }
        }
    }

    private static void wider(Table t, String sat, DofD clamp) {
        if (sat.isEmpty()) {
            t.add(FofI.class, "cvt{,.ftz}.f32.f16", Format::ofF16Low);
            t.add(FofI.class, "cvt.f32.bf16", Format::ofBf16);
            Conversion.add(t, "cvt.f64.bf16", Source.BF16, clamp, Target.F64);
        } else {
            Conversion.add(t, "cvt{,.ftz}.sat.f32.f16", Source.F16, clamp, Target.F32);
        }
        Conversion.add(t, "cvt" + sat + ".f64.f16", Source.F16, clamp, Target.F64);
        Conversion.add(t, "cvt" + sat + ".f64.f32", Source.F32, clamp, Target.F64);
        Conversion.add(t, "cvt.ftz" + sat + ".f64.f32", Source.F32, x -> clamp.at(FloatOps.flush((float) x)), Target.F64);
    }

    private static void narrower(Table t, String sat, DofD clamp, Rounding way) {
        String start = "cvt." + way.name();
        DofD half = x -> Format.F16.round(clamp.at(x), way);
        DofD single = x -> Format.F32.round(clamp.at(x), way);
        Conversion.add(t, start + sat + ".f32.f64", Source.F64, single, Target.F32);
        Conversion.add(t, start + ".ftz" + sat + ".f32.f64", Source.F64, x -> FloatOps.flush((float) single.at(x)), Target.F32);
        Conversion.add(t, start + sat + ".f16.f64", Source.F64, half, Target.F16);
        Conversion.add(t, start + ".ftz" + sat + ".f16.f32", Source.F32, x -> half.at(FloatOps.flush((float) x)), Target.F16);
        if (!sat.isEmpty() || way == Rounding.RM || way == Rounding.RP) {
            Conversion.add(t, start + sat + ".f16.f32", Source.F32, half, Target.F16);
        }
    }

    /** To 16 bits, alone or in pairs of which the first source is the upper half, without negative numbers or without infinities. */
    private static void finite(Table t) {
        for (Rounding way : List.of(Rounding.RN, Rounding.RZ)) {
            boolean nearest = way == Rounding.RN;
            for (String end : List.of("", ".relu", ".satfinite", ".relu.satfinite")) {
                DofD relu = end.startsWith(".relu") ? Conversion::positive : x -> x;
                boolean finite = end.endsWith("satfinite");
                DofD half = finite ? x -> Format.F16.finite(Format.F16.round(relu.at(x), way)) : x -> Format.F16.round(relu.at(x), way);
                DofD brain = finite ? x -> Format.BF16.finite(Format.BF16.round(relu.at(x), way)) : x -> Format.BF16.round(relu.at(x), way);
                IofF toHalf = nearest && end.isEmpty() ? Format::nearestF16 : x -> Format.toF16(half.at(x));
                IofF toBrain = nearest && end.isEmpty() ? Format::nearestBf16 : x -> Format.toBf16(brain.at(x));
                String start = "cvt." + way.name() + end;
                t.add(IofF.class, start + ".f16.f32", toHalf);
                t.add(IofF.class, start + ".bf16.f32", toBrain);
                t.add(IofFF.class, start + ".f16x2.f32", (a, b) -> toHalf.at(a) << 16 | toHalf.at(b));
                t.add(IofFF.class, start + ".bf16x2.f32", (a, b) -> toBrain.at(a) << 16 | toBrain.at(b));
            }
        }
    }

    private static void tf32(Table t) {
        for (Rounding way : List.of(Rounding.RN, Rounding.RZ, Rounding.RNA)) {
            for (String end : List.of("", ".satfinite", ".relu", ".satfinite.relu")) {
                if (way == Rounding.RNA && end.endsWith("relu")) {
                    continue;
                }
                boolean finite = end.startsWith(".satfinite");
                boolean relu = end.endsWith(".relu");
                t.add(IofF.class, "cvt." + way.name() + end + ".tf32.f32", x -> {
                    double start = relu ? Conversion.positive(x) : x;
                    double rounded = Format.TF32.round(start, way);
                    return Format.toTf32(finite ? Format.TF32.finite(rounded) : rounded);
                });
            }
        }
    }

    private static void eightBits(Table t) {
        eight(t, "e4m3x2", Format::nearestE4m3, Format::ofE4m3);
        eight(t, "e5m2x2", Format::nearestE5m2, Format::ofE5m2);
    }

    private static void eight(Table t, String type, IofD write, FofI read) {
        for (boolean positive : new boolean[] {false, true}) {
            String relu = positive ? ".relu" : "";
            DofD change = positive ? Conversion::positive : x -> x;
            t.add(IofFF.class, "cvt.rn.satfinite" + relu + "." + type + ".f32",
                    (a, b) -> write.at(change.at(a)) << 8 | write.at(change.at(b)));
            t.add(IofI.class, "cvt.rn.satfinite" + relu + "." + type + ".f16x2",
                    a -> write.at(change.at(Format.ofF16(a >>> 16))) << 8 | write.at(change.at(Format.ofF16Low(a))));
            t.add(IofI.class, "cvt.rn" + relu + ".f16x2." + type,
                    a -> Format.toF16(change.at(read.at(a >>> 8 & 0xff))) << 16 | Format.toF16(change.at(read.at(a & 0xff))));
        }
    }
}

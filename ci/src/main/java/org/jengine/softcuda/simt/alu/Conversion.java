package org.jengine.softcuda.simt.alu;

import org.jengine.softcuda.simt.alu.DoubleShapes.DofD;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofF;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofI;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofL;
import org.jengine.softcuda.simt.alu.FloatShapes.FofD;
import org.jengine.softcuda.simt.alu.FloatShapes.FofF;
import org.jengine.softcuda.simt.alu.FloatShapes.FofI;
import org.jengine.softcuda.simt.alu.FloatShapes.FofL;
import org.jengine.softcuda.simt.alu.IntShapes.IofD;
import org.jengine.softcuda.simt.alu.IntShapes.IofF;
import org.jengine.softcuda.simt.alu.IntShapes.IofI;
import org.jengine.softcuda.simt.alu.IntShapes.IofL;
import org.jengine.softcuda.simt.alu.LongShapes.LofD;
import org.jengine.softcuda.simt.alu.LongShapes.LofF;
import org.jengine.softcuda.simt.alu.LongShapes.LofI;

/** Conversions by way of a double: what a type reads as, and what a double is written as. */
final class Conversion {
    private Conversion() {
    }

    /**
     * Reads a type.
     *
     * @param bits  how many bits the type has
     * @param i     for types held in an int, else null; the others likewise
     * @param l     integers of 64 bits; those that no double equals are rounded to odd
     */
    record Source(String name, int bits, DofI i, DofL l, DofF f, DofD d) {
        static Source of(String name, int bits, DofI i) {
            return new Source(name, bits, i, null, null, null);
        }

        static Source of(String name, DofL l) {
            return new Source(name, 64, null, l, null, null);
        }

        static final Source F16 = of("f16", 16, Format::ofF16Low);
        static final Source BF16 = of("bf16", 16, Format::ofBf16);
        static final Source F32 = new Source("f32", 32, null, null, x -> x, null);
        static final Source F64 = new Source("f64", 64, null, null, null, x -> x);
    }

    /** Writes a type: one of the functions, the others null. */
    record Target(IofD i, LofD l, FofD f, DofD d) {
        static Target ofInt(IofD i) {
            return new Target(i, null, null, null);
        }

        static Target ofLong(LofD l) {
            return new Target(null, l, null, null);
        }

        static final Target F16 = ofInt(Format::toF16);
        static final Target BF16 = ofInt(Format::toBf16);
        static final Target F32 = new Target(null, null, x -> (float) x, null);
        static final Target F64 = new Target(null, null, null, x -> x);
    }

    /** Adds the form that reads a source, changes it, and writes it to the target. */
    static void add(Table t, String texts, Source from, DofD change, Target to) {
        DofD d = from.d;
        DofF f = from.f;
        DofI i = from.i;
        DofL l = from.l;
        if (to.i != null) {
            IofD write = to.i;
            if (d != null) {
                t.add(IofD.class, texts, x -> write.at(change.at(d.at(x))));
            } else if (f != null) {
                t.add(IofF.class, texts, x -> write.at(change.at(f.at(x))));
            } else if (i != null) {
                t.add(IofI.class, texts, x -> write.at(change.at(i.at(x))));
            } else {
                t.add(IofL.class, texts, x -> write.at(change.at(l.at(x))));
            }
        } else if (to.l != null) {
            LofD write = to.l;
            if (d != null) {
                t.add(LofD.class, texts, x -> write.at(change.at(d.at(x))));
            } else if (f != null) {
                t.add(LofF.class, texts, x -> write.at(change.at(f.at(x))));
            } else {
                t.add(LofI.class, texts, x -> write.at(change.at(i.at(x))));
            }
        } else if (to.f != null) {
            FofD write = to.f;
            if (d != null) {
                t.add(FofD.class, texts, x -> write.at(change.at(d.at(x))));
            } else if (f != null) {
                t.add(FofF.class, texts, x -> write.at(change.at(f.at(x))));
            } else if (i != null) {
                t.add(FofI.class, texts, x -> write.at(change.at(i.at(x))));
            } else {
                t.add(FofL.class, texts, x -> write.at(change.at(l.at(x))));
            }
        } else {
            DofD write = to.d;
            if (d != null) {
                t.add(DofD.class, texts, x -> write.at(change.at(d.at(x))));
            } else if (f != null) {
                t.add(DofF.class, texts, x -> write.at(change.at(f.at(x))));
            } else if (i != null) {
                t.add(DofI.class, texts, x -> write.at(change.at(i.at(x))));
            } else {
                t.add(DofL.class, texts, x -> write.at(change.at(l.at(x))));
            }
        }
    }

    /** To 0..1; NaN and -0 become 0. */
    static double clamp(double x) {
        return x > 0 ? Math.min(x, 1) : 0;
    }

    /** What is less than zero, and -0, become 0; NaN stays. */
    static double positive(double x) {
        return x <= 0 ? 0 : x;
    }
}

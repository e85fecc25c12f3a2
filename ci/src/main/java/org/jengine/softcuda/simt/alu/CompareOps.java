package org.jengine.softcuda.simt.alu;

import static org.jengine.softcuda.simt.alu.Lanes.lower;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofDDP;
import org.jengine.softcuda.simt.alu.FloatShapes.FofFFP;
import org.jengine.softcuda.simt.alu.IntShapes.IofIIP;
import org.jengine.softcuda.simt.alu.LongShapes.LofLLP;

/**
 * Comparisons and selections (PTX ISA 9.7.6 and 9.7.7): set, setp, selp, slct. What a comparison gives is combined with a predicate and
 * turned into the destination's type in passes of their own.
 */
final class CompareOps {
    static final Map<String, Loops.Once<Form>> FORMS = table().done();

    private CompareOps() {
    }

    private static Table table() {
        Table t = new Table();
        for (Comparison c : Comparison.all()) {
            for (String operator : List.of("", ".and", ".or", ".xor")) {
                String middle = "." + c.operator() + operator + (c.ftz() ? ".ftz" : "");
                if (c.pair()) {
                    t.add("setp" + middle + "." + c.type(), operands(operator, 4), () -> predicates(c, operator, 2));
                } else {
                    t.add("setp" + middle + "." + c.type(), operands(operator, 3), () -> predicates(c, operator, 1));
                    if (!c.type().endsWith("f16")) {
                        t.add("setp" + middle + "." + c.type(), operands(operator, 4), () -> predicates(c, operator, 2));
                    }
                }
                for (String result : results(c)) {
                    t.add("set" + middle + "." + result + "." + c.type(), operands(operator, 3), () -> numbers(c, operator, result));
                }
            }
        }
        selections(t);
        return t;
    }

    private static int operands(String operator, int without) {
        return operator.isEmpty() ? without : without + 1;
    }

    private static List<String> results(Comparison c) {
        return switch (c.type()) {
            case "f16" -> List.of("f16", "u16", "s16", "u32", "s32");
            case "bf16" -> List.of("bf16", "u16", "s16", "u32", "s32");
            case "f16x2" -> List.of("f16x2", "u32", "s32");
            case "bf16x2" -> List.of("bf16x2", "u32", "s32");
            default -> c.ftz() ? List.of("u32", "s32", "f32", "f16") : List.of("u32", "s32", "f32", "f16", "bf16");
        };
    }

    private static List<Kind> sources(Comparison c, String operator) {
        return operator.isEmpty() ? List.of(c.kind(), c.kind()) : List.of(c.kind(), c.kind(), Kind.PRED);
    }

    /** The second predicate is that of the upper half, or of the contrary comparison. */
    private static Form predicates(Comparison c, String operator, int results) {
        Body first = c.first().get();
        Body second = c.second().get();
        Body body = operator.isEmpty() && results == 1 ? first : (d, s, n) -> {
            boolean[] with = operator.isEmpty() ? null : s[2].p.clone();
            Values[] one = {d[0]};
            first.run(one, s, n);
            combine(d[0].p, with, operator, n);
            if (results == 2) {
                one[0] = d[1];
                second.run(one, s, n);
                combine(d[1].p, with, operator, n);
            }
        };
        return new Form(List.of(Kind.PRED, Kind.PRED).subList(0, results), sources(c, operator), false, false, false, body);
    }

    private static void combine(boolean[] d, boolean[] with, String operator, int n) {
        switch (operator) {
            case ".and":
                for (int k = 0; k < n; k++) {
                    d[k] &= with[k];
                }
                break;
            case ".or":
                for (int k = 0; k < n; k++) {
                    d[k] |= with[k];
                }
                break;
            case ".xor":
                for (int k = 0; k < n; k++) {
                    d[k] ^= with[k];
                }
                break;
            default:
                break;
        }
    }

    private static Form numbers(Comparison c, String operator, String result) {
        Body low = c.first().get();
        Body high = c.pair() ? c.second().get() : null;
        int one = switch (result) {
            case "f16", "f16x2" -> 0x3c00;
            case "bf16", "bf16x2" -> 0x3f80;
            case "u16", "s16" -> 0xffff;
            default -> high == null ? -1 : 0xffff;
        };
        return new Form(List.of(result.equals("f32") ? Kind.F32 : Kind.I32), sources(c, operator), false, false, false, (d, s, n) -> {
            boolean[] with = operator.isEmpty() ? null : s[2].p;
            Values[] holds = {Values.of(Kind.PRED, n)};
            Values[] holdsHigh = {Values.of(Kind.PRED, n)};
            low.run(holds, s, n);
            combine(holds[0].p, with, operator, n);
            if (high != null) {
                high.run(holdsHigh, s, n);
                combine(holdsHigh[0].p, with, operator, n);
            }
            for (int k = 0; k < n; k++) {
                if (result.equals("f32")) {
                    d[0].f[k] = holds[0].p[k] ? 1 : 0;
                } else {
                    d[0].i[k] = (holds[0].p[k] ? one : 0) | (holdsHigh[0].p[k] ? one << 16 : 0);
                }
            }
        });
    }

    private static void selections(Table t) {
        Supplier<Form> ofInt = () -> Loops.form(IofIIP.class, (a, b, p) -> p ? a : b);
        Supplier<Form> of16 = () -> Loops.form(IofIIP.class, (a, b, p) -> lower(p ? a : b));
        Supplier<Form> ofLong = () -> Loops.form(LofLLP.class, (a, b, p) -> p ? a : b);
        Supplier<Form> ofFloat = () -> Loops.form(FofFFP.class, (a, b, p) -> p ? a : b);
        Supplier<Form> ofDouble = () -> Loops.form(DofDDP.class, (a, b, p) -> p ? a : b);
        select(t, "{b,u,s}16", of16);
        select(t, "{b,u,s}32", ofInt);
        select(t, "{b,u,s}64", ofLong);
        select(t, "f32", ofFloat);
        select(t, "f64", ofDouble);
    }

    private static void select(Table t, String type, Supplier<Form> form) {
        t.add("selp." + type, 4, form);
        t.add("slct." + type + ".s32", 4, () -> bySign(form.get(), Kind.I32, (s, p, n) -> {
            for (int k = 0; k < n; k++) {
                p[k] = s.i[k] >= 0;
            }
        }));
        // Flushing a selector's subnormal numbers to -0, which is no less than 0, matters to negative ones.
        for (boolean flushes : new boolean[] {false, true}) {
            float least = flushes ? Math.nextUp(-Float.MIN_NORMAL) : 0;
            t.add("slct" + (flushes ? ".ftz." : ".") + type + ".f32", 4, () -> bySign(form.get(), Kind.F32, (s, p, n) -> {
                for (int k = 0; k < n; k++) {
                    p[k] = s.f[k] >= least;
                }
            }));
        }
    }

    private interface Signs {
        void of(Values selector, boolean[] notNegative, int n);
    }

    private static Form bySign(Form selp, Kind selector, Signs signs) {
        Kind kind = selp.results().get(0);
        return Form.of(kind, List.of(kind, kind, selector), (d, s, n) -> {
            Values p = Values.of(Kind.PRED, n);
            signs.of(s[2], p.p, n);
            selp.body().run(d, new Values[] {s[0], s[1], p}, n);
        });
    }
}

package org.jengine.softcuda.simt.alu;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.simt.alu.IntShapes.IofII;
import org.jengine.softcuda.simt.alu.LongShapes.LofLL;

/**
 * Arithmetic with the carry flag (PTX ISA 9.7.2, extended-precision integer arithmetic): add.cc, addc, sub.cc, subc, mad.cc, madc. After
 * a difference the flag is the borrow.
 */
final class CarryOps {
    static final Map<String, Loops.Once<Form>> FORMS = table().done();
    private static final long WORD = 0xffffffffL;

    private CarryOps() {
    }

    private static Table table() {
        Table t = new Table();
        for (boolean out : new boolean[] {false, true}) {
            for (boolean in : new boolean[] {false, true}) {
                if (!in && !out) {
                    continue;
                }
                String flags = (in ? "c" : "") + (out ? ".cc" : "");
                for (boolean less : new boolean[] {false, true}) {
                    String name = (less ? "sub" : "add") + flags;
                    t.add(name + ".{u,s}32", 3, () -> form(Kind.I32, 2, in, out, narrow(null, less, in, out)));
                    t.add(name + ".{u,s}64", 3, () -> form(Kind.I64, 2, in, out, broad(null, less, in, out)));
                }
                products(t, "mad" + flags, in, out);
            }
        }
        return t;
    }

    private static void products(Table t, String name, boolean in, boolean out) {
        narrow(t, name + ".lo.{u,s}32", in, out, (a, b) -> a * b);
        narrow(t, name + ".hi.u32", in, out, ProductOps::highUnsigned);
        narrow(t, name + ".hi.s32", in, out, (a, b) -> (int) ((long) a * b >> 32));
        broad(t, name + ".lo.{u,s}64", in, out, (a, b) -> a * b);
        broad(t, name + ".hi.u64", in, out, ProductOps::highUnsigned);
        broad(t, name + ".hi.s64", in, out, Math::multiplyHigh);
    }

    private static void narrow(Table t, String texts, boolean in, boolean out, IofII product) {
        t.add(place(texts), 4, () -> form(Kind.I32, 3, in, out, narrow(product, false, in, out)));
    }

    private static void broad(Table t, String texts, boolean in, boolean out, LofLL product) {
        t.add(place(texts), 4, () -> form(Kind.I64, 3, in, out, broad(product, false, in, out)));
    }

    /** The flag's modifier stands behind the half's: mad.lo.cc. */
    private static String place(String texts) {
        return texts.contains(".cc") ? texts.replaceFirst("\\.cc\\.(lo|hi)", ".$1.cc") : texts;
    }

    private static Form form(Kind kind, int sources, boolean in, boolean out, Body body) {
        return new Form(List.of(kind), Collections.nCopies(sources, kind), in, out, false, body);
    }

    /** {@code product}: of the first two sources, or null for a sum of two. */
    private static Body narrow(IofII product, boolean less, boolean in, boolean out) {
        int last = product == null ? 1 : 2;
        return (d, s, n) -> {
            for (int k = 0; k < n; k++) {
                int first = product == null ? s[0].i[k] : product.at(s[0].i[k], s[1].i[k]);
                int carry = in && s[last + 1].p[k] ? 1 : 0;
                long second = (s[last].i[k] & WORD) + carry;
                long sum = (first & WORD) + (less ? -second : second);
                d[0].i[k] = (int) sum;
                if (out) {
                    d[1].p[k] = sum >>> 32 != 0;
                }
            }
        };
    }

    private static Body broad(LofLL product, boolean less, boolean in, boolean out) {
        int last = product == null ? 1 : 2;
        return (d, s, n) -> {
            for (int k = 0; k < n; k++) {
                long first = product == null ? s[0].l[k] : product.at(s[0].l[k], s[1].l[k]);
                long second = s[last].l[k];
                long half = less ? first - second : first + second;
                long carry = in && s[last + 1].p[k] ? 1 : 0;
                long sum = less ? half - carry : half + carry;
                boolean over = less ? Long.compareUnsigned(first, second) < 0 || Long.compareUnsigned(half, carry) < 0
                        : Long.compareUnsigned(half, first) < 0 || Long.compareUnsigned(sum, half) < 0;
                d[0].l[k] = sum;
                if (out) {
                    d[1].p[k] = over;
                }
            }
        };
    }
}

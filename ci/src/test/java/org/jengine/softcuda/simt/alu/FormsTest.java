package org.jengine.softcuda.simt.alu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Every form there is against what the ISA says of it, at special and at random values. */
class FormsTest {
    private static final int[] INTS = {0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 0x7fff, 0x8000,
        0xffff, 0x10000, 0x7fffffff, 0x80000000, 0x80000001, -1, -2, -31, -32, 0xffffff, 0x800000, 0x01010101, 0xff00ff00};
    private static final int[] HALVES = {0, 0x8000, 1, 0x8001, 0x3ff, 0x400, 0x83ff, 0x8400, 0x3c00, 0xbc00, 0x3c01, 0x3800, 0x7bff,
        0xfbff, 0x7c00, 0xfc00, 0x7c01, 0x7fff, 0xfe00, 0x3f80, 0xbf80, 0x7f80, 0xff80, 0x7f7f, 0xff7f, 0x80, 0x8080, 0x7f, 0x7fc0,
        0x4b00, 0x7e, 0x7b, 0x4200};
    private static final float[] FLOATS = {0, -0f, 1, -1, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 3, Float.MIN_VALUE, -Float.MIN_VALUE,
        Float.MIN_NORMAL, -Float.MIN_NORMAL, Math.nextDown(Float.MIN_NORMAL), Float.MAX_VALUE, -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.intBitsToFloat(0xffc12345), 0x1p31f, -0x1p31f, 0x1p32f,
        0x1p63f, -0x1p63f, 0x1p64f, 127.5f, 128, 255.5f, 32767.5f, 65504, 65519.996f, 65520, 0x1p-24f, 0x1p-25f, 0x1.000002p-25f,
        0x1p-14f, 0x1.ffcp-15f, 448, 464, 480, 57344, 61440, 0x1.fep127f, 0x1.ffp127f, 0x1.01p0f, 0x1.03p0f, 0x1.002p0f, 0x1.006p0f,
        0x1p-133f, 0x1p-134f, 0x1p126f, 0x1.000002p126f, 0x1p-126f, 16777217, 100, -150};

    private static List<String> parts(String text) {
        return List.of(text.substring(0, text.indexOf('/')).split("\\."));
    }

    private static Form find(String text) {
        List<String> parts = parts(text);
        return Alu.find(parts.get(0), parts.subList(1, parts.size()), Integer.parseInt(text.substring(text.indexOf('/') + 1)));
    }

    private static Statement statement(String text, Form form) {
        List<String> parts = parts(text);
        String op = parts.get(0);
        List<String> modifiers = parts.subList(1, parts.size());
        Statement s = CompareStatements.of(op, modifiers, form.results().size());
        if (s == null) {
            s = ConversionStatements.of(op, modifiers);
        }
        if (s == null && !op.equals("shr") && !op.equals("bfe") && !op.equals("bfind") && !op.equals("szext")) {
            s = IntegerStatements.of(op, modifiers);
        }
        if (s == null) {
            s = BitStatements.of(op, modifiers);
        }
        return s == null ? FloatStatements.of(op, modifiers) : s;
    }

    @Test
    void everyFormDoesWhatTheIsaSays() {
        Map<String, String> wrong = new TreeMap<>();
        int count = 0;
        for (String text : Alu.forms()) {
            Form form = find(text);
            assertNotNull(form, text + " is listed and not found");
            if (form.warp()) {
                continue;
            }
            Statement statement = statement(text, form);
            assertNotNull(statement, "nothing is said of " + text);
            count++;
            // There are thousands of comparisons, made of a few parts.
            String fault = fault(form, statement, text.hashCode(), text.startsWith("set") ? 64 : 256, text.startsWith("lop3"));
            if (fault == null && text.startsWith("prmt")) {
                for (int seed = 0; seed < 50 && fault == null; seed++) {
                    fault = fault(form, statement, seed, 64, true);
                }
            }
            if (fault != null) {
                wrong.put(text, fault);
            }
        }
        assertTrue(count > 5000, count + " forms");
        assertEquals("", String.join("\n", wrong.entrySet().stream().limit(40).map(e -> e.getKey() + ": " + e.getValue()).toList()),
                wrong.size() + " of " + count + " forms");
    }

    /** The first lane that differs, in hexadecimal, or null. Each lane's sources are drawn apart, so that special values meet. */
    private static String fault(Form form, Statement statement, int seed, int lanes, boolean uniform) {
        Random random = new Random(seed);
        List<Kind> sources = new ArrayList<>(form.sources());
        List<Kind> results = new ArrayList<>(form.results());
        if (form.carryIn()) {
            sources.add(Kind.PRED);
        }
        if (form.carryOut()) {
            results.add(Kind.PRED);
        }
        Values[] in = new Values[sources.size()];
        for (int s = 0; s < in.length; s++) {
            in[s] = Values.of(sources.get(s), lanes);
            for (int k = 0; k < lanes; k++) {
                draw(in[s], k, random);
            }
        }
        if (uniform) {
            Arrays.fill(in[in[in.length - 1].p == null ? in.length - 1 : in.length - 2].i, random.nextInt(0x10000));
        }
        Values[] out = results.stream().map(kind -> Values.of(kind, lanes)).toArray(Values[]::new);
        form.body().run(out, copy(in), lanes);
        if (!sameOverSources(form.body(), statement.match(), out, in, lanes)) {
            return "differs where a result is also a source";
        }
        for (int k = 0; k < lanes; k++) {
            long[] bits = new long[in.length];
            for (int s = 0; s < in.length; s++) {
                bits[s] = bits(in[s], k);
            }
            long[] expected = statement.of().results(bits.clone());
            assertEquals(out.length, expected.length);
            for (int r = 0; r < out.length; r++) {
                long actual = bits(out[r], k);
                if (!statement.match().same(expected[r], actual)) {
                    return hex(bits) + " -> " + Long.toHexString(actual) + ", not " + Long.toHexString(expected[r]) + " (result " + r + ")";
                }
            }
        }
        return null;
    }

    /** Whether each result comes out the same if its register is one of the sources. */
    private static boolean sameOverSources(Body body, Statement.Match match, Values[] out, Values[] in, int lanes) {
        for (int r = 0; r < out.length; r++) {
            for (int s = 0; s < in.length; s++) {
                if (kind(in[s]) == kind(out[r])) {
                    Values[] sources = copy(in);
                    Values[] results = copy(out);
                    results[r] = sources[s];
                    body.run(results, sources, lanes);
                    for (int each = 0; each < out.length; each++) {
                        for (int k = 0; k < lanes; k++) {
                            if (!match.same(bits(out[each], k), bits(results[each], k))) {
                                return false;
                            }
                        }
                    }
                }
            }
        }
        return true;
    }

    private static Kind kind(Values v) {
        return v.i != null ? Kind.I32 : v.l != null ? Kind.I64 : v.f != null ? Kind.F32 : v.d != null ? Kind.F64 : Kind.PRED;
    }

    private static Values[] copy(Values[] all) {
        return Arrays.stream(all).map(v -> {
            Object from = v.i != null ? v.i : v.l != null ? v.l : v.f != null ? v.f : v.d != null ? v.d : v.p;
            int lanes = Array.getLength(from);
            Values copy = Values.of(kind(v), lanes);
            Object to = v.i != null ? copy.i : v.l != null ? copy.l : v.f != null ? copy.f : v.d != null ? copy.d : copy.p;
            System.arraycopy(from, 0, to, 0, lanes);
            return copy;
        }).toArray(Values[]::new);
    }

    private static String hex(long[] bits) {
        return String.join(" ", Arrays.stream(bits).mapToObj(Long::toHexString).toList());
    }

    private static long bits(Values v, int k) {
        return v.i != null ? v.i[k] & 0xffffffffL : v.l != null ? v.l[k] : v.f != null ? Float.floatToRawIntBits(v.f[k]) & 0xffffffffL
                : v.d != null ? Double.doubleToRawLongBits(v.d[k]) : v.p[k] ? 1 : 0;
    }

    private static void draw(Values v, int k, Random random) {
        if (v.i != null) {
            v.i[k] = anInt(random);
        } else if (v.l != null) {
            v.l[k] = switch (random.nextInt(4)) {
                case 0 -> random.nextLong();
                case 1 -> (long) anInt(random) << 32 | anInt(random) & 0xffffffffL;
                case 2 -> (random.nextBoolean() ? Long.MIN_VALUE : 0) + INTS[random.nextInt(INTS.length)];
                default -> random.nextLong() >> random.nextInt(64);
            };
        } else if (v.f != null) {
            v.f[k] = aFloat(random);
        } else if (v.d != null) {
            v.d[k] = switch (random.nextInt(6)) {
                case 0 -> Double.longBitsToDouble(random.nextLong());
                case 1 -> random.nextGaussian();
                case 2 -> Double.longBitsToDouble(random.nextLong() & 0x800fffffffffffffL | (long) (random.nextInt(4)) << 52);
                case 3 -> aFloat(random) + random.nextInt(3) * 0x1p-60;
                case 4 -> Double.longBitsToDouble(random.nextLong() & 0x800fffffffffffffL | 0x7fcL + random.nextInt(4) << 52);
                default -> aFloat(random);
            };
        } else {
            v.p[k] = random.nextBoolean();
        }
    }

    private static int anInt(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt();
            case 1 -> INTS[random.nextInt(INTS.length)];
            case 2 -> HALVES[random.nextInt(HALVES.length)] | HALVES[random.nextInt(HALVES.length)] << 16;
            case 3 -> HALVES[random.nextInt(HALVES.length)] | random.nextInt() << 16;
            case 4 -> Float.floatToRawIntBits(aFloat(random));
            default -> random.nextInt() >> random.nextInt(32);
        };
    }

    private static float aFloat(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Float.intBitsToFloat(random.nextInt());
            case 1 -> (float) random.nextGaussian();
            case 2 -> (float) random.nextGaussian() * 100000;
            case 3 -> Float.intBitsToFloat(random.nextInt() & 0x80ffffff);
            case 4 -> Float.intBitsToFloat(HALVES[random.nextInt(HALVES.length)] << 16 | random.nextInt(3) << 14);
            default -> FLOATS[random.nextInt(FLOATS.length)];
        };
    }

    @Test
    void aFormIsMadeOnce() {
        assertSame(find("add.f32/3"), find("add.rn.f32/3"));
    }

    @Test
    void whatIsNoInstructionIsNotFound() {
        for (String text : List.of("add/3", "add.s8/3", "add.f32/4", "add.rn.s32/3", "add.sat.u32/3", "fma.f32/4", "fma.ftz.rn.f32/4",
                "cvt.f32.s32/2", "cvt.rn.s32.f32/2", "cvt.f16.f32/2", "cvt.sat.s64.s32/2", "setp.lt.b32/3", "setp.ltu.s32/3",
                "setp.lt.pred/3", "mul.s32/3", "mul.wide.s64/3", "div.f32/3", "mov.b32/2", "ld.global.f32/2", "nonsense.f32/2",
                "mma.sync.aligned.m16n8k8.row.row.f32.bf16.bf16.f32/4", "lop3.b32/6", "min.ftz.bf16/3", "selp.pred/4")) {
            assertNull(find(text), text);
        }
    }
}

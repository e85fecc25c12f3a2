package org.jengine.softcuda.simt.alu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fragments hold all elements, and wmma.mma gives their product. */
class FragmentTest {
    private static final int LANES = 64;

    private static Stream<String> forms() {
        return Alu.forms().stream().filter(f -> f.startsWith("wmma."));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void isTheProduct(String text) {
        List<String> parts = List.of(text.substring(0, text.indexOf('/')).split("\\."));
        List<String> types = parts.subList(7, parts.size()).stream().filter(p -> !p.equals("rn") && !p.equals("satfinite")).toList();
        String shape = parts.get(6);
        String factor = types.size() == 4 ? types.get(1) : "f16";
        String sums = types.get(types.size() - 1);
        Fragment a = Fragment.of("a", shape, factor);
        Fragment b = Fragment.of("b", shape, factor);
        Fragment c = Fragment.of("c", shape, sums);
        Fragment d = Fragment.of("d", shape, types.get(0));
        Form form = Alu.find("wmma", parts.subList(1, parts.size()), 4);
        assertTrue(form.warp());
        assertEquals(a.registers() + b.registers() + c.registers(), form.sources().size());
        Values[] in = form.sources().stream().map(k -> Values.of(k, LANES)).toArray(Values[]::new);
        Values[] out = form.results().stream().map(k -> Values.of(k, LANES)).toArray(Values[]::new);
        Random random = new Random(text.hashCode());
        for (int warp = 0; warp < LANES; warp += 32) {
            double[] x = fill(a, factor, in, 0, warp, random);
            double[] y = fill(b, factor, in, a.registers(), warp, random);
            double[] z = fill(c, sums, in, a.registers() + b.registers(), warp, random);
            form.body().run(out, in, LANES);
            for (int lane = 0; lane < 32; lane++) {
                for (int r = 0; r < d.registers(); r++) {
                    for (int part = 0; part < d.perRegister(); part++) {
                        int e = d.element(lane, r, part);
                        double sum = z[e];
                        for (int k = 0; k < a.columns(); k++) {
                            sum += x[e / d.columns() * a.columns() + k] * y[k * d.columns() + e % d.columns()];
                        }
                        assertEquals(sum, get(types.get(0), out[r], warp + lane, part), text);
                    }
                }
            }
        }
    }

    /** Small integers, which no sum rounds, at the places that the fragment names. */
    private static double[] fill(Fragment fragment, String type, Values[] in, int first, int warp, Random random) {
        double[] matrix = new double[fragment.rows() * fragment.columns()];
        Arrays.setAll(matrix, i -> random.nextInt(9) - (type.equals("u8") ? 0 : 4));
        for (int r = 0; r < fragment.registers(); r++) {
            for (int lane = 0; lane < 32; lane++) {
                for (int part = 0; part < fragment.perRegister(); part++) {
                    double value = matrix[fragment.element(lane, r, part)];
                    Values register = in[first + r];
                    Ieee floating = Ieee.of(type.equals("tf32") ? "f32" : type);
                    if (register.f != null) {
                        register.f[warp + lane] = (float) value;
                    } else if (register.d != null) {
                        register.d[warp + lane] = value;
                    } else {
                        long bits = floating == null ? (long) value & (1L << fragment.bits()) - 1
                                : floating.write(Ieee.of("f64").read(Double.doubleToRawLongBits(value)), "rn");
                        register.i[warp + lane] |= (int) (bits << part * fragment.bits());
                    }
                }
            }
        }
        return matrix;
    }

    private static double get(String type, Values register, int lane, int part) {
        return switch (type) {
            case "f32" -> register.f[lane];
            case "f64" -> register.d[lane];
            case "s32" -> register.i[lane];
            default -> Double.longBitsToDouble(Ieee.of("f64").write(Ieee.of("f16").read(register.i[lane] >>> 16 * part & 0xffff), "rn"));
        };
    }

    @Test
    void everyElementHasAPlace() {
        for (String shape : List.of("m16n16k16", "m32n8k16", "m8n32k16", "m16n16k8", "m8n8k4")) {
            for (String type : List.of("f16", "bf16", "u8", "s8", "s32", "f32", "tf32", "f64")) {
                for (String role : List.of("a", "b", "c", "d")) {
                    Fragment f = Fragment.of(role, shape, type);
                    if (f != null) {
                        boolean[] held = new boolean[f.rows() * f.columns()];
                        for (int i = 0; i < 32 * f.registers() * f.perRegister(); i++) {
                            held[f.element(i % 32, i / 32 % f.registers(), i / 32 / f.registers())] = true;
                        }
                        for (boolean each : held) {
                            assertTrue(each, role + " " + shape + " " + type);
                        }
                    }
                }
            }
        }
        assertNull(Fragment.of("a", "m16n16k16", "f32"));
        assertNull(Fragment.of("e", "m16n16k16", "f16"));
    }

    @Test
    void placesFollowTheLayout() {
        Fragment b = Fragment.of("b", "m32n8k16", "bf16");
        assertEquals(3 * 100 + 5, b.place(3 * 8 + 5, true, 100));
        assertEquals(5 * 100 + 3, b.place(3 * 8 + 5, false, 100));
    }
}

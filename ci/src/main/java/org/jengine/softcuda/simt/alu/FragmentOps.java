package org.jengine.softcuda.simt.alu;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.simt.alu.DoubleShapes.DofI;

/** Products of {@link Fragment}s (PTX ISA 9.7.14.4, wmma.mma), added up as {@link MatrixOps} does it. */
final class FragmentOps {
    static final Map<String, Loops.Once<Form>> FORMS = table().done();
    private static final int WARP = 32;

    private FragmentOps() {
    }

    private static Table table() {
        Table t = new Table();
        String layouts = "wmma.mma.sync.aligned.{row,col}.{row,col}.";
        for (String shape : List.of("m16n16k16", "m32n8k16", "m8n32k16")) {
            for (String d : List.of("f16", "f32")) {
                for (String c : List.of("f16", "f32")) {
                    add(t, layouts + shape + "." + d + "." + c, new Product(shape, d, "f16", c, false));
                }
            }
            add(t, layouts + shape + ".f32.bf16.bf16.f32", new Product(shape, "f32", "bf16", "f32", false));
            for (String type : List.of("u8", "s8")) {
                String types = ".s32." + type + "." + type + ".s32";
                add(t, layouts + shape + types, new Product(shape, "s32", type, "s32", false));
                add(t, layouts + shape + types + ".satfinite", new Product(shape, "s32", type, "s32", true));
            }
        }
        add(t, layouts + "m16n16k8.f32.tf32.tf32.f32", new Product("m16n16k8", "f32", "tf32", "f32", false));
        add(t, layouts + "m8n8k4{,.rn}.f64.f64.f64.f64", new Product("m8n8k4", "f64", "f64", "f64", false));
        return t;
    }

    private static void add(Table t, String texts, Product product) {
        t.add(texts, 4, product::form);
    }

    /** {@code of}: the type of both factors. */
    private record Product(String shape, String d, String of, String c, boolean clamps) {
        Form form() {
            Fragment a = Fragment.of("a", shape, of);
            Fragment b = Fragment.of("b", shape, of);
            Fragment sums = Fragment.of("c", shape, c);
            Fragment results = Fragment.of("d", shape, d);
            List<Kind> sources = new ArrayList<>(Collections.nCopies(a.registers(), a.kind()));
            sources.addAll(Collections.nCopies(b.registers(), b.kind()));
            sources.addAll(Collections.nCopies(sums.registers(), sums.kind()));
            return new Form(Collections.nCopies(results.registers(), results.kind()), sources, false, false, true, (out, in, n) -> {
                for (int warp = 0; warp < n; warp += WARP) {
                    double[] x = read(a, in, 0, warp, value(of));
                    double[] y = read(b, in, a.registers(), warp, value(of));
                    double[] z = read(sums, in, a.registers() + b.registers(), warp, value(c));
                    multiply(a, b, x, y, z);
                    write(results, out, warp, z);
                }
            });
        }

        /** An element of the lower bits of an int. */
        private static DofI value(String type) {
            return switch (type) {
                case "f16" -> Format::ofF16Low;
                case "bf16" -> Format::ofBf16;
                case "tf32" -> x -> Float.intBitsToFloat(x & 0xffffe000);
                case "u8" -> x -> x & 0xff;
                case "s8" -> x -> (byte) x;
                default -> x -> x;
            };
        }

        private static double[] read(Fragment fragment, Values[] in, int first, int warp, DofI value) {
            double[] matrix = new double[fragment.rows() * fragment.columns()];
            for (int r = 0; r < fragment.registers(); r++) {
                Values register = in[first + r];
                for (int lane = 0; lane < WARP; lane++) {
                    for (int part = 0; part < fragment.perRegister(); part++) {
                        matrix[fragment.element(lane, r, part)] = switch (fragment.kind()) {
                            case F32 -> register.f[warp + lane];
                            case F64 -> register.d[warp + lane];
                            default -> value.at(register.i[warp + lane] >>> part * fragment.bits());
                        };
                    }
                }
            }
            return matrix;
        }

        /** Integers are exact in double; all but f64 is rounded to float after each step. */
        private void multiply(Fragment a, Fragment b, double[] x, double[] y, double[] z) {
            boolean floats = d.equals("f32") || d.equals("f16");
            for (int row = 0; row < a.rows(); row++) {
                for (int column = 0; column < b.columns(); column++) {
                    int at = row * b.columns() + column;
                    for (int k = 0; k < a.columns(); k++) {
                        double first = x[row * a.columns() + k];
                        double second = y[k * b.columns() + column];
                        z[at] = floats ? Math.fma((float) first, (float) second, (float) z[at]) : Math.fma(first, second, z[at]);
                    }
                }
            }
        }

        private void write(Fragment results, Values[] out, int warp, double[] z) {
            for (int r = 0; r < results.registers(); r++) {
                for (int lane = 0; lane < WARP; lane++) {
                    double first = z[results.element(lane, r, 0)];
                    switch (d) {
                        case "f32" -> out[r].f[warp + lane] = (float) first;
                        case "f64" -> out[r].d[warp + lane] = first;
                        case "s32" -> out[r].i[warp + lane] = clamps ? IntegerOps.clamp((long) first) : (int) (long) first;
                        default -> out[r].i[warp + lane] = Format.nearestF16((float) first)
                                | Format.nearestF16((float) z[results.element(lane, r, 1)]) << 16;
                    }
                }
            }
        }
    }
}

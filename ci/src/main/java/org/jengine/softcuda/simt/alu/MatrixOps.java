package org.jengine.softcuda.simt.alu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.simt.alu.FloatShapes.FofI;

/**
 * Matrix products of a warp (PTX ISA 9.7.14.5, mma.sync). Products of 16-bit, 8-bit and tf32 elements are exact and are added to the
 * accumulator one after the other in f32, in the order of k, each sum rounded to nearest; accumulators of f16 are rounded once, at the
 * end. Tensor cores add several products at a time, in an order and with roundings that are not documented, so that their results
 * differ from these in the last bits. Products of f64 are added in the order of k by fma. Integers are exact.
 */
final class MatrixOps {
    static final Map<String, Loops.Once<Form>> FORMS = table().done();
    private static final int WARP = 32;
    private static final int COLUMNS = 8;

    private MatrixOps() {
    }

    /**
     * A product's sizes, of which the place of each element follows: a lane holds {@code perRegister} neighbours along k in each
     * register; the four lanes of a group lie side by side along k, the eight groups along m or n. Further registers of A go first to
     * the rows 8 below, then along k.
     */
    private record Shape(int rows, int depth, int perRegister) {
        String text() {
            return "m" + rows + "n8k" + depth;
        }

        int registersOfA() {
            return rows * depth / (WARP * perRegister);
        }

        int registersOfB() {
            return depth * COLUMNS / (WARP * perRegister);
        }

        /** Of 32 bits or more each. */
        int results() {
            return rows * COLUMNS / WARP;
        }

        /** The row of A that a lane's register holds elements of. */
        int row(int lane, int register) {
            return (lane >> 2) + (rows == 16 ? (register & 1) * 8 : 0);
        }

        /** The first k of a register of A. */
        int startInA(int lane, int register) {
            return (lane & 3) * perRegister + (rows == 16 ? register >> 1 : register) * 4 * perRegister;
        }

        int startInB(int lane, int register) {
            return (lane & 3) * perRegister + register * 4 * perRegister;
        }

        /** Where in the results, by rows, a lane's number lies. */
        int result(int lane, int number) {
            return ((lane >> 2) + (number >> 1) * 8) * COLUMNS + (lane & 3) * 2 + (number & 1);
        }
    }

    private static Table table() {
        Table t = new Table();
        FofI half = Format::ofF16Low;
        FofI brain = Format::ofBf16;
        FofI tf32 = x -> Float.intBitsToFloat(x & 0xffffe000);
        for (int depth : new int[] {8, 16}) {
            Shape shape = new Shape(16, depth, 2);
            floats(t, shape, "f16", half, "f16", half, "f32");
            floats(t, shape, "f16", half, "f16", half, "f16");
            floats(t, shape, "bf16", brain, "bf16", brain, "f32");
        }
        for (int depth : new int[] {4, 8}) {
            floats(t, new Shape(16, depth, 1), "tf32", tf32, "tf32", tf32, "f32");
        }
        Map<String, FofI> eights = Map.of("e4m3", Format::ofE4m3, "e5m2", Format::ofE5m2);
        for (int depth : new int[] {16, 32}) {
            for (String a : eights.keySet()) {
                for (String b : eights.keySet()) {
                    floats(t, new Shape(16, depth, 4), a, eights.get(a), b, eights.get(b), "f32");
                    floats(t, new Shape(16, depth, 4), a, eights.get(a), b, eights.get(b), "f16");
                }
            }
        }
        for (Shape shape : List.of(new Shape(8, 4, 1), new Shape(16, 4, 1), new Shape(16, 8, 1), new Shape(16, 16, 1))) {
            t.add("mma.sync.aligned." + shape.text() + ".row.col.f64.f64.f64.f64", 4, () -> form(shape, Kind.F64, Kind.F64,
                    shape.results(), (d, s, n) -> doubles(shape, d, s, n)));
        }
        for (int bits : new int[] {4, 8}) {
            int per = 32 / bits;
            for (Shape shape : List.of(new Shape(8, 4 * per, per), new Shape(16, 4 * per, per), new Shape(16, 8 * per, per))) {
                integers(t, shape, bits);
            }
        }
        return t;
    }

    private static Form form(Shape shape, Kind of, Kind sums, int results, Body body) {
        List<Kind> sources = new ArrayList<>(Collections.nCopies(shape.registersOfA() + shape.registersOfB(), of));
        sources.addAll(Collections.nCopies(results, sums));
        return new Form(Collections.nCopies(results, sums), sources, false, false, true, body);
    }

    private static void floats(Table t, Shape shape, String a, FofI ofA, String b, FofI ofB, String sums) {
        boolean half = sums.equals("f16");
        t.add("mma.sync.aligned." + shape.text() + ".row.col." + sums + "." + a + "." + b + "." + sums, 4, () -> form(shape, Kind.I32,
                half ? Kind.I32 : Kind.F32, half ? shape.results() / 2 : shape.results(), new Floats(shape, ofA, ofB, half)));
    }

    /** Products that are added in f32. */
    private static final class Floats implements Body {
        private final Shape shape;
        private final FofI ofA;
        private final FofI ofB;
        private final boolean half;
        /** Where in A each lane's elements go, by registers, lanes and elements; B and the results alike. */
        private final int[] placesInA;
        private final int[] placesInB;
        private final int[] placesOfResults;

        Floats(Shape shape, FofI ofA, FofI ofB, boolean half) {
            this.shape = shape;
            this.ofA = ofA;
            this.ofB = ofB;
            this.half = half;
            int per = shape.perRegister;
            placesInA = new int[shape.registersOfA() * WARP * per];
            Arrays.setAll(placesInA, i -> shape.row(i / per % WARP, i / per / WARP) * shape.depth
                    + shape.startInA(i / per % WARP, i / per / WARP) + i % per);
            placesInB = new int[shape.registersOfB() * WARP * per];
            Arrays.setAll(placesInB, i -> (shape.startInB(i / per % WARP, i / per / WARP) + i % per) * COLUMNS + (i / per % WARP >> 2));
            placesOfResults = new int[shape.results() * WARP];
            Arrays.setAll(placesOfResults, i -> shape.result(i % WARP, i / WARP));
        }

        @Override
        public void run(Values[] out, Values[] in, int n) {
            float[] a = new float[shape.rows * shape.depth];
            float[] b = new float[shape.depth * COLUMNS];
            float[] c = new float[shape.rows * COLUMNS];
            int operandsInA = shape.registersOfA();
            int operands = operandsInA + shape.registersOfB();
            for (int warp = 0; warp < n; warp += WARP) {
                for (int r = 0; r < operands; r++) {
                    boolean inA = r < operandsInA;
                    gather(inA ? a : b, inA ? placesInA : placesInB, inA ? r : r - operandsInA, in[r].i, warp, inA ? ofA : ofB);
                }
                for (int r = 0; r < shape.results(); r++) {
                    for (int lane = 0; lane < WARP; lane++) {
                        c[placesOfResults[r * WARP + lane]] = half ? Format.ofF16Low(in[operands + r / 2].i[warp + lane] >>> 16 * (r & 1))
                                : in[operands + r].f[warp + lane];
                    }
                }
                product(a, b, c, shape.rows, shape.depth);
                for (int r = 0; r < shape.results(); r++) {
                    for (int lane = 0; lane < WARP; lane++) {
                        float sum = c[placesOfResults[r * WARP + lane]];
                        if (!half) {
                            out[r].f[warp + lane] = sum;
                        } else if ((r & 1) == 0) {
                            out[r / 2].i[warp + lane] = Format.nearestF16(sum);
                        } else {
                            out[r / 2].i[warp + lane] |= Format.nearestF16(sum) << 16;
                        }
                    }
                }
            }
        }

        private void gather(float[] to, int[] places, int number, int[] register, int warp, FofI value) {
            int per = shape.perRegister;
            int width = 32 / per;
            int place = number * WARP * per;
            for (int lane = 0; lane < WARP; lane++) {
                int bits = register[warp + lane];
                for (int e = 0; e < per; e++) {
                    to[places[place++]] = value.at(bits >>> e * width);
                }
            }
        }

        private static void product(float[] a, float[] b, float[] c, int rows, int depth) {
            for (int row = 0; row < rows; row++) {
                int at = row * COLUMNS;
                float c0 = c[at];
                float c1 = c[at + 1];
                float c2 = c[at + 2];
                float c3 = c[at + 3];
                float c4 = c[at + 4];
                float c5 = c[at + 5];
                float c6 = c[at + 6];
                float c7 = c[at + 7];
                for (int k = 0; k < depth; k++) {
                    float with = a[row * depth + k];
                    int of = k * COLUMNS;
                    c0 = Math.fma(with, b[of], c0);
                    c1 = Math.fma(with, b[of + 1], c1);
                    c2 = Math.fma(with, b[of + 2], c2);
                    c3 = Math.fma(with, b[of + 3], c3);
                    c4 = Math.fma(with, b[of + 4], c4);
                    c5 = Math.fma(with, b[of + 5], c5);
                    c6 = Math.fma(with, b[of + 6], c6);
                    c7 = Math.fma(with, b[of + 7], c7);
                }
                c[at] = c0;
                c[at + 1] = c1;
                c[at + 2] = c2;
                c[at + 3] = c3;
                c[at + 4] = c4;
                c[at + 5] = c5;
                c[at + 6] = c6;
                c[at + 7] = c7;
            }
        }
    }

    private static void doubles(Shape shape, Values[] out, Values[] in, int n) {
        double[] a = new double[shape.rows * shape.depth];
        double[] b = new double[shape.depth * COLUMNS];
        int operands = shape.registersOfA() + shape.registersOfB();
        for (int warp = 0; warp < n; warp += WARP) {
            for (int lane = 0; lane < WARP; lane++) {
                for (int r = 0; r < shape.registersOfA(); r++) {
                    a[shape.row(lane, r) * shape.depth + shape.startInA(lane, r)] = in[r].d[warp + lane];
                }
                for (int r = 0; r < shape.registersOfB(); r++) {
                    b[shape.startInB(lane, r) * COLUMNS + (lane >> 2)] = in[shape.registersOfA() + r].d[warp + lane];
                }
            }
            for (int lane = 0; lane < WARP; lane++) {
                for (int r = 0; r < shape.results(); r++) {
                    int at = shape.result(lane, r);
                    double sum = in[operands + r].d[warp + lane];
                    for (int k = 0; k < shape.depth; k++) {
                        sum = Math.fma(a[at / COLUMNS * shape.depth + k], b[k * COLUMNS + at % COLUMNS], sum);
                    }
                    out[r].d[warp + lane] = sum;
                }
            }
        }
    }

    private static void integers(Table t, Shape shape, int bits) {
        for (String a : new String[] {"u", "s"}) {
            for (String b : new String[] {"u", "s"}) {
                for (boolean clamps : new boolean[] {false, true}) {
                    String types = ".s32." + a + bits + "." + b + bits + ".s32";
                    t.add("mma.sync.aligned." + shape.text() + ".row.col" + (clamps ? ".satfinite" : "") + types, 4,
                            () -> form(shape, Kind.I32, Kind.I32, shape.results(),
                                    (d, s, n) -> integers(shape, a.equals("s"), b.equals("s"), clamps, d, s, n)));
                }
            }
        }
    }

    private static void integers(Shape shape, boolean signedA, boolean signedB, boolean clamps, Values[] out, Values[] in, int n) {
        int width = 32 / shape.perRegister;
        int[] a = new int[shape.rows * shape.depth];
        int[] b = new int[shape.depth * COLUMNS];
        int operands = shape.registersOfA() + shape.registersOfB();
        for (int warp = 0; warp < n; warp += WARP) {
            for (int lane = 0; lane < WARP; lane++) {
                for (int e = 0; e < shape.perRegister; e++) {
                    for (int r = 0; r < shape.registersOfA(); r++) {
                        a[shape.row(lane, r) * shape.depth + shape.startInA(lane, r) + e] =
                                element(in[r].i[warp + lane], e, width, signedA);
                    }
                    for (int r = 0; r < shape.registersOfB(); r++) {
                        b[(shape.startInB(lane, r) + e) * COLUMNS + (lane >> 2)] =
                                element(in[shape.registersOfA() + r].i[warp + lane], e, width, signedB);
                    }
                }
            }
            for (int lane = 0; lane < WARP; lane++) {
                for (int r = 0; r < shape.results(); r++) {
                    int at = shape.result(lane, r);
                    long sum = in[operands + r].i[warp + lane];
                    for (int k = 0; k < shape.depth; k++) {
                        sum += a[at / COLUMNS * shape.depth + k] * b[k * COLUMNS + at % COLUMNS];
                    }
                    out[r].i[warp + lane] = clamps ? IntegerOps.clamp(sum) : (int) sum;
                }
            }
        }
    }

    private static int element(int register, int number, int width, boolean signed) {
        int high = register << 32 - width * (number + 1);
        return signed ? high >> 32 - width : high >>> 32 - width;
    }
}

package org.jengine.softcuda.simt.alu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Matrix products of a warp, with the places of their elements as the figures of PTX ISA 9.7.14.5 have them, element by element. */
class MatrixTest {
    private static final int LANES = 64;

    /** Where the element of number i lies that thread t of group g holds. */
    private interface Place {
        int at(int i, int g, int t);
    }

    private record Layout(Place rowA, Place columnA, Place rowB) {
    }

    /** By bits of an element and shape. */
    private static final Map<String, Layout> LAYOUTS = Map.ofEntries(
            Map.entry("16 m16n8k8", new Layout((i, g, t) -> i < 2 ? g : g + 8, (i, g, t) -> t * 2 + (i & 1), (i, g, t) -> t * 2 + i)),
            Map.entry("16 m16n8k16", new Layout((i, g, t) -> i < 2 || i >= 4 && i < 6 ? g : g + 8,
                    (i, g, t) -> i < 4 ? t * 2 + (i & 1) : t * 2 + (i & 1) + 8,
                    (i, g, t) -> i < 2 ? t * 2 + (i & 1) : t * 2 + (i & 1) + 8)),
            Map.entry("32 m16n8k4", new Layout((i, g, t) -> i == 0 ? g : g + 8, (i, g, t) -> t, (i, g, t) -> t)),
            Map.entry("32 m16n8k8", new Layout((i, g, t) -> i == 0 || i == 2 ? g : g + 8, (i, g, t) -> i < 2 ? t : t + 4,
                    (i, g, t) -> i == 0 ? t : t + 4)),
            Map.entry("64 m8n8k4", new Layout((i, g, t) -> g, (i, g, t) -> t, (i, g, t) -> t)),
            Map.entry("64 m16n8k4", new Layout((i, g, t) -> i == 0 ? g : g + 8, (i, g, t) -> t, (i, g, t) -> t)),
            Map.entry("64 m16n8k8", new Layout((i, g, t) -> i == 0 || i == 2 ? g : g + 8, (i, g, t) -> i < 2 ? t : t + 4,
                    (i, g, t) -> i == 0 ? t : t + 4)),
            Map.entry("64 m16n8k16", new Layout((i, g, t) -> i % 2 == 0 ? g : g + 8, (i, g, t) -> i % 2 == 0 ? i * 2 + t : i * 2 - 2 + t,
                    (i, g, t) -> t + i * 4)),
            Map.entry("8 m8n8k16", new Layout((i, g, t) -> g, (i, g, t) -> t * 4 + i, (i, g, t) -> t * 4 + i)),
            Map.entry("8 m16n8k16", new Layout((i, g, t) -> i < 4 ? g : g + 8, (i, g, t) -> t * 4 + (i & 3), (i, g, t) -> t * 4 + i)),
            Map.entry("8 m16n8k32", new Layout((i, g, t) -> i < 4 || i >= 8 && i < 12 ? g : g + 8,
                    (i, g, t) -> i < 8 ? t * 4 + (i & 3) : t * 4 + (i & 3) + 16,
                    (i, g, t) -> i < 4 ? t * 4 + (i & 3) : t * 4 + (i & 3) + 16)),
            Map.entry("4 m8n8k32", new Layout((i, g, t) -> g, (i, g, t) -> t * 8 + i, (i, g, t) -> t * 8 + i)),
            Map.entry("4 m16n8k32", new Layout((i, g, t) -> i < 8 ? g : g + 8, (i, g, t) -> t * 8 + (i & 7), (i, g, t) -> t * 8 + i)),
            Map.entry("4 m16n8k64", new Layout((i, g, t) -> i < 8 || i >= 16 && i < 24 ? g : g + 8,
                    (i, g, t) -> i < 16 ? t * 8 + (i & 7) : t * 8 + (i & 7) + 32,
                    (i, g, t) -> i < 8 ? t * 8 + (i & 7) : t * 8 + (i & 7) + 32)));

    private static Stream<String> forms() {
        return Alu.forms().stream().filter(f -> f.startsWith("mma."));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void isTheProduct(String text) {
        List<String> parts = List.of(text.substring(0, text.indexOf('/')).split("\\."));
        int count = parts.size();
        String sums = parts.get(count - 1);
        String a = parts.get(count - 3);
        String b = parts.get(count - 2);
        int width = a.equals("e4m3") || a.equals("e5m2") ? 8 : a.equals("tf32") ? 32 : IntegerStatements.width(a);
        Layout layout = LAYOUTS.get(width + " " + parts.get(3));
        assertNotNull(layout, text);
        int rows = parts.get(3).startsWith("m16") ? 16 : 8;
        int depth = Integer.parseInt(parts.get(3).replaceAll(".*k", ""));
        Form form = Alu.find("mma", parts.subList(1, count), 4);
        assertTrue(form.warp());
        Random random = new Random(text.hashCode());
        for (boolean exact : new boolean[] {true, false}) {
            Values[] in = form.sources().stream().map(k -> Values.of(k, LANES)).toArray(Values[]::new);
            Values[] out = form.results().stream().map(k -> Values.of(k, LANES)).toArray(Values[]::new);
            double[][][] x = new double[LANES / 32][rows][depth];
            double[][][] y = new double[LANES / 32][depth][8];
            double[][][] z = new double[LANES / 32][rows][8];
            int ofA = rows * depth * width / 1024;
            int registersA = Math.max(width, 32) == 64 ? ofA / 2 : ofA;
            int registersB = registersA * 8 / rows;
            int perLane = rows * depth / 32;
            for (int lane = 0; lane < LANES; lane++) {
                int g = lane % 32 / 4;
                int t = lane % 4;
                for (int i = 0; i < perLane; i++) {
                    x[lane / 32][layout.rowA.at(i, g, t)][layout.columnA.at(i, g, t)] = put(in, 0, lane, i, a, width, exact, random);
                }
                for (int i = 0; i < depth / 4; i++) {
                    y[lane / 32][layout.rowB.at(i, g, t)][g] = put(in, registersA, lane, i, b, width, exact, random);
                }
                for (int i = 0; i < rows / 4; i++) {
                    int of = sums.equals("f16") ? 16 : sums.equals("f64") ? 64 : 32;
                    z[lane / 32][i < 2 ? g : g + 8][t * 2 + (i & 1)] = put(in, registersA + registersB, lane, i, sums, of, exact, random);
                }
            }
            form.body().run(out, in, LANES);
            for (int lane = 0; lane < LANES; lane++) {
                for (int i = 0; i < rows / 4; i++) {
                    int row = i < 2 ? lane % 32 / 4 : lane % 32 / 4 + 8;
                    int column = lane % 4 * 2 + (i & 1);
                    double sum = z[lane / 32][row][column];
                    double size = Math.abs(sum);
                    for (int k = 0; k < depth; k++) {
                        sum += x[lane / 32][row][k] * y[lane / 32][k][column];
                        size += Math.abs(x[lane / 32][row][k] * y[lane / 32][k][column]);
                    }
                    double precision = switch (sums) {
                        case "f16" -> 0x1p-11;
                        case "f32" -> depth * 0x1p-24;
                        case "f64" -> depth * 0x1p-52;
                        default -> 0;
                    };
                    if (parts.contains("satfinite")) {
                        sum = Math.max(Math.min(sum, Integer.MAX_VALUE), Integer.MIN_VALUE);
                    }
                    double actual = get(out, lane, i, sums);
                    double wanted = sums.equals("s32") ? (int) (long) sum : sum;
                    assertEquals(wanted, actual, exact ? 0 : precision * size, "lane " + lane + ", result " + i);
                }
            }
        }
    }

    /** Puts an element that the type has into a register of the lane; where {@code exact}, one with which no sum is rounded. */
    private static double put(Values[] in, int first, int lane, int i, String type, int width, boolean exact, Random random) {
        if (type.equals("f64")) {
            return in[first + i].d[lane] = exact ? random.nextInt(9) - 4 : random.nextGaussian();
        }
        Ieee floating = Ieee.of(type.equals("tf32") ? "f32" : type);
        long bits;
        double value;
        if (floating == null) {
            boolean extreme = type.equals("s32") && !exact;
            bits = extreme ? (random.nextBoolean() ? Integer.MAX_VALUE : Integer.MIN_VALUE) + (long) random.nextInt(3)
                    : random.nextInt() & (1L << Math.min(width, 24)) - 1;
            value = IntegerStatements.value(bits, type).doubleValue();
        } else {
            double drawn = exact ? random.nextInt(9) - 4 : random.nextGaussian();
            bits = floating.write(Ieee.of("f64").read(Double.doubleToRawLongBits(drawn)), "rn");
            if (type.equals("tf32")) {
                // The lower 13 bits do not count.
                bits = bits & ~0x1fffL;
            }
            value = value(floating, bits);
            bits |= type.equals("tf32") ? random.nextInt(0x2000) : 0;
        }
        Values register = in[first + i * width / 32];
        if (register.f != null) {
            register.f[lane] = Float.intBitsToFloat((int) bits);
        } else {
            register.i[lane] |= (int) (bits << i * width % 32);
        }
        return value;
    }

    private static double value(Ieee type, long bits) {
        return Double.longBitsToDouble(Ieee.of("f64").write(type.read(bits), "rn"));
    }

    private static double get(Values[] out, int lane, int i, String type) {
        return switch (type) {
            case "f64" -> out[i].d[lane];
            case "f32" -> out[i].f[lane];
            case "f16" -> value(Ieee.of("f16"), out[i / 2].i[lane] >>> 16 * (i & 1) & 0xffff);
            default -> out[i].i[lane];
        };
    }

    /** A NaN in A reaches its row, and nothing else. */
    @ParameterizedTest
    @MethodSource("forms")
    void nanStaysInItsRow(String text) {
        List<String> parts = List.of(text.substring(0, text.indexOf('/')).split("\\."));
        Form form = Alu.find("mma", parts.subList(1, parts.size()), 4);
        String a = parts.get(parts.size() - 3);
        Values[] in = form.sources().stream().map(k -> Values.of(k, 32)).toArray(Values[]::new);
        Values[] out = form.results().stream().map(k -> Values.of(k, 32)).toArray(Values[]::new);
        boolean floating = Ieee.of(a) != null;
        String sums = parts.get(parts.size() - 1);
        int perRegister = sums.equals("f16") ? 2 : 1;
        if (in[0].d != null) {
            in[0].d[5] = Double.NaN;
        } else {
            in[0].i[5] = floating ? (int) Ieee.of(a).nan() : 0;
        }
        form.body().run(out, in, 32);
        int[] lanes = new int[32];
        for (int lane = 0; lane < 32; lane++) {
            for (int i = 0; i < out.length; i++) {
                lanes[lane] += Double.isNaN(get(out, lane, perRegister * i, sums)) ? 1 : 0;
            }
        }
        int each = floating ? 2 / perRegister : 0;
        int[] wanted = new int[32];
        Arrays.fill(wanted, 4, 8, each);
        assertEquals(Arrays.toString(wanted), Arrays.toString(lanes));
    }
}

package org.jengine.softcuda.simt.alu;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every form of the grammar with which lanes of a warp tell one another something, against what the ISA says of it. */
class WarpGrammarTest extends GrammarForms {
    static final List<String> OPCODES = List.of("shfl", "vote", "match", "redux", "elect", "ldmatrix", "stmatrix", "movmatrix", "wmma");
    private static final int WARP = 32;

    /** Of a thread's first long the lowest bits: few values, so that lanes agree. */
    private static final String FEW = "ld.global.u64 %l1, [%l15]; and.b64 %l1, %l1, 3; cvt.u32.u64 %r1, %l1; setp.ne.u32 %p1, %r1, 0;\n";

    private static long few(long[] given, int thread) {
        return given[GIVEN * thread] & 3;
    }

    private static IntStream warp(int thread) {
        return IntStream.range(thread / WARP * WARP, thread / WARP * WARP + WARP);
    }

    private static int lanes(int thread, IntPredicate of) {
        return warp(thread).map(other -> of.test(other) ? 1 << other % WARP : 0).sum();
    }

    @Test
    void lanesTellWhatTheyHold() {
        check(List.of("shfl"), (form, words) -> program(FEW + form + " %r0|%p0, %r1, 3, " + (words.contains("up") ? 0 : 31)
                + ", -1; selp.u32 %r2, 1, 0, %p0; st.global.v2.u32 [%l14], {%r0, %r2};", (given, t) -> {
                    int lane = t % WARP;
                    int from = switch (words.get(2)) {
                        case "up" -> lane - 3;
                        case "down" -> lane + 3;
                        case "bfly" -> lane ^ 3;
                        default -> 3;
                    };
                    boolean there = from >= 0 && from < WARP;
                    return new long[] {few(given, there ? t - lane + from : t) | (there ? 1L << WARP : 0)};
                }));
        check(List.of("vote"), (form, words) -> program(FEW + (words.contains("ballot") ? form + " %r0, %p1, -1;\n"
                : form + " %p0, %p1, -1; selp.u32 %r0, 1, 0, %p0;\n") + "st.global.u32 [%l14], %r0;", (given, t) -> {
                    int set = lanes(t, other -> few(given, other) != 0);
                    return new long[] {switch (words.get(2)) {
                        case "all" -> set == -1 ? 1 : 0;
                        case "any" -> set != 0 ? 1 : 0;
                        case "uni" -> set == 0 || set == -1 ? 1 : 0;
                        default -> set & 0xffffffffL;
                    }};
                }));
        check(List.of("match"), (form, words) -> program(FEW + "and.b32 %r2, %t, 32; setp.eq.u32 %p0, %r2, 0;\n"
                + "@%p0 mov.u32 %r1, 7; @%p0 mov.u64 %l1, 7;\n" + form + " %r0, " + (form.endsWith("64") ? "%l1" : "%r1") + ", -1;\n"
                + "st.global.u32 [%l14], %r0;", (given, t) -> {
                    int equal = t < WARP ? -1 : lanes(t, other -> few(given, other) == few(given, t));
                    return new long[] {(words.contains("any") || equal == -1 ? equal : 0) & 0xffffffffL};
                }));
    }

    @Test
    void lanesJoinWhatTheyHold() {
        check(List.of("redux"), (form, words) -> program("ld.global.u32 %r1, [%l15]; " + form + " %r0, %r1, -1; st.global.u32 [%l14], %r0;",
                (given, t) -> new long[] {warp(t).map(other -> (int) given[GIVEN * other]).reduce((a, b) -> switch (words.get(2)) {
                    case "add" -> a + b;
                    case "min" -> words.contains("s32") ? Math.min(a, b) : Integer.compareUnsigned(a, b) < 0 ? a : b;
                    case "max" -> words.contains("s32") ? Math.max(a, b) : Integer.compareUnsigned(a, b) > 0 ? a : b;
                    case "and" -> a & b;
                    case "or" -> a | b;
                    default -> a ^ b;
                }).orElseThrow() & 0xffffffffL}));
        // The ISA leaves open which one it is, as long as all are told of the same.
        check(List.of("elect"), (form, words) -> program(form + " %r0|%p0, -1; selp.u32 %r1, 1, 0, %p0;\n"
                + "redux.sync.add.u32 %r2, %r1, -1; redux.sync.min.u32 %r3, %r0, -1; redux.sync.max.u32 %r4, %r0, -1;\n"
                + "and.b32 %r5, %t, 31; setp.eq.u32 %p1, %r5, %r0; selp.u32 %r5, 1, 0, %p1; sub.u32 %r4, %r4, %r3; sub.u32 %r5, %r5, %r1;\n"
                + "st.global.v2.u32 [%l14], {%r2, %r4}; st.global.u32 [%l14+8], %r5;", (given, t) -> new long[] {1, 0}));
    }

    /** What is at a row and column of a lane's matrix of 16-bit elements, as the ISA spreads those over a warp. */
    private static long pair(boolean trans, int lane, IntBinaryOperator element) {
        int row = lane / 4;
        int column = lane % 4 * 2;
        int low = trans ? element.applyAsInt(column, row) : element.applyAsInt(row, column);
        int high = trans ? element.applyAsInt(column + 1, row) : element.applyAsInt(row, column + 1);
        return (low | (long) high << Short.SIZE) & 0xffffffffL;
    }

    private static int half(long[] given, int row, int column) {
        return (int) (given[GIVEN * row + column / 4] >>> column % 4 * Short.SIZE) & 0xffff;
    }

    @Test
    void matricesAreSpreadOverWarps() {
        String filled = "ld.global.v2.u64 {%l0, %l1}, [%l15]; st.shared.v2.u64 [%r15], {%l0, %l1}; bar.warp.sync -1;\n"
                + "cvt.u64.u32 %l2, %r15; cvta.shared.u64 %l2, %l2;\n";
        check(List.of("ldmatrix"), (form, words) -> {
            int count = words.get(4).charAt(1) - '0';
            return program(filled + form + " " + vector(count) + ", [" + (form.contains("shared") ? "%r15" : "%l2") + "];\n"
                    + told(count), (given, t) -> {
                        long[] expected = new long[TAKEN];
                        for (int m = 0; m < count; m++) {
                            int first = t / WARP * WARP + 8 * m;
                            long pair = pair(words.contains("trans"), t % WARP, (r, c) -> half(given, first + r, c));
                            expected[m / 2] |= pair << m % 2 * Integer.SIZE;
                        }
                        return expected;
                    });
        });
        check(List.of("stmatrix"), (form, words) -> {
            int count = words.get(4).charAt(1) - '0';
            return program("mov.u64 %l0, -1; st.shared.v2.u64 [%r15], {%l0, %l0}; bar.warp.sync -1;\n"
                    + "ld.global.v4.u32 {%r0, %r1, %r2, %r3}, [%l15]; cvt.u64.u32 %l2, %r15; cvta.shared.u64 %l2, %l2;\n"
                    + form + " [" + (form.contains("shared") ? "%r15" : "%l2") + "], " + vector(count) + ";\nbar.warp.sync -1;\n"
                    + "ld.shared.v2.u64 {%l0, %l1}, [%r15]; st.global.v2.u64 [%l14], {%l0, %l1};", (given, t) -> {
                        long[] expected = {-1, -1};
                        int m = t % WARP / 8;
                        for (int c = 0; m < count && c < 8; c++) {
                            int row = words.contains("trans") ? c : t % 8;
                            int column = words.contains("trans") ? t % 8 : c;
                            int lane = t / WARP * WARP + row * 4 + column / 2;
                            long value = given[GIVEN * lane + m / 2] >>> m % 2 * Integer.SIZE + column % 2 * Short.SIZE & 0xffff;
                            expected[c / 4] = expected[c / 4] & ~(0xffffL << c % 4 * Short.SIZE) | value << c % 4 * Short.SIZE;
                        }
                        return expected;
                    });
        });
        check(List.of("movmatrix"), (form, words) -> program("ld.global.u32 %r1, [%l15]; " + form + " %r0, %r1; st.global.u32 [%l14], %r0;",
                (given, t) -> new long[] {pair(true, t % WARP, (r, c) -> {
                    int lane = t / WARP * WARP + r * 4 + c / 2;
                    return (int) (given[GIVEN * lane] >>> c % 2 * Short.SIZE) & 0xffff;
                })}));
    }

    private static String vector(int count) {
        return "{" + IntStream.range(0, count).mapToObj(k -> "%r" + k).collect(Collectors.joining(", ")) + "}";
    }

    private static String told(int count) {
        return IntStream.range(0, count).mapToObj(k -> "st.global.u32 [%l14+" + 4 * k + "], %r" + k + ";\n").collect(Collectors.joining());
    }

    /** The ISA leaves open which lane holds what: {@link FragmentTest} says that it is all of the matrix, and has the products. */
    @Test
    void fragmentsAreWhatLiesInMemory() {
        check(List.of("wmma"), (form, words) -> {
            String type = words.get(words.size() - 1);
            Fragment fragment = Fragment.of(words.get(2), words.get(6), type);
            boolean byRows = words.get(5).equals("row");
            int bytes = fragment.bits() / Byte.SIZE;
            int stride = (byRows ? fragment.columns() : fragment.rows()) + 16 / bytes;
            boolean wide = fragment.kind() == Kind.F64;
            String register = fragment.kind() == Kind.F32 ? "%f" : wide ? "%d" : "%r";
            int width = wide ? Long.BYTES : Integer.BYTES;
            String list = IntStream.range(0, fragment.registers()).mapToObj(k -> register + k).collect(Collectors.joining(", ", "{", "}"));
            return words.get(1).equals("load") ? loaded(form, fragment, byRows, stride, list, width)
                    : stored(form, fragment, byRows, stride, list, width);
        });
    }

    /** The matrix is in the longs of all threads. */
    private static Program loaded(String form, Fragment fragment, boolean byRows, int stride, String list, int width) {
        String body = "ld.global.v2.u64 {%l0, %l1}, [%l15]; ld.global.v2.u64 {%l2, %l3}, [%l15+16];\n"
                + "st.shared.v2.u64 [%r15], {%l0, %l1}; st.shared.v2.u64 [%r15+16], {%l2, %l3};\n"
                + "bar.sync 0; mov.u32 %r9, s;\n" + form + " " + list + ", [" + (form.contains("shared") ? "%r9" : "%out") + "], " + stride
                + ";\n";
        for (int r = 0; r < fragment.registers(); r++) {
            body += "st.global.b" + 8 * width + " [%l14+" + width * r + "], " + list.substring(1, 3) + r + ";\n";
        }
        return program(body, (given, t) -> {
            long[] expected = new long[TAKEN];
            for (int r = 0; r < fragment.registers(); r++) {
                for (int p = 0; p < fragment.perRegister(); p++) {
                    long at = fragment.place(fragment.element(t % WARP, r, p), byRows, stride) * fragment.bits();
                    long value = StepForms.lowest(given[(int) (at / Long.SIZE)] >>> at % Long.SIZE, fragment.bits());
                    int to = 8 * width * r + fragment.bits() * p;
                    expected[to / Long.SIZE] |= value << to % Long.SIZE;
                }
            }
            return expected;
        });
    }

    /** The first warp stores what its threads were given, to where all threads look afterwards. */
    private static Program stored(String form, Fragment fragment, boolean byRows, int stride, String list, int width) {
        boolean shared = form.contains("shared");
        String body = "mov.u32 %r13, s; mad.lo.u32 %r14, %t, 64, %r13; mov.u64 %l9, 0; add.u64 %l13, %out, 2048;\n";
        for (int k = 0; k < TAKEN; k++) {
            body += "st.shared.u64 [%r14+" + 8 * k + "], %l9;\n";
        }
        for (int r = 0; r < fragment.registers(); r++) {
            body += "ld.global.b" + 8 * width + " " + list.substring(1, 3) + r + ", [%l15+" + width * r + "];\n";
        }
        body += "bar.sync 0; setp.ge.u32 %p0, %t, 32; @%p0 bra REST;\n" + form + " [" + (shared ? "%r13" : "%l13") + "], " + list + ", "
                + stride + ";\nREST: bar.sync 0;\n";
        for (int k = 0; shared && k < TAKEN; k++) {
            body += "ld.shared.u64 %l9, [%r14+" + 8 * k + "]; st.global.u64 [%l14+" + 8 * k + "], %l9;\n";
        }
        return program(body, (given, t) -> {
            long[] image = new long[TAKEN * LANES];
            for (int lane = 0; lane < WARP; lane++) {
                for (int r = 0; r < fragment.registers(); r++) {
                    for (int p = 0; p < fragment.perRegister(); p++) {
                        long at = fragment.place(fragment.element(lane, r, p), byRows, stride) * fragment.bits();
                        int from = 8 * width * r + fragment.bits() * p;
                        long value = StepForms.lowest(given[GIVEN * lane + from / Long.SIZE] >>> from % Long.SIZE, fragment.bits());
                        image[(int) (at / Long.SIZE)] |= value << at % Long.SIZE;
                    }
                }
            }
            return Arrays.copyOfRange(image, TAKEN * t, TAKEN * t + TAKEN);
        });
    }
}

package org.jengine.softcuda.simt.alu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.simt.Grammar;
import org.junit.jupiter.api.Test;

/** Every form of the grammar that moves values, says where to go on, or has threads wait, against what the ISA says of it. */
class ControlGrammarTest extends GrammarForms {
    static final List<String> OPCODES = List.of("mov", "cvta", "isspacep", "mapa", "getctarank", "alloca", "stacksave", "stackrestore",
            "activemask", "bra", "brx", "call", "ret", "exit", "trap", "brkpt", "bar", "barrier", "membar", "fence", "nanosleep", "pmevent",
            "discard", "applypriority", "griddepcontrol", "setmaxnreg");
    private static final List<String> SPACES = List.of("global", "shared", "local", "param", "const");

    @Test
    void everyInstructionOfTheGrammarHasATest() {
        assertEquals(new TreeSet<>(Grammar.opcodes()), new TreeSet<>(Stream.of(OPCODES, MemoryGrammarTest.OPCODES, WarpGrammarTest.OPCODES,
                AsyncGrammarTest.OPCODES).flatMap(List::stream).toList()));
    }

    private static long first(long[] given, int thread) {
        return given[GIVEN * thread];
    }

    private static long[] odd(long[] given, int thread, long holds, long other) {
        return new long[] {(first(given, thread) & 1) != 0 ? holds : other};
    }

    @Test
    void valuesComeAsTheyAre() {
        check(List.of("mov"), (form, words) -> {
            int width = words.get(1).equals("b128") ? 128 : StepForms.bits(words.get(1));
            return switch (words.get(1)) {
                case "pred" -> program("ld.global.u64 %l0, [%l15]; and.b64 %l0, %l0, 1; setp.ne.u64 %p0, %l0, 0;\n" + form
                        + " %p1, %p0; selp.u64 %l1, 3, 4, %p1; st.global.u64 [%l14], %l1;", (given, t) -> odd(given, t, 3, 4));
                case "b128" -> program("ld.global.v2.u64 {%l0, %l1}, [%l15];\n" + form + " %q0, {%l0, %l1};\n" + form + " %q1, %q0;\n"
                        + form + " {%l2, %l3}, %q1; st.global.v2.u64 [%l14], {%l2, %l3};",
                        (given, t) -> Arrays.copyOfRange(given, GIVEN * t, GIVEN * t + 2));
                default -> {
                    String r = words.get(1).equals("f32") ? "%f" : words.get(1).equals("f64") ? "%d" : StepForms.register(words.get(1));
                    yield program("ld.global.b" + width + " " + r + "0, [%l15];\n" + form + " " + r + "1, " + r + "0;\nst.global.b" + width
                            + " [%l14], " + r + "1;", (given, t) -> new long[] {StepForms.lowest(first(given, t), width)});
                }
            };
        });
        check(List.of("activemask"), (form, words) -> program("mov.u32 %r0, 0; setp.lt.u32 %p0, %t, 40; @!%p0 bra REST;\n" + form
                + " %r0;\nREST: st.global.u32 [%l14], %r0;", (given, t) -> new long[] {t < 32 ? 0xffffffffL : t < 40 ? 0xff : 0}));
    }

    /** An address of each space in %l0, in its own window, behind which the thread's first long lies; or nothing to tell that from. */
    private static String placed(String space) {
        String stored = "ld.global.u64 %l9, [%l15]; ";
        return switch (space.replaceAll("::.*", "")) {
            case "shared" -> stored + "cvt.u64.u32 %l0, %r15; st.shared.u64 [%l0], %l9;\n";
            case "local" -> stored + "mov.u64 %l0, own; st.local.u64 [%l0], %l9;\n";
            case "param" -> "mov.u64 %l0, p0;\n";
            case "const" -> "mov.u64 %l0, c;\n";
            default -> "mov.u64 %l0, %l15;\n";
        };
    }

    @Test
    void addressesOfASpaceAreGenericOnes() {
        check(List.of("cvta"), (form, words) -> {
            boolean back = words.get(1).equals("to");
            String space = words.get(back ? 2 : 1);
            boolean everyones = space.startsWith("param") || space.equals("const");
            String there = "cvta." + space + ".u64 %l1, %l0;\n" + (back ? form + " %l2, %l1;\n" : form + " %l1, %l0; mov.u64 %l2, %l0;\n");
            return program(placed(space) + there + "ld.u64 %l3, [%l1]; sub.u64 %l2, %l2, %l0; st.global.v2.u64 [%l14], {%l2, %l3};",
                    (given, t) -> new long[] {0, first(given, everyones ? 0 : t)});
        });
        check(List.of("isspacep"), (form, words) -> {
            String own = words.get(1).replaceAll("::.*", "");
            StringBuilder body = new StringBuilder();
            for (String space : SPACES) {
                body.append(placed(space) + "cvta." + space + ".u64 %l1, %l0;\n" + form + " %p0, %l1; selp.u32 %r0, 1, 0, %p0;\n"
                        + "st.global.u32 [%l14], %r0; add.u64 %l14, %l14, 8;\n");
            }
            List<String> in = own.equals("global") ? List.of("global", "param") : List.of(own);
            return program(body.toString(), (given, t) -> SPACES.stream().mapToLong(space -> in.contains(space) ? 1 : 0).toArray());
        });
    }

    /** Of the only block of a cluster the addresses are those of the block. */
    @Test
    void theOnlyBlockOfAClusterIsItsFirst() {
        check(List.of("mapa", "getctarank"), (form, words) -> {
            boolean generic = !words.contains("shared::cluster");
            String width = form.endsWith("64") ? "64" : "32";
            String r = form.endsWith("64") ? "%l" : "%r";
            String address = "cvt.u64.u32 %l1, %r15; " + (generic ? "cvta.shared.u64 %l1, %l1; " : "") + "cvt.u32.u64 %r1, %l1;\n";
            if (words.get(0).equals("getctarank")) {
                return program(address + "mov.u32 %r0, 9; " + form + " %r0, " + r + "1; st.global.u32 [%l14], %r0;",
                        (given, t) -> new long[] {0});
            }
            return program(address + form + " " + r + "0, " + r + "1, 0; sub.u" + width + " " + r + "0, " + r + "0, " + r + "1;\n"
                    + "st.global.u" + width + " [%l14], " + r + "0; st.global.b32 [%l14+8], 7;", (given, t) -> new long[] {0, 7});
        });
    }

    @Test
    void localMemoryIsTakenAndGivenBack() {
        check(List.of("alloca", "stacksave", "stackrestore"), (form, words) -> {
            String type = words.get(1);
            String r = type.equals("u64") ? "%l" : "%r";
            return program("ld.global.v2.u64 {%l8, %l9}, [%l15]; stacksave." + type + " " + r + "0;\n"
                    + "alloca." + type + " " + r + "1, 16, 16; alloca." + type + " " + r + "2, 16, 16;\n"
                    + "st.local.u64 [" + r + "1], %l8; st.local.u64 [" + r + "2], %l9;\n"
                    + "ld.local.u64 %l8, [" + r + "1]; ld.local.u64 %l9, [" + r + "2]; stackrestore." + type + " " + r + "0;\n"
                    + "alloca." + type + " " + r + "3, 16, 16; setp.eq." + type + " %p0, " + r + "3, " + r + "1; selp.u64 %l7, 1, 0, %p0;\n"
                    + "st.global.v2.u64 [%l14], {%l8, %l9}; st.global.u64 [%l14+16], %l7;",
                    (given, t) -> new long[] {first(given, t), given[GIVEN * t + 1], 1});
        });
    }

    @Test
    void threadsGoOnWhereTheyAreTold() {
        String odd = "ld.global.u64 %l0, [%l15]; and.b64 %l1, %l0, 1; setp.ne.u64 %p0, %l1, 0; cvt.u32.u64 %r0, %l1; mov.u64 %l2, 5;\n";
        String told = "st.global.u64 [%l14], %l2;";
        check(List.of("bra"), (form, words) -> program(odd + "@%p0 " + form + " THERE;\nmov.u64 %l2, 6;\nTHERE: " + told,
                (given, t) -> odd(given, t, 5, 6)));
        check(List.of("brx"), (form, words) -> program(odd + "LIST: .branchtargets EVEN, ODD;\n" + form + " %r0, LIST;\nmov.u64 %l2, 9;\n"
                + "EVEN: mov.u64 %l2, 6;\nODD: " + told, (given, t) -> odd(given, t, 5, 6)));
        String called = "ELSEWHERE\n.func (.reg .u64 %back) f(.reg .u64 %x) {\n.reg .pred %q; .reg .u64 %y;\nand.b64 %y, %x, 1;\n"
                + "setp.ne.u64 %q, %y, 0; mov.u64 %back, 5;\n@%q RET;\nmov.u64 %back, 6;\nRET;\n}\n";
        check(List.of("call"), (form, words) -> program(odd + form + " (%l2), f, (%l0);\n" + told + "\n" + called.replace("RET", "ret"),
                (given, t) -> odd(given, t, 5, 6)));
        check(List.of("ret"), (form, words) -> program(odd + "call (%l2), f, (%l0);\n" + told + "\n" + called.replace("RET", form),
                (given, t) -> odd(given, t, 5, 6)));
        check(List.of("exit"), (form, words) -> program(odd + "@%p0 " + form + ";\n" + told, (given, t) -> odd(given, t, 0, 5)));
        check(List.of("trap", "brkpt"), (form, words) -> {
            assertThrows(Fault.class, () -> run("setp.eq.u32 %p0, %t, 40; @%p0 " + form + ";", new long[GIVEN * LANES]), form);
            return unnoticed("setp.eq.u32 %p0, %t, 99; @%p0 " + form + ";");
        });
    }

    /** Each thread sees what one of the other warp wrote before. */
    private static Program exchanged(String barrier) {
        return program("ld.global.u64 %l0, [%l15]; st.shared.u64 [%r15], %l0;\n" + barrier
                + "\nxor.b32 %r14, %t, 32; sub.u32 %r14, %r14, %t; mad.lo.u32 %r15, %r14, 32, %r15;\n"
                + "ld.shared.u64 %l1, [%r15]; st.global.u64 [%l14], %l1;", (given, t) -> new long[] {first(given, t ^ 32)});
    }

    @Test
    void threadsWaitForOneAnother() {
        check(List.of("bar", "barrier"), (form, words) -> {
            String odd = "ld.global.u64 %l0, [%l15]; and.b64 %l1, %l0, 1; setp.ne.u64 %p0, %l1, 0;\n";
            if (words.contains("cluster")) {
                return exchanged(words.contains("arrive") ? form + ";\nbarrier.cluster.wait;" : "barrier.cluster.arrive;\n" + form + ";");
            } else if (words.contains("warp")) {
                return program("ld.global.u64 %l0, [%l15]; st.shared.u64 [%r15], %l0; " + form + " -1;\nxor.b32 %r14, %t, 1;\n"
                        + "sub.u32 %r14, %r14, %t; mad.lo.u32 %r15, %r14, 32, %r15; ld.shared.u64 %l1, [%r15]; st.global.u64 [%l14], %l1;",
                        (given, t) -> new long[] {first(given, t ^ 1)});
            } else if (words.contains("arrive")) {
                String on = "setp.lt.u32 %p0, %t, 32; @%p0 bra AHEAD;\n" + words.get(0) + ".sync 3, 64; bra ON;\nAHEAD: " + form
                        + " 3, 64;\nON:\n";
                return program("ld.global.u64 %l0, [%l15]; st.shared.u64 [%r15], %l0;\n" + on + "mov.u64 %l1, 8;\n"
                        + "@!%p0 ld.shared.u64 %l1, [%r15+-1024]; st.global.u64 [%l14], %l1;",
                        (given, t) -> new long[] {t < 32 ? 8 : first(given, t - 32)});
            } else if (words.contains("sync")) {
                return exchanged(form + " 0;");
            }
            boolean count = words.contains("popc");
            return program(odd + (count ? form + " %r0, 2, %p0;\n" : form + " %p1, 2, 64, %p0; selp.u32 %r0, 1, 0, %p1;\n")
                    + "setp.lt.u32 %p0, %t, 64;\n" + (count ? "mov.u32 %r1, 0;\n" : form + " %p1, 2, %p0; selp.u32 %r1, 1, 0, %p1;\n")
                    + "st.global.v2.u32 [%l14], {%r0, %r1};", (given, t) -> {
                        long set = IntStream.range(0, LANES).filter(other -> (first(given, other) & 1) != 0).count();
                        return new long[] {count ? set : (words.contains("and") ? set == LANES : set > 0) ? 1 | 1L << 32 : 1L << 32};
                    });
        });
    }

    /** Orders, hints and naps, which a thread alone does not notice. */
    @Test
    void othersAreNotNoticed() {
        check(List.of("membar", "fence", "nanosleep", "pmevent", "discard", "applypriority", "griddepcontrol", "setmaxnreg"),
                (form, words) -> unnoticed(form + switch (words.get(0)) {
                    case "nanosleep", "pmevent" -> " 3;";
                    case "discard", "applypriority" -> " [%l14], 128;";
                    case "setmaxnreg" -> " 64;";
                    default -> ";";
                }));
    }

    @Test
    void thereIsNoOtherBlock() {
        Fault fault = assertThrows(Fault.class, () -> run("mapa.shared::cluster.u32 %r0, %r15, 1;", new long[GIVEN * LANES]));
        assertEquals(Report.Rule.ILLEGAL_INSTRUCTION, fault.report().rule());
        for (String twice : List.of("barrier.cluster.arrive; barrier.cluster.arrive;", "barrier.cluster.wait;")) {
            assertThrows(Fault.class, () -> run("setp.lt.u32 %p0, %t, 32; @%p0 bra REST;\n" + twice + "\nREST:", new long[GIVEN * LANES]));
        }
    }
}

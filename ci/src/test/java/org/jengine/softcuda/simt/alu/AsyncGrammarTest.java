package org.jengine.softcuda.simt.alu;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every form of the grammar's asynchronous copies and of the barriers that count them, against what the ISA says of it. */
class AsyncGrammarTest extends GrammarForms {
    static final List<String> OPCODES = List.of("cp", "mbarrier");
    private static final String ALL = "bar.sync 0; setp.eq.u32 %p0, %t, 0;\n";
    private static final String WAIT = "WAIT: mbarrier.try_wait.parity.shared.b64 %p1, [b], 0; @!%p1 bra WAIT;\n";
    private static final String FILLED = "ld.global.v2.u64 {%l0, %l1}, [%l15]; ld.global.v2.u64 {%l2, %l3}, [%l15+16];\n"
            + "st.shared.v2.u64 [%r15], {%l0, %l1}; st.shared.v2.u64 [%r15+16], {%l2, %l3}; fence.proxy.async; bar.sync 0;\n";

    private static long[] own(long[] given, int thread) {
        return Arrays.copyOfRange(given, GIVEN * thread, GIVEN * thread + GIVEN);
    }

    private static String told(int place) {
        return "ld.shared.v2.u64 {%l0, %l1}, [%r15+" + place + "]; ld.shared.v2.u64 {%l2, %l3}, [%r15+" + (place + 16) + "];\n"
                + "st.global.v2.u64 [%l14], {%l0, %l1}; st.global.v2.u64 [%l14+16], {%l2, %l3};";
    }

    @Test
    void copiesBringTheirBytes() {
        check(List.of("cp"), (form, words) -> words.contains("bulk") ? bulk(form, words) : words.contains("mbarrier") ? counted(form)
                : single(form));
    }

    /** Each thread copies its own bytes. */
    private static Program single(String form) {
        String copy = "cp.async.ca.shared.global [%r15], [%l15], 16; cp.async.cg.shared.global [%r15+16], [%l15+16], 16;\n";
        String body = switch (form) {
            case "cp.async.commit_group", "cp.async.wait_group" -> copy + "cp.async.commit_group; cp.async.wait_group 0;\n";
            case "cp.async.wait_all" -> copy + "cp.async.wait_all;\n";
            default -> {
                String end = form.contains("cache_hint") ? ", %l9;\n" : ";\n";
                yield form + " [%r15], [%l15], 16" + end + form + " [%r15+16], [%l15+16], 16" + end + "cp.async.wait_all;\n";
            }
        };
        return program(body + told(0), AsyncGrammarTest::own);
    }

    /** The copies' arrivals let the threads see one another's bytes; without noinc they are expected over and above the others. */
    private static Program counted(String form) {
        String place = form.contains("shared") ? "b" : "%l9";
        return program("mov.u64 %l9, b; cvta.shared.u64 %l9, %l9; setp.eq.u32 %p0, %t, 0;\n@%p0 mbarrier.init.shared.b64 [b], "
                + (form.contains("noinc") ? 128 : 64) + ";\nbar.sync 0;\ncp.async.cg.shared.global [%r15], [%l15], 16;\n"
                + "cp.async.ca.shared.global [%r15+16], [%l15+16], 16;\n" + form + " [" + place
                + "];\nmbarrier.arrive.shared.b64 %l8, [b];\n" + WAIT + "xor.b32 %r14, %t, 32; sub.u32 %r14, %r14, %t;\n"
                + "mad.lo.u32 %r15, %r14, 32, %r15;\n" + told(0), (given, t) -> own(given, t ^ 32));
    }

    /** The first thread copies all threads' bytes, which are 2048. */
    private static Program bulk(String form, List<String> words) {
        if (words.contains("prefetch")) {
            return unnoticed(form + " [%l15], 32" + (form.endsWith("hint") ? ", %l9;" : ";"));
        }
        String hint = form.endsWith("cache_hint") ? ", %l9;\n" : ";\n";
        if (form.contains("complete_tx")) {
            boolean global = words.contains("global");
            return program("setp.eq.u32 %p0, %t, 0; @%p0 mbarrier.init.shared.b64 [b], 1;\n" + FILLED
                    + "@%p0 mbarrier.arrive.expect_tx.shared.b64 _, [b], 2048;\n@%p0 " + form + " [s+2048], [" + (global ? "%out" : "s")
                    + "], 2048, [b]" + hint + WAIT + told(2048), AsyncGrammarTest::own);
        }
        String copy = form.contains("bulk_group") ? form : "cp.async.bulk.global.shared::cta.bulk_group";
        String wait = form.contains("wait_group") ? form : "cp.async.bulk.wait_group";
        // Threads' rooms for what is taken are twice as wide as what they are given.
        return program(FILLED + ALL + "add.u64 %l8, %out, 2048;\n@%p0 " + copy + " [%l8], [s], 2048" + hint
                + "@%p0 cp.async.bulk.commit_group;\n@%p0 " + wait + " 0;", (given, t) -> t < LANES / 2
                        ? Arrays.copyOfRange(given, TAKEN * t, TAKEN * t + TAKEN) : new long[0]);
    }

    /** Each thread has a barrier alone at %r15, and tells what it sees of it bit by bit. */
    @Test
    void barriersCountArrivalsAndBytes() {
        check(List.of("mbarrier"), (form, words) -> {
            String at = "[" + (form.contains("shared") ? "%r15" : "%l9") + "]";
            String state = form.contains("::cluster") ? " _, " : " %l1, ";
            String arrive = "mbarrier.arrive.shared.b64 %l2, [%r15];\n";
            boolean drop = words.get(1).equals("arrive_drop");
            boolean expecting = words.contains("expect_tx") && !words.get(1).equals("expect_tx");
            String body;
            int seen;
            switch (words.get(1)) {
                case "init" -> {
                    body = form + " " + at + ", 2;\n" + arrive + look(0, 0) + arrive + look(1, 0) + look(2, 1) + arrive + look(3, 1)
                            + arrive + look(4, 1);
                    seen = 0b10010;
                }
                case "inval" -> {
                    body = init(5) + form + " " + at + ";\n" + init(1) + look(0, 0) + arrive + look(1, 0);
                    seen = 0b10;
                }
                case "pending_count" -> {
                    body = init(9) + arrive + "mbarrier.arrive.noComplete.shared.b64 %l1, [%r15], 3;\n" + form + " %r0, %l1;\n"
                            + "mbarrier.arrive_drop.noComplete.shared.b64 %l1, [%r15], 1;\n" + form
                            + " %r1, %l1; mad.lo.u32 %r0, %r1, 16, %r0;";
                    seen = 5 * 16 + 8;
                }
                case "expect_tx" -> {
                    body = init(1) + form + " " + at + ", 24;\n" + arrive + look(0, 0)
                            + "mbarrier.complete_tx.shared.b64 [%r15], 16;\n" + look(1, 0)
                            + "mbarrier.complete_tx.shared.b64 [%r15], 8;\n" + look(2, 0);
                    seen = 0b100;
                }
                case "complete_tx" -> {
                    // What has come before it is expected is held against what is expected later.
                    body = init(2) + form + " " + at + ", 8;\n" + arrive + look(0, 0)
                            + "mbarrier.arrive.expect_tx.shared.b64 %l2, [%r15], 40;\n" + look(1, 0) + form + " " + at
                            + ", 32;\n" + look(2, 0);
                    seen = 0b100;
                }
                case "arrive", "arrive_drop" -> {
                    // Of two arrivals in the first phase the form is one; a thread that drops out leaves one for the second.
                    String count = expecting ? ", 16;\n" : words.contains("noComplete") ? ", 1;\n" : ";\n";
                    body = init(2) + form + state + at + count + look(0, 0) + arrive
                            + (expecting ? look(1, 0) + "mbarrier.complete_tx.shared.b64 [%r15], 16;\n" : "") + look(2, 0)
                            + told(3, state) + arrive + look(4, 1) + (drop ? "" : arrive) + look(5, 1);
                    seen = 0b100100 | (state.contains("_") ? 0 : 0b1000) | (drop ? 0b10000 : 0);
                }
                case "test_wait", "try_wait" -> {
                    String test = form + " %p0, " + at + ", " + (words.contains("parity") ? "%r3" : "%l1") + ";\n";
                    body = init(2) + "mov.u32 %r3, 0; mbarrier.arrive.shared.b64 %l1, [%r15];\n" + test + bit(0) + arrive + test + bit(1)
                            + "mbarrier.arrive.shared.b64 %l1, [%r15]; mov.u32 %r3, 1;\n" + test + bit(2) + arrive + test + bit(3);
                    seen = 0b1010;
                }
                default -> {
                    return null;
                }
            }
            int expected = seen;
            return program("mov.u32 %r0, 0; cvt.u64.u32 %l9, %r15; cvta.shared.u64 %l9, %l9;\n" + body + "\nst.global.u32 [%l14], %r0;",
                    (given, t) -> new long[] {expected});
        });
    }

    private static String init(int count) {
        return "mbarrier.init.shared.b64 [%r15], " + count + ";\n";
    }

    private static String bit(int number) {
        return "selp.u32 %r1, " + (1 << number) + ", 0, %p0; or.b32 %r0, %r0, %r1;\n";
    }

    private static String look(int number, int parity) {
        return "mbarrier.test_wait.parity.shared.b64 %p0, [%r15], " + parity + ";\n" + bit(number);
    }

    /** Whether the state that came back is one of a phase that is over. */
    private static String told(int number, String state) {
        return state.contains("_") ? "" : "mbarrier.test_wait.shared.b64 %p0, [%r15], %l1;\n" + bit(number);
    }
}

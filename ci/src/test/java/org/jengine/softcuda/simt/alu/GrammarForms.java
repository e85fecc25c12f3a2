package org.jengine.softcuda.simt.alu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.ptx.PtxException;
import org.jengine.softcuda.simt.Bed;
import org.jengine.softcuda.simt.Grammar;

/**
 * Runs every form that the grammar has of some instructions, each in a kernel in which a thread has four longs of its own in global memory
 * at %l15, room for eight at %l14, and 32 bytes of shared memory at %r15.
 */
abstract class GrammarForms {
    static final int LANES = 64;
    static final int GIVEN = 4;
    static final int TAKEN = 8;
    private static final String REGISTERS = """
            .reg .b16 %h<9>; .reg .b32 %r<16>; .reg .b64 %l<16>; .reg .f32 %f<16>; .reg .f64 %d<16>; .reg .b128 %q<3>; .reg .pred %p<4>;
            .reg .u64 %out; .reg .u32 %t;
            .shared .align 128 .b8 s[4096]; .shared .align 8 .b64 b; .local .align 32 .b8 own[64]; .param .align 32 .b8 pf[64];
            ld.param.u64 %out, [out];
            cvta.to.global.u64 %out, %out;
            mov.u32 %t, %tid.x;
            mov.u32 %r15, s; mad.lo.u32 %r15, %t, 32, %r15; mad.wide.u32 %l15, %t, 32, %out; mad.wide.u32 %l14, %t, 64, %out;
            add.u64 %l14, %l14, 2048;
            """;

    final Random random = new Random(3);

    /** What a thread's eight longs are in the end, of the four longs of all threads. */
    interface Statement {
        long[] of(long[] given, int thread);
    }

    /** A kernel's text, and what the ISA says of it. */
    record Program(String body, Statement statement) {
    }

    /** Checks all forms of these instructions; {@code said} gives null for one of which nothing is said. */
    final void check(List<String> opcodes, BiFunction<String, List<String>, Program> said) {
        List<String> wrong = new ArrayList<>();
        for (String opcode : opcodes) {
            for (String form : Grammar.forms(opcode)) {
                List<String> words = List.of(form.split("\\."));
                Program program = GrammarWords.say(words) ? said.apply(form, words) : null;
                String fault = program == null ? "nothing is said of it" : fault(program);
                if (fault != null) {
                    wrong.add(form + ": " + fault);
                }
            }
        }
        assertEquals("", String.join("\n", wrong));
    }

    private String fault(Program program) {
        long[] given = random.longs(GIVEN * LANES).toArray();
        long[] got;
        try {
            got = run(program.body(), given);
        } catch (PtxException e) {
            return "refused: " + e.getMessage();
        }
        for (int t = 0; t < LANES; t++) {
            long[] expected = Arrays.copyOf(program.statement().of(given, t), TAKEN);
            long[] actual = Arrays.copyOfRange(got, TAKEN * t, TAKEN * (t + 1));
            if (!Arrays.equals(expected, actual)) {
                return "thread " + t + " has " + hex(actual) + ", not " + hex(expected);
            }
        }
        return null;
    }

    private static String hex(long[] longs) {
        return String.join(" ", Arrays.stream(longs).mapToObj(Long::toHexString).toList());
    }

    /** The kernel's parameters p0 and p1, and constant memory c, hold the first thread's longs. */
    static long[] run(String body, long[] given) {
        StringBuilder constants = new StringBuilder();
        for (int k = 0; k < GIVEN; k++) {
            constants.append(k == 0 ? "" : ", ").append(given[k]);
        }
        String[] parts = body.split("ELSEWHERE\n", -1);
        Bed bed = Bed.of(".const .align 32 .s64 c[4] = {" + constants + "};\n" + (parts.length > 1 ? parts[1] : "")
                + ".visible .entry k(.param .u64 out, .param .u64 pad, .param .u64 p0, .param .u64 p1) {\n" + REGISTERS
                + parts[0] + "\nret;\n}\n");
        int[] ints = new int[2 * (GIVEN + TAKEN) * LANES];
        for (int k = 0; k < given.length; k++) {
            ints[2 * k] = (int) given[k];
            ints[2 * k + 1] = (int) (given[k] >>> Integer.SIZE);
        }
        Allocation out = bed.ints(ints);
        bed.launch("k", 1, LANES, 0, false, out, 0L, given[0], given[1]);
        int[] back = Bed.ints(out);
        long[] longs = new long[TAKEN * LANES];
        for (int k = 0; k < longs.length; k++) {
            int at = 2 * (GIVEN * LANES + k);
            longs[k] = back[at] & 0xffffffffL | (long) back[at + 1] << Integer.SIZE;
        }
        return longs;
    }

    /** What has the same four longs in the end as in the beginning, with something between that nobody notices. */
    static Program unnoticed(String lines) {
        StringBuilder body = new StringBuilder();
        for (int k = 0; k < GIVEN; k++) {
            body.append("ld.global.u64 %l" + k + ", [%l15+" + 8 * k + "];\n");
        }
        body.append(lines).append('\n');
        for (int k = 0; k < GIVEN; k++) {
            body.append("st.global.u64 [%l14+" + 8 * k + "], %l" + k + ";\n");
        }
        return new Program(body.toString(), (given, t) -> Arrays.copyOfRange(given, GIVEN * t, GIVEN * t + GIVEN));
    }

    static Program program(String body, Statement statement) {
        return new Program(body, statement);
    }
}

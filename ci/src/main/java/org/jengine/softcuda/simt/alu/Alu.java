package org.jengine.softcuda.simt.alu;

import java.util.List;

/**
 * The instructions that compute from registers to registers, by the text that PTX has for them. Moves, loads, stores, branches and what
 * lanes exchange are the interpreter's.
 */
public final class Alu {
    private Alu() {
    }

    /**
     * The form of an instruction.
     *
     * @param opcode    as in "fma"
     * @param modifiers as in ["rn", "ftz", "f32"], in the order of the text, which has to be that of the PTX ISA
     * @param operands  how many operands the text has: {@code d|p} counts as two, a vector in braces as one
     * @return null if there is no such instruction
     */
    public static Form find(String opcode, List<String> modifiers, int operands) {
        return switch (opcode + "." + String.join(".", modifiers) + "/" + operands) {
            case "add.s32/3", "add.u32/3" -> Form.of(Kind.I32, Kind.I32, 2, (out, in, n) -> {
                for (int k = 0; k < n; k++) {
                    out[0].i[k] = in[0].i[k] + in[1].i[k];
                }
            });
            case "add.f32/3", "add.rn.f32/3" -> Form.of(Kind.F32, Kind.F32, 2, (out, in, n) -> {
                for (int k = 0; k < n; k++) {
                    out[0].f[k] = in[0].f[k] + in[1].f[k];
                }
            });
            case "fma.rn.f32/4" -> Form.of(Kind.F32, Kind.F32, 3, (out, in, n) -> {
                for (int k = 0; k < n; k++) {
                    out[0].f[k] = Math.fma(in[0].f[k], in[1].f[k], in[2].f[k]);
                }
            });
            default -> null;
        };
    }
}

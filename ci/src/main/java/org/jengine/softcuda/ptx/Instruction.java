package org.jengine.softcuda.ptx;

import java.util.List;

/**
 * One instruction as the text has it.
 *
 * @param guard     the predicate that decides which lanes execute it, or null
 * @param opcode    as in "ld"
 * @param modifiers as in ["global", "f32"]
 * @param operands  in the order of the text; {@code d|p} makes two
 * @param line      in the text, from 1
 * @param place     where in the source it comes from, or null
 */
public record Instruction(Operand.Reg guard, String opcode, List<String> modifiers, List<Operand> operands, int line, Place place) {
    /**
     * A place in the source.
     *
     * @param file   the number by which the module names the file
     * @param caller where the call is if the code was drawn in from elsewhere, else null
     */
    public record Place(int file, int line, Place caller) {
    }

    public Instruction {
        modifiers = List.copyOf(modifiers);
        operands = List.copyOf(operands);
    }

    /** The same without a modifier and the last operand, which belongs to it. */
    public Instruction without(String modifier) {
        return new Instruction(guard, opcode, modifiers.stream().filter(one -> !one.equals(modifier)).toList(),
                operands.subList(0, operands.size() - 1), line, place);
    }

    public boolean has(String modifier) {
        return modifiers.contains(modifier);
    }

    /** The last modifier's type; null if it is none. */
    public Type type() {
        return modifiers.isEmpty() ? null : Type.of(modifiers.get(modifiers.size() - 1));
    }

    /** As in "ld.global.f32". */
    public String name() {
        return modifiers.isEmpty() ? opcode : opcode + "." + String.join(".", modifiers);
    }
}

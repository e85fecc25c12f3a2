package org.jengine.softcuda.simt.alu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The instructions that compute from registers to registers, by the text that PTX has for them (PTX ISA 9.7, versions 6.3 to 9.0). Moves,
 * address conversions, loads, stores, branches and what lanes exchange are the interpreter's. What the ISA requires is exact; how the
 * rest is done is said in the classes of the groups.
 *
 * <p>A register that is wider than the type holds the type in its lower bits. Sources may hold anything above; results of 16 bits have
 * zeros there. A destination of type s8 is extended to 16 bits; extending it, or an s16, to a wider register is the interpreter's.
 */
public final class Alu {
    private Alu() {
    }

    /**
     * The form of an instruction; the same object whenever the same is asked for.
     *
     * @param opcode    as in "fma"
     * @param modifiers as in ["rn", "ftz", "f32"], in the order of the text, which has to be that of the PTX ISA
     * @param operands  how many operands the text has: {@code d|p} counts as two, a vector in braces as one, an immediate as any other
     * @return null if there is no such instruction
     */
    public static Form find(String opcode, List<String> modifiers, int operands) {
        Loops.Once<Form> form = group(opcode, modifiers).get(opcode + "." + String.join(".", modifiers) + "/" + operands);
        return form == null ? null : form.get();
    }

    /** All forms' texts with their numbers of operands, as in "add.s32/3". */
    public static List<String> forms() {
        List<String> all = new ArrayList<>();
        List.of(IntegerOps.FORMS, FloatOps.FORMS, DoubleOps.FORMS, HalfOps.FORMS, ApproxOps.FORMS, ProductOps.FORMS, CarryOps.FORMS,
                BitOps.FORMS, CompareOps.FORMS, IntConversions.FORMS, FloatConversions.FORMS, MatrixOps.FORMS,
                FragmentOps.FORMS)
                .forEach(forms -> all.addAll(forms.keySet()));
        return List.copyOf(all);
    }

    /** The table that would have it: those that a program does not need are never filled. */
    private static Map<String, Loops.Once<Form>> group(String opcode, List<String> modifiers) {
        boolean carries = modifiers.contains("cc");
        return switch (opcode) {
            case "addc", "subc", "madc" -> CarryOps.FORMS;
            case "add", "sub", "min", "max", "abs", "neg", "div" -> carries ? CarryOps.FORMS : arithmetic(modifiers);
            case "mul", "mad", "fma" -> {
                boolean whole = modifiers.contains("lo") || modifiers.contains("hi") || modifiers.contains("wide");
                yield carries ? CarryOps.FORMS : whole ? ProductOps.FORMS : arithmetic(modifiers);
            }
            case "mul24", "mad24", "dp4a", "dp2a" -> ProductOps.FORMS;
            case "rem", "sad", "vabsdiff4" -> IntegerOps.FORMS;
            case "rcp", "sqrt", "rsqrt", "copysign", "testp" -> arithmetic(modifiers);
            case "sin", "cos", "lg2", "ex2", "tanh" -> ApproxOps.FORMS;
            case "set", "setp", "selp", "slct" -> CompareOps.FORMS;
            case "cvt" -> conversions(modifiers);
            case "mma" -> MatrixOps.FORMS;
            case "wmma" -> FragmentOps.FORMS;
            default -> BitOps.FORMS;
        };
    }

    private static Map<String, Loops.Once<Form>> arithmetic(List<String> modifiers) {
        String type = modifiers.isEmpty() ? "" : modifiers.get(modifiers.size() - 1);
        if (modifiers.contains("f32") || type.equals("f32x2")) {
            return modifiers.contains("approx") || modifiers.contains("full") ? ApproxOps.FORMS : FloatOps.FORMS;
        }
        return switch (type) {
            case "f64" -> DoubleOps.FORMS;
            case "f16", "f16x2", "bf16", "bf16x2" -> HalfOps.FORMS;
            default -> IntegerOps.FORMS;
        };
    }

    private static Map<String, Loops.Once<Form>> conversions(List<String> modifiers) {
        int count = modifiers.size();
        boolean integers = modifiers.contains("pack")
                || count >= 2 && (integer(modifiers.get(count - 1)) || integer(modifiers.get(count - 2)));
        return integers ? IntConversions.FORMS : FloatConversions.FORMS;
    }

    private static boolean integer(String type) {
        return type.matches("[us]\\d+");
    }
}

package org.jengine.softcuda.count;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jengine.softcuda.simt.Kernel;

/** What a kernel's instructions are, read from their text: of which kind, and how many operations on numbers they do. */
final class Opcodes {
    private static final Pattern SHAPE = Pattern.compile("m(\\d+)n(\\d+)k(\\d+)");
    private static final Map<String, String> OF_OPCODE = Map.ofEntries(Map.entry("mov", "move"), Map.entry("cvt", "convert"),
            Map.entry("cvta", "move"), Map.entry("setp", "compare"), Map.entry("set", "compare"), Map.entry("selp", "compare"),
            Map.entry("slct", "compare"), Map.entry("bra", "branch"), Map.entry("brx", "branch"), Map.entry("call", "branch"),
            Map.entry("ret", "branch"), Map.entry("exit", "branch"), Map.entry("bar", "barrier"), Map.entry("barrier", "barrier"),
            Map.entry("membar", "fence"), Map.entry("fence", "fence"), Map.entry("shfl", "shuffle"), Map.entry("vote", "shuffle"),
            Map.entry("match", "shuffle"), Map.entry("redux", "shuffle"), Map.entry("activemask", "shuffle"), Map.entry("atom", "atomic"),
            Map.entry("red", "atomic"), Map.entry("mma", "matrix"), Map.entry("wmma", "matrix"), Map.entry("ldmatrix", "shared load"));
    private static final List<String> SPECIAL = List.of("ex2", "lg2", "sin", "cos", "rsqrt", "rcp", "sqrt", "tanh", "div");
    private static final List<String> ARITHMETIC = List.of("add", "sub", "mul", "fma", "mad", "min", "max");

    /** The kind of each instruction. */
    final String[] kind;

    /** Operations of a lane; 0 where it does none on floating-point numbers. */
    final double[] flops;

    /** The type of these operations, as {@link Machine#flops} names it. */
    final String[] type;

    final boolean[] branch;

    /** Whether a predicate may keep lanes from it. */
    final boolean[] predicated;

    Opcodes(Kernel kernel) {
        int count = kernel.instructions();
        kind = new String[count];
        flops = new double[count];
        type = new String[count];
        branch = new boolean[count];
        predicated = new boolean[count];
        for (int pc = 0; pc < count; pc++) {
            String text = kernel.text(pc).strip();
            // Inline assembler may open a block on an instruction's line.
            text = text.startsWith("{") ? text.substring(1).strip() : text;
            predicated[pc] = text.startsWith("@");
            String bare = predicated[pc] ? text.substring(text.indexOf(' ') + 1).strip() : text;
            String[] parts = bare.split("[\\s;]", 2);
            List<String> words = List.of(parts[0].split("\\."));
            kind[pc] = kind(words);
            branch[pc] = words.get(0).equals("bra") || words.get(0).equals("brx");
            work(pc, words, parts[0]);
        }
    }

    private static String kind(List<String> words) {
        String opcode = words.get(0);
        if (opcode.equals("ld") || opcode.equals("ldu") || opcode.equals("st")) {
            return space(words) + (opcode.equals("st") ? " store" : " load");
        }
        if (opcode.equals("cp")) {
            return words.contains("async") && words.contains("global") ? "async copy" : "barrier";
        }
        if (opcode.equals("wmma") && !words.contains("mma")) {
            return space(words) + (words.contains("store") ? " store" : " load");
        }
        String known = OF_OPCODE.get(opcode);
        if (known != null) {
            return known;
        }
        String type = words.get(words.size() - 1);
        if (SPECIAL.contains(opcode) && type.startsWith("f")) {
            return "special " + type;
        }
        return type.startsWith("f") || type.startsWith("bf") ? type : "integer";
    }

    private static String space(List<String> words) {
        for (String space : List.of("global", "shared", "local", "param", "const")) {
            if (words.stream().anyMatch(word -> word.equals(space) || word.startsWith(space + "::"))) {
                return space.equals("const") || space.equals("param") ? "constant" : space;
            }
        }
        return "generic";
    }

    private void work(int pc, List<String> words, String name) {
        String opcode = words.get(0);
        if (kind[pc].equals("matrix")) {
            Matcher shape = SHAPE.matcher(name);
            if (shape.find()) {
                flops[pc] = 2.0 * Integer.parseInt(shape.group(1)) * Integer.parseInt(shape.group(2)) * Integer.parseInt(shape.group(3))
                        / Machine.WARP;
                type[pc] = "tensor." + matrixType(words);
            }
            return;
        }
        String last = words.get(words.size() - 1);
        boolean floating = last.startsWith("f") || last.startsWith("bf");
        if (!floating || !ARITHMETIC.contains(opcode) && !kind[pc].startsWith("special")) {
            return;
        }
        boolean pair = last.endsWith("x2");
        flops[pc] = (opcode.equals("fma") || opcode.equals("mad") ? 2 : 1) * (pair ? 2 : 1);
        type[pc] = pair ? last.substring(0, last.length() - 2) : last;
    }

    /** The type of what is multiplied: the second of four types, the first of a shorter list. */
    private static String matrixType(List<String> words) {
        List<String> types = words.stream().filter(word -> word.matches("(f|bf|tf|s|u|b|e)\\d\\w*")).toList();
        String found = types.size() == 4 ? types.get(1) : types.contains("tf32") ? "tf32" : types.contains("bf16") ? "bf16" : "f16";
        return found.equals("f16") && types.stream().allMatch(type -> type.equals("f64")) ? "f64" : found;
    }
}

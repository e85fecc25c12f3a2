package org.jengine.kernels;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a test wants to know of a kernel's text, as far as a page of code can tell without a compiler. */
final class KernelText {
    /** What one of the two languages does not know, or takes for something else. */
    private static final Pattern ONE_LANGUAGE = Pattern.compile("\\b(__\\w+|get_\\w+_(id|size|offset)|get_num_groups|threadIdx|blockIdx"
            + "|blockDim|gridDim|barrier|mul_hi|as_(float|u?int)|(exp|expm1|log|log1p|sqrt|rsqrt|tanh|pow|fabs|fma|fmax|fmin)f"
            + "|kernel|global|local|constant|private|uchar|ushort|uint|ulong|long|half|double|template|typename|class|namespace|auto)\\b");
    private static final Pattern DOUBLE_LITERAL =
            Pattern.compile("(?<![\\w.])(\\d+\\.\\d*|\\.\\d+)([eE][+-]?\\d+)?(?![\\w.])|(?<![\\w.])\\d+[eE][+-]?\\d+(?![\\w.])");
    private static final Pattern KERNEL = Pattern.compile("\\bKERNEL(_AS)?\\((\\w+)\\)\\s*\\(([^()]*)\\)");
    private static final Pattern BUFFER = Pattern.compile("GLOBAL (const )?(\\w+) ?\\* ?(RESTRICT )?(\\w+)");
    /** Words of portable.h that stand in parameters as they are. */
    private static final Set<String> KEPT = Set.of("GLOBAL", "RESTRICT");

    private final Map<String, String> macros = new LinkedHashMap<>();
    /** Parameters, one a line as the portable text has them, by the name that the kernel gets. */
    private final Map<String, List<String>> kernels = new LinkedHashMap<>();
    private final List<String> ops = new ArrayList<>();

    /** @param text complete, as {@link KernelSource} has it, with the macros of the declaration in front */
    KernelText(String text) {
        Matcher m = KERNEL.matcher(compiled(withoutComments(text).replace("\\\n", " ")));
        while (m.find()) {
            String variant = macros.containsKey("VARIANT") ? "_" + macros.get("VARIANT") : "";
            String name = m.group(1) != null ? m.group(2) : m.group(2) + variant + (isBf16() ? "_bf16" : "_f32");
            kernels.put(name, parameters(m.group(3)));
            ops.add(m.group(1) != null ? m.group(2).substring(0, m.group(2).lastIndexOf('_')) : m.group(2));
        }
    }

    /** Parameters by the name of the kernel, with the types that {@code real} and macros stand for. */
    Map<String, List<String>> kernels() {
        return kernels;
    }

    /** The kernels' names without variant and type. */
    List<String> ops() {
        return ops;
    }

    /** A declaration's parameters as its text must have them. */
    static List<String> parameters(KernelDef def) {
        return def.params().stream().map(p -> {
            String type = switch (p.type()) {
                case F32 -> "float";
                case BF16 -> "u16";
                case U8 -> "u8";
                case I32 -> "int";
            };
            return p.role().isBuffer() ? buffer(!p.role().isWritten(), type, p.name()) : type + " " + p.name();
        }).toList();
    }

    /** Where a file says what is not portable, as {@code relu.cu:3 says threadIdx}. */
    static List<String> notPortable(String file, String text) {
        List<String> found = new ArrayList<>();
        String[] lines = withoutComments(text).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String place = file + ":" + (i + 1);
            ONE_LANGUAGE.matcher(lines[i]).results().forEach(r -> found.add(place + " says " + r.group()
                    + ", which CUDA C and OpenCL C do not both know: portable.h has words for both"));
            DOUBLE_LITERAL.matcher(lines[i]).results().forEach(r -> found.add(place + " says " + r.group()
                    + ", which is a double: write " + r.group() + "f"));
        }
        return found;
    }

    /** Comments replaced by nothing, with the lines kept. */
    private static String withoutComments(String text) {
        return Pattern.compile("//[^\n]*|/\\*.*?\\*/", Pattern.DOTALL).matcher(text)
                .replaceAll(r -> "\n".repeat((int) r.group().chars().filter(c -> c == '\n').count()));
    }

    /** The lines that a CUDA compiler would see, while macros without arguments are taken down. */
    private String compiled(String text) {
        StringBuilder seen = new StringBuilder();
        Deque<Boolean> nested = new ArrayDeque<>();
        for (String line : text.split("\n")) {
            String[] words = line.strip().replaceFirst("^#\\s*", "#").split("\\s+", 3);
            boolean active = !nested.contains(false);
            switch (words[0]) {
                case "#ifdef" -> nested.push(macros.containsKey(words[1]));
                case "#ifndef" -> nested.push(!macros.containsKey(words[1]));
                case "#if" -> nested.push(active && holds(line.replaceFirst("\\s*#\\s*if", "")));
                case "#else" -> nested.push(!nested.pop());
                case "#endif" -> nested.pop();
                case "#elif" -> throw new IllegalArgumentException("this test does not know " + line.strip());
                case "#define" -> {
                    if (active && !words[1].contains("(")) {
                        macros.put(words[1], words.length > 2 ? words[2].strip() : "");
                    }
                }
                default -> {
                    if (active) {
                        seen.append(line).append('\n');
                    }
                }
            }
        }
        return seen.toString();
    }

    /** Conditions out of {@code defined(X)}, numbers, macros for numbers, {@code !}, {@code &&}, {@code ||} and parentheses. */
    private boolean holds(String condition) {
        String rest = Pattern.compile("\\bdefined\\((\\w+)\\)").matcher(condition)
                .replaceAll(r -> macros.containsKey(r.group(1)) ? "1" : "0");
        Pattern innermost = Pattern.compile("\\(([^()]*)\\)");
        for (Matcher m = innermost.matcher(rest); m.find(); m = innermost.matcher(rest)) {
            rest = m.replaceFirst(flat(m.group(1), condition) ? "1" : "0");
        }
        return flat(rest, condition);
    }

    private boolean flat(String terms, String condition) {
        return Arrays.stream(terms.split("\\|\\|")).anyMatch(t -> Arrays.stream(t.split("&&")).allMatch(f -> factor(f.strip(), condition)));
    }

    private boolean factor(String word, String condition) {
        if (word.startsWith("!")) {
            return !factor(word.substring(1).strip(), condition);
        }
        String value = macros.getOrDefault(word, word);
        if (!value.matches("\\d+")) {
            throw new IllegalArgumentException("this test cannot tell whether the text's condition holds:" + condition);
        }
        return Integer.parseInt(value) != 0;
    }

    private boolean isBf16() {
        return macros.containsKey("REAL_BF16");
    }

    private List<String> parameters(String list) {
        String expanded = Pattern.compile("\\w+").matcher(list).replaceAll(r -> Matcher.quoteReplacement(
                KEPT.contains(r.group()) ? r.group() : macros.getOrDefault(r.group(), r.group())));
        return Arrays.stream(expanded.split(",")).map(p -> p.strip().replaceAll("\\s+", " ")).filter(p -> !p.isEmpty()).map(p -> {
            Matcher m = BUFFER.matcher(p);
            if (!m.matches()) {
                return p;
            }
            String type = m.group(2).equals("real") ? isBf16() ? "u16" : "float" : m.group(2);
            return buffer(m.group(1) != null, type, m.group(4));
        }).toList();
    }

    private static String buffer(boolean readOnly, String type, String name) {
        return "GLOBAL " + (readOnly ? "const " : "") + type + "* " + name;
    }
}

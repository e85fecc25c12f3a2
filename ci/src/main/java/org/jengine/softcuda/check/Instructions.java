package org.jengine.softcuda.check;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jengine.softcuda.simt.Kernel;

/** What the rules for races need to know of a kernel's instructions, read from their text. */
final class Instructions {
    /** Takes part in no race with its like: an atomic, or a volatile, relaxed, acquire or release access. */
    final boolean[] strong;

    /** Is strong and writes. */
    final boolean[] changes;

    /** Orders what its thread did before against what it does after, for whoever sees a later strong write. */
    final boolean[] fence;

    /** A strong write that is a fence at once. */
    final boolean[] releases;

    /** Arrives at a barrier of memory or counts its bytes, which tells others something, and its thread nothing. */
    final boolean[] arrives;

    /** Looks at a barrier of memory or counts its bytes, which makes nothing known to others. */
    final boolean[] mute;

    /** Makes a barrier of memory that need not be written before. */
    final boolean[] initialises;

    /** A barrier that says how many threads meet: it may be one of a part of the block. */
    final boolean[] partial;

    /** Copies to shared memory, where the bytes arrive only when they are waited for. */
    final boolean[] copies;

    /** A copy of any size that something beside the threads makes. */
    final boolean[] bulk;

    /** Tells what makes bulk copies of what threads wrote. */
    final boolean[] proxies;

    /** Compares and swaps. */
    final boolean[] swaps;

    /** A plain load behind which its thread may come to a compare-and-swap. */
    final boolean[] mayGuess;

    /** For a store of a value that is the same in every thread, what the value is; else null. */
    final String[] constant;

    /** Whether some copy goes on while its thread does. */
    final boolean asynchronous;

    /** Keeps nothing of the kernel, which is forgotten with its module. */
    Instructions(Kernel kernel) {
        int count = kernel.instructions();
        strong = new boolean[count];
        changes = new boolean[count];
        fence = new boolean[count];
        releases = new boolean[count];
        arrives = new boolean[count];
        mute = new boolean[count];
        initialises = new boolean[count];
        partial = new boolean[count];
        copies = new boolean[count];
        bulk = new boolean[count];
        proxies = new boolean[count];
        swaps = new boolean[count];
        mayGuess = new boolean[count];
        constant = new String[count];
        Map<String, String> values = new HashMap<>();
        for (int pc = 0; pc < count; pc++) {
            learn(values, kernel.text(pc));
        }
        Set<String> guessed = new HashSet<>();
        for (int pc = 0; pc < count; pc++) {
            String text = bare(kernel.text(pc));
            classify(pc, text, values);
            swaps[pc] = text.startsWith("atom") && text.contains(".cas.");
            if (swaps[pc]) {
                guessed.add(address(text));
            }
        }
        // A loop around a compare-and-swap starts with a guess, which CUDA's own guide loads plainly: it is as harmless as an atomic.
        for (int pc = 0; pc < count; pc++) {
            String text = bare(kernel.text(pc));
            strong[pc] |= text.startsWith("ld.") && guessed.contains(address(text));
        }
        if (!guessed.isEmpty()) {
            findGuesses(kernel);
        }
        asynchronous = IntStream.range(0, count).anyMatch(pc -> bulk[pc] || copies[pc]);
    }

    /** Without an optimiser the two have other registers: it shows when the thread gets there. Where jumps lead is not asked. */
    private void findGuesses(Kernel kernel) {
        int count = strong.length;
        boolean behind = IntStream.range(0, count).anyMatch(pc -> bare(kernel.text(pc)).startsWith("call"));
        for (int pc = count - 1; pc >= 0; pc--) {
            String text = bare(kernel.text(pc));
            behind |= swaps[pc] || text.startsWith("bra") || text.startsWith("brx");
            mayGuess[pc] = behind && !strong[pc] && text.startsWith("ld.");
        }
    }

    private static String address(String text) {
        return text.substring(text.indexOf('[') + 1, Math.max(text.indexOf('[') + 1, text.indexOf(']')));
    }

    private void classify(int pc, String text, Map<String, String> values) {
        int space = text.indexOf(' ');
        List<String> words = List.of((space < 0 ? text.replace(";", "") : text.substring(0, space)).split("\\."));
        String opcode = words.get(0);
        boolean phases = words.contains("mbarrier");
        boolean atomic = opcode.equals("atom") || opcode.equals("red") || phases;
        strong[pc] = atomic || words.contains("volatile") || words.contains("relaxed") || words.contains("acquire")
                || words.contains("release") || words.contains("mmio");
        changes[pc] = strong[pc] && !opcode.equals("ld");
        proxies[pc] = opcode.equals("fence") && words.contains("proxy") && words.contains("async");
        fence[pc] = opcode.equals("membar") || opcode.equals("fence") && !words.contains("proxy");
        boolean arrives = words.contains("arrive") || words.contains("arrive_drop");
        boolean counts = phases && !arrives && (words.contains("expect_tx") || words.contains("complete_tx"));
        mute[pc] = counts || phases && (words.contains("test_wait") || words.contains("try_wait"));
        releases[pc] = !fence[pc] && (phases && !mute[pc] || words.contains("release") || words.contains("acq_rel"));
        this.arrives[pc] = phases && (arrives || counts);
        initialises[pc] = phases && words.contains("init");
        if (opcode.equals("bar") || opcode.equals("barrier")) {
            // bar.red has a result, the barrier, perhaps a count, and a predicate; the others a barrier and perhaps a count.
            partial[pc] = text.chars().filter(c -> c == ',').count() == (words.contains("red") ? 3 : 1);
        }
        bulk[pc] = opcode.equals("cp") && words.contains("bulk");
        copies[pc] = opcode.equals("cp") && words.contains("async") && words.contains("global") && !bulk[pc];
        if (opcode.equals("st")) {
            String value = text.substring(text.lastIndexOf(',') + 1).replace(";", "").strip();
            constant[pc] = isNumber(value) ? value : values.get(value);
        }
    }

    /**
     * Learns what registers hold that are set once, from a number: compilers put a number into a register before they store it.
     *
     * @param values numbers by register; an empty string for a register that is set in more ways
     */
    private static void learn(Map<String, String> values, String line) {
        String text = bare(line);
        int space = text.indexOf(' ');
        if (space < 0) {
            return;
        }
        String[] operands = text.substring(space).replace(";", "").split(",");
        String target = operands[0].strip();
        if (target.startsWith("%")) {
            String value = operands.length == 2 && text.startsWith("mov.") && text.equals(line.strip()) && isNumber(operands[1].strip())
                    ? operands[1].strip() : "";
            values.merge(target, value, (a, b) -> "");
        } else if (target.startsWith("{")) {
            Arrays.stream(operands).map(part -> part.replace("{", "").replace("}", "").strip()).forEach(part -> values.put(part, ""));
        }
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && (Character.isDigit(text.charAt(0)) || text.charAt(0) == '-');
    }

    /** The text without its predicate and the brace that opens a block of inline assembler. */
    private static String bare(String text) {
        String bare = text.strip();
        bare = bare.startsWith("{") ? bare.substring(1).strip() : bare;
        return bare.startsWith("@") ? bare.substring(bare.indexOf(' ') + 1).strip() : bare;
    }

    /** Whether two stores surely write the same value. */
    boolean sameValue(int pc, int other) {
        String value = constant[pc];
        return value != null && !value.isEmpty() && value.equals(constant[other]);
    }
}

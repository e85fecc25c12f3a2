package org.jengine.softcuda.simt.alu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forms there are, held against NVIDIA's tools: what the compiler writes is there, and the assembler takes what is there. */
class NvccTest {
    private static final Pattern FAULT = Pattern.compile("line (\\d+); error\\s*: (.*)");
    /** Ways to choose between 16 and 32 bits for the result and up to four sources. */
    private static final int WIDTHS = 32;

    private static Form find(String text) {
        List<String> parts = List.of(text.substring(0, text.indexOf('/')).split("\\."));
        return Alu.find(parts.get(0), parts.subList(1, parts.size()), Integer.parseInt(text.substring(text.indexOf('/') + 1)));
    }

    @Test
    void whatTheCompilerWritesIsThere() throws IOException {
        List<String> texts;
        try (InputStream in = NvccTest.class.getResourceAsStream("nvcc-forms.txt")) {
            texts = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(l -> !l.startsWith("#")).toList();
        }
        assertTrue(texts.size() >= 400, texts.size() + " forms");
        assertEquals(List.of(), texts.stream().filter(t -> find(t) == null).toList());
    }

    /** The assembler stops before it looks at modifiers if operands are wrong: what it refuses is left out the second time. */
    @Test
    void theAssemblerTakesAllForms(@TempDir Path folder) throws Exception {
        Path ptxas = ptxas();
        Set<String> refused = new HashSet<>();
        Map<String, String> reasons = new HashMap<>();
        for (int before = -1; before != refused.size();) {
            before = refused.size();
            Map<Integer, String> lines = new HashMap<>();
            Files.write(folder.resolve("forms.ptx"), module(lines, refused));
            for (String line : assemble(ptxas, folder)) {
                Matcher fault = FAULT.matcher(line);
                if (fault.find()) {
                    String tried = lines.get(Integer.parseInt(fault.group(1)));
                    refused.add(tried);
                    reasons.put(tried.substring(0, tried.indexOf('#')), fault.group(2));
                }
            }
        }
        assertFalse(refused.isEmpty(), "16 bits for 32 must be refused somewhere");
        List<String> lost = Alu.forms().stream().filter(t -> trials(t).allMatch(refused::contains)).map(t -> t + ": " + reasons.get(t))
                .toList();
        assertEquals("", String.join("\n", lost));
    }

    /** Only what is held in an int may have 16 bits. */
    private static Stream<String> trials(String text) {
        Form form = find(text);
        int ints = form.results().get(0) == Kind.I32 ? 1 : 0;
        for (int s = 0; s < Math.min(form.sources().size(), 4); s++) {
            ints |= form.sources().get(s) == Kind.I32 ? 2 << s : 0;
        }
        int chosen = ints;
        return IntStream.range(0, form.warp() ? 1 : WIDTHS).filter(v -> (v & ~chosen) == 0).mapToObj(v -> text + "#" + v);
    }

    /** One instruction a line; {@code lines} is told which. */
    private static List<String> module(Map<Integer, String> lines, Set<String> without) {
        List<String> module = new ArrayList<>(List.of(".version 9.0", ".target sm_100a", ".address_size 64", ".visible .entry k() {",
                ".reg .b16 %hd<40>, %hs<40>;", ".reg .b8 %bd<40>;",
                ".reg .b32 %rd<40>, %rs<40>;", ".reg .b64 %ld<40>, %ls<40>;", ".reg .f32 %fd<40>, %fs<40>;",
                ".reg .f64 %dd<40>, %ds<40>;", ".reg .pred %pd<40>, %ps<40>;"));
        for (String text : Alu.forms()) {
            Form form = find(text);
            trials(text).filter(t -> !without.contains(t)).forEach(trial -> {
                module.add(instruction(text, form, Integer.parseInt(trial.substring(trial.indexOf('#') + 1))));
                lines.put(module.size(), trial);
            });
        }
        module.addAll(List.of("ret;", "}"));
        return module;
    }

    private static String instruction(String text, Form form, int widths) {
        List<String> results = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        for (Kind kind : form.results()) {
            // The one conversion to 8 bits whose result may not be wider.
            results.add(text.matches("cvt[^/]*[us]8\\.bf16/2") ? "%bd0" : register(kind, "d", results.size(), (widths & 1) != 0));
        }
        for (Kind kind : form.sources()) {
            sources.add(register(kind, "s", sources.size(), (widths >> sources.size() + 1 & 1) != 0));
        }
        String op = text.substring(0, text.indexOf('/')) + " ";
        if (form.warp()) {
            int[] ends = factors(text, form);
            return op + String.join(", ", vector(results), vector(sources.subList(0, ends[0])), vector(sources.subList(ends[0], ends[1])),
                    vector(sources.subList(ends[1], sources.size()))) + ";";
        }
        if (text.startsWith("lop3")) {
            sources.set(3, "0x96");
        }
        return op + String.join("|", results) + ", " + String.join(", ", sources) + ";";
    }

    /** Where among the sources the first factor ends, and the second. */
    private static int[] factors(String text, Form form) {
        if (text.startsWith("wmma")) {
            String[] parts = text.split("[./]");
            String type = Stream.of("bf16", "u8", "s8", "tf32", "f64").filter(t -> text.contains("." + t + ".")).findFirst().orElse("f16");
            int a = Fragment.of("a", parts[6], type).registers();
            return new int[] {a, a + Fragment.of("b", parts[6], type).registers()};
        }
        int both = form.sources().size() - form.results().size();
        return new int[] {text.contains(".m16") ? both * 2 / 3 : both / 2, both};
    }

    private static String vector(List<String> registers) {
        return "{" + String.join(", ", registers) + "}";
    }

    private static String register(Kind kind, String role, int number, boolean narrow) {
        String letter = switch (kind) {
            case I32 -> narrow ? "h" : "r";
            case I64 -> "l";
            case F32 -> "f";
            case F64 -> "d";
            case PRED -> "p";
        };
        return "%" + letter + role + number;
    }

    private static List<String> assemble(Path ptxas, Path folder) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(ptxas.toString(), "-arch=sm_100a", "-o", "forms.cubin", "forms.ptx")
                .directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "ptxas did not end");
        return Files.readAllLines(output);
    }

    /** Gives up the test where there is no assembler that knows sm_100; fails it where {@code -Djengine.require} names {@code nvcc}. */
    private static Path ptxas() throws IOException, InterruptedException {
        List<String> folders = new ArrayList<>(List.of(System.getenv("PATH").split(File.pathSeparator)));
        folders.add("/usr/local/cuda/bin");
        List<Path> found = folders.stream().map(f -> Path.of(f, "ptxas")).filter(Files::isExecutable).toList();
        boolean required = Arrays.asList(System.getProperty("jengine.require", "").split(",")).contains("nvcc");
        assertFalse(required && found.isEmpty(), "nvcc is required, but there is no ptxas");
        assumeTrue(!found.isEmpty(), "ptxas of the CUDA toolkit is not installed");
        Process help = new ProcessBuilder(found.get(0).toString(), "--help").redirectErrorStream(true).start();
        String text = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(text.contains("sm_100a"), "ptxas does not know sm_100a");
        return found.get(0);
    }
}

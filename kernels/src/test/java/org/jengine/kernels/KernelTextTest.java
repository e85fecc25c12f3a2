package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts of the kernels against their declarations: whoever adds an op learns here what is still missing. */
class KernelTextTest {
    private static final Path FOLDER = Path.of("src/main/cuda");

    @Test
    void everyDeclarationHasItsKernelAndEveryKernelItsDeclaration() {
        assertNone(missing(files().keySet(), Kernels.ALL));
    }

    @Test
    void parametersAreThoseOfTheDeclaration() {
        List<String> faults = new ArrayList<>();
        for (KernelDef def : Kernels.ALL) {
            for (Target target : Stream.of(Target.values()).filter(def.devices()::cover).toList()) {
                faults.addAll(faults(def, new KernelText(KernelSource.of(def, target).text())));
            }
        }
        assertNone(faults);
    }

    @Test
    void everyHeaderIsIncluded() {
        Map<String, String> files = files();
        List<String> alone = files.keySet().stream().filter(f -> f.endsWith(".h"))
                .filter(h -> files.values().stream().noneMatch(text -> text.contains("#include \"" + h + "\""))).toList();
        assertEquals(List.of(), alone, "headers that nothing includes");
    }

    @Test
    void whatBothLanguagesKnowIsSaidInPortableWords() {
        List<String> faults = new ArrayList<>();
        files().forEach((name, text) -> {
            if (!name.equals("portable.h") && target(name) == Target.PORTABLE) {
                faults.addAll(KernelText.notPortable(name, text));
                if (text.contains(".cuda.h\"")) {
                    faults.add(name + " includes what is for CUDA alone");
                }
            }
        });
        assertNone(faults);
        assertTrue(KernelText.notPortable("portable.h", files().get("portable.h")).size() > 20, "the words are looked for");
    }

    @Test
    void whatANewcomerForgotIsNamed() {
        List<KernelDef> relu = List.of(Relu.fwd(DType.F32), Relu.bwd(DType.F32));
        assertEquals(List.of("kernels/src/main/cuda/relu.cu is missing: the text of relu_bwd_f32, relu_fwd_f32"), missing(Set.of(), relu));
        assertEquals(List.of("relu.cu holds relu_bwd, which Kernels.ALL does not list: declare it in Relu.java, with reference and cases, "
                + "and list it"), missing(Set.of("relu.cu"), relu.subList(0, 1)));
        assertEquals(List.of("soft_plus.cu belongs to no kernel in Kernels.ALL: declare its kernels in SoftPlus.java, with reference and "
                + "cases, and list them"), missing(Set.of("relu.cu", "soft_plus.cu", "portable.h"), relu));
        assertEquals(List.of("kernels/src/main/cuda/relu.cu is missing: the text of relu_bwd_f32, relu_fwd_f32"),
                missing(Set.of("relu.cuda.cu"), relu));
        assertEquals(List.of("soft_plus.sm80.cu belongs to no kernel in Kernels.ALL: declare its kernels in SoftPlus.java, with reference "
                + "and cases, and list them"), missing(Set.of("relu.cu", "soft_plus.sm80.cu"), relu));
    }

    @Test
    void wrongParametersAreNamed() {
        KernelDef def = Relu.bwd(DType.BF16);
        assertEquals(List.of(), faults(def, bf16("KERNEL(relu_bwd)(GLOBAL u16* RESTRICT dx,\n"
                + "    GLOBAL const real* dy, GLOBAL const real * y, // int spare,\n    int count) {")));
        assertEquals(List.of("relu.cu has no relu_bwd_bf16, only [relu_fwd_bf16]"),
                faults(def, bf16("KERNEL(relu_fwd)(GLOBAL real* dx) {")));
        for (String wrong : List.of("GLOBAL real* dx, GLOBAL const real* y, GLOBAL const real* dy, int count",
                "GLOBAL float* dx, GLOBAL const real* dy, GLOBAL const real* y, int count",
                "GLOBAL real* dx, GLOBAL real* dy, GLOBAL const real* y, int count",
                "GLOBAL real* dx, GLOBAL const real* dy, GLOBAL const real* y, long count",
                "GLOBAL real* dx, GLOBAL const real* dy, GLOBAL const real* y",
                "real* dx, GLOBAL const real* dy, GLOBAL const real* y, int count")) {
            List<String> faults = faults(def, bf16("KERNEL(relu_bwd)(" + wrong + ") {"));
            assertEquals(1, faults.size(), wrong);
            assertTrue(faults.get(0).startsWith("relu.cu: the parameters of relu_bwd_bf16 must be (GLOBAL u16* dx, GLOBAL const u16* dy, "
                    + "GLOBAL const u16* y, int count), they are ("), faults.get(0));
        }
    }

    @Test
    void macrosAndConditionsAreFollowed() {
        String text = """
                #ifdef REAL_BF16
                #define MORE GLOBAL real* more, \\
                    int b
                #else
                #define MORE int b
                #endif
                #if defined(TILE) || defined(BLOCK)
                KERNEL(op)(GLOBAL real* a, MORE) {
                #endif
                #ifndef TILE
                KERNEL(other)(int a) {
                #endif
                KERNEL_AS(as_it_is_i32)(int a) {
                """;
        assertEquals(Map.of("op_t4_bf16", List.of("GLOBAL u16* a", "GLOBAL u16* more", "int b"), "as_it_is_i32", List.of("int a")),
                new KernelText("#define REAL_BF16\n#define TILE 4\n#define VARIANT t4\n" + text).kernels());
        assertEquals(List.of("other_f32", "as_it_is_i32"), List.copyOf(new KernelText("#define REAL_F32\n" + text).kernels().keySet()));
    }

    @ParameterizedTest
    @CsvSource({"defined(A), true", "!defined(A), false", "B && defined(A), false", "defined(C) || A && !B, true",
        "defined(A) || A && (B || B), true", "A && (B || !(defined(A) && A)), false", "A > 1, ", "C, "})
    void conditionsAreJudged(String condition, Boolean holds) {
        String text = "#define A 1\n#define B 0\n#if " + condition + "\nKERNEL_AS(a_i32)(int a) {\n#endif\n";
        if (holds == null) {
            String message = assertThrows(IllegalArgumentException.class, () -> new KernelText(text)).getMessage();
            assertTrue(message.endsWith(condition), message);
        } else {
            assertEquals(holds, new KernelText(text).kernels().containsKey("a_i32"));
        }
    }

    @Test
    void wordsOfOneLanguageAreFound() {
        String known = ", which CUDA C and OpenCL C do not both know: portable.h has words for both";
        assertEquals(List.of("a.cu:2 says threadIdx" + known, "a.cu:4 says double" + known, "a.cu:4 says __local" + known,
                "a.cu:5 says 0.5, which is a double: write 0.5f", "a.cu:5 says 1e-7, which is a double: write 1e-7f"),
                KernelText.notPortable("a.cu", """
                        // a double, get_local_id(0)
                        int i = threadIdx.x; /* __global__
                        half */ float x1 = 1.5f + 2.0e3f + a.x;
                        double y; __local int z;
                        y = 0.5 * x + 1e-7;
                        """));
    }

    /** Files without kernels and kernels without files. */
    private static List<String> missing(Set<String> files, List<KernelDef> defs) {
        List<String> faults = new ArrayList<>();
        Map<String, List<KernelDef>> byFile = defs.stream().collect(Collectors.groupingBy(d -> d.stem() + ".cu", TreeMap::new,
                Collectors.toList()));
        byFile.forEach((file, own) -> {
            boolean portable = own.stream().anyMatch(d -> d.devices().cover(Target.PORTABLE));
            if (!files.contains(portable ? file : file.replace(".cu", ".cuda.cu"))) {
                faults.add("kernels/src/main/cuda/" + file + " is missing: the text of "
                        + own.stream().map(KernelDef::entry).sorted().collect(Collectors.joining(", ")));
            }
        });
        for (String file : files.stream().filter(f -> f.endsWith(".cu")).sorted().toList()) {
            List<KernelDef> own = byFile.get(portable(file));
            if (own == null) {
                faults.add(file + " belongs to no kernel in Kernels.ALL: declare its kernels in " + javaFile(file)
                        + ", with reference and cases, and list them");
                continue;
            }
            own.stream().flatMap(d -> new KernelText(KernelSource.of(d, target(file)).text()).ops().stream()).distinct()
                    .filter(op -> own.stream().noneMatch(d -> d.entry().startsWith(op + "_")))
                    .forEach(op -> faults.add(file + " holds " + op + ", which Kernels.ALL does not list: declare it in " + javaFile(file)
                            + ", with reference and cases, and list it"));
        }
        return faults;
    }

    /** What is wrong with the kernel of a declaration in the text that should hold it. */
    private static List<String> faults(KernelDef def, KernelText text) {
        String file = def.stem() + ".cu";
        List<String> actual = text.kernels().get(def.entry());
        if (actual == null) {
            return List.of(file + " has no " + def.entry() + ", only " + text.kernels().keySet());
        }
        List<String> wanted = KernelText.parameters(def);
        return actual.equals(wanted) ? List.of() : List.of(file + ": the parameters of " + def.entry() + " must be ("
                + String.join(", ", wanted) + "), they are (" + String.join(", ", actual) + ")");
    }

    private static KernelText bf16(String text) {
        return new KernelText("#define REAL_BF16\n" + text);
    }

    /** What a file is for, by its name. */
    private static Target target(String file) {
        return Stream.of(Target.values()).filter(t -> t != Target.PORTABLE && file.contains(t.mark() + ".")).findFirst()
                .orElse(Target.PORTABLE);
    }

    /** The portable file that one for a target stands beside. */
    private static String portable(String file) {
        return file.replace(target(file).mark() + ".cu", ".cu");
    }

    /** As {@code SoftmaxXent.java} for {@code softmax_xent.cu}. */
    private static String javaFile(String file) {
        return Stream.of(portable(file).replace(".cu", "").split("_")).map(w -> Character.toUpperCase(w.charAt(0)) + w.substring(1))
                .collect(Collectors.joining()) + ".java";
    }

    private static Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(FOLDER)) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + FOLDER.toAbsolutePath(), e);
        }
        return files;
    }

    private static void assertNone(List<String> faults) {
        assertEquals("", String.join("\n", faults));
    }
}

package org.jengine.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * NVIDIA's assemblers turn the PTX of the kernels into machine code for each GPU it is meant for, and no kernel needs memory because
 * registers do not suffice.
 */
class PtxAssemblyTest {
    private static final List<String> BY_JAR = List.of("sm_75", "sm_80", "sm_86", "sm_89", "sm_90");
    private static final List<String> BY_PTXAS = List.of("sm_100", "sm_120");
    private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+(\\w+)");
    private static final Pattern TARGET = Pattern.compile("(?m)^\\s*\\.target\\s+sm_(\\d+)(\\w?)");
    private static final Pattern PROPERTIES = Pattern.compile("Function properties for (\\S+)\\s+(?:ptxas\\s+\\.\\s+)?"
            + "(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");

    private static final int SECONDS = 120;

    @TempDir
    private static Path temporary;

    static List<Arguments> byJar() throws IOException {
        return filesFor(BY_JAR);
    }

    static List<Arguments> byPtxas() throws IOException {
        return filesFor(BY_PTXAS);
    }

    /** Each file with each architecture that its target allows: code for sm_90a is for that GPU alone. */
    private static List<Arguments> filesFor(List<String> architectures) throws IOException {
        List<Arguments> all = new ArrayList<>();
        for (Path file : files()) {
            Matcher target = TARGET.matcher(Project.read(file));
            assertTrue(target.find(), file + " has no target");
            int least = Integer.parseInt(target.group(1));
            boolean only = !target.group(2).isEmpty();
            for (String one : architectures) {
                int number = Integer.parseInt(one.substring(3));
                if (only ? number == least : number >= least) {
                    all.add(Arguments.of(file.getFileName().toString(), one + (only ? target.group(2) : "")));
                }
            }
        }
        assertFalse(all.isEmpty(), "there are no PTX files");
        return all;
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder())) {
            return all.filter(file -> file.toString().endsWith(".ptx")).sorted().toList();
        }
    }

    private static Path folder() {
        return Project.root().resolve("kernels/src/main/resources/org/jengine/kernels/ptx");
    }

    @BeforeEach
    void oncePerCheck() {
        assumeTrue(!Boolean.getBoolean("jengine.again"), "once is enough: NVIDIA's assemblers hang on no JDK");
    }

    @ParameterizedTest
    @MethodSource("byJar")
    void theAssemblerInJCudaTakesIt(String name, String architecture) throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
                "softcuda: JCuda's natives are for Linux on x86-64");
        String text = Project.read(folder().resolve(name));
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        nvPTXCompilerHandle handle = new nvPTXCompilerHandle();
        assertEquals(nvPTXCompileResult.NVPTXCOMPILE_SUCCESS, JNvPTXCompiler.nvPTXCompilerCreate(handle, bytes.length, bytes));
        try {
            String[] options = {"--gpu-name=" + architecture, "--verbose"};
            int status = JNvPTXCompiler.nvPTXCompilerCompile(handle, options.length, options);
            assertEquals(nvPTXCompileResult.NVPTXCOMPILE_SUCCESS, status, () -> log(handle, true));
            requireRegistersOnly(text, log(handle, false));
        } finally {
            JNvPTXCompiler.nvPTXCompilerDestroy(handle);
        }
    }

    private static String log(nvPTXCompilerHandle handle, boolean error) {
        long[] size = new long[1];
        if (error) {
            JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(handle, size);
        } else {
            JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(handle, size);
        }
        byte[] log = new byte[(int) size[0]];
        if (error) {
            JNvPTXCompiler.nvPTXCompilerGetErrorLog(handle, log);
        } else {
            JNvPTXCompiler.nvPTXCompilerGetInfoLog(handle, log);
        }
        return new String(log, StandardCharsets.UTF_8).replace("\0", "");
    }

    /** GPUs that the assembler in the jar does not know. */
    @ParameterizedTest
    @MethodSource("byPtxas")
    void nvccsAssemblerTakesIt(String name, String architecture) throws IOException, InterruptedException {
        Path output = temporary.resolve(name + "." + architecture);
        Process process = new ProcessBuilder(ptxas().toString(), "-v", "-arch=" + architecture, "-o", output + ".cubin",
                folder().resolve(name).toString()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        process.getOutputStream().close();
        assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "ptxas did not end");
        String log = Files.readString(output);
        assertEquals(0, process.exitValue(), log);
        requireRegistersOnly(Project.read(folder().resolve(name)), log);
    }

    /** Gives up the test where there is no such assembler; fails it where {@code -Djengine.require} names {@code nvcc}. */
    private static Path ptxas() {
        List<String> folders = new ArrayList<>(List.of(System.getenv("PATH").split(File.pathSeparator)));
        folders.add("/usr/local/cuda/bin");
        List<Path> found = folders.stream().map(f -> Path.of(f, "ptxas")).filter(Files::isExecutable).toList();
        boolean required = Arrays.asList(System.getProperty("jengine.require", "").split(",")).contains("nvcc");
        assertFalse(required && found.isEmpty(), "nvcc is required, but there is no ptxas");
        assumeTrue(!found.isEmpty(), "ptxas of the CUDA toolkit is not installed");
        return found.get(0);
    }

    private static void requireRegistersOnly(String text, String log) {
        List<String> entries = ENTRY.matcher(text).results().map(m -> m.group(1)).sorted().toList();
        List<String> seen = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        Matcher properties = PROPERTIES.matcher(log);
        while (properties.find()) {
            seen.add(properties.group(1));
            boolean spills = !properties.group(3).equals("0") || !properties.group(4).equals("0");
            if (spills || !properties.group(2).equals("0")) {
                wrong.add(properties.group());
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(!entries.isEmpty() && seen.containsAll(entries), () -> "of " + entries + " the assembler told of " + seen + "\n" + log);
    }
}

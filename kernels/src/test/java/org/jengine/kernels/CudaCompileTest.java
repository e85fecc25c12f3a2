package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The kernels' portable texts are CUDA C too, and those for a target are that alone: the compiler of the CUDA toolkit takes them all,
 * without a warning, where there is one.
 */
class CudaCompileTest {
    /** The oldest architecture that all toolkits of the day compile for. */
    private static final int OLDEST = 75;
    private static final long MOST_SECONDS = 120;

    /** What came of a compilation. */
    private record Result(int status, String output) {
    }

    @ParameterizedTest
    @EnumSource
    void everyTextCompilesWithoutAWarning(Target target, @TempDir Path folder) throws Exception {
        Result result = compile(folder, target, covered(target).map(def -> KernelSource.of(def, target).text()).distinct().toList());
        assertEquals("", result.output, "of nvcc");
        assertEquals(0, result.status);
        String ptx = Files.readString(folder.resolve("all.ptx"));
        List<String> lacking = covered(target).map(KernelDef::entry).filter(e -> !ptx.contains(".visible .entry " + e + "(")).toList();
        assertEquals(List.of(), lacking, "kernels that are not in the PTX");
    }

    @Test
    void faultsAreToldWithFileAndLine(@TempDir Path folder) throws Exception {
        String source = KernelSource.of(Cast.of()).text();
        String unused = source.replace("int count) {", "int count) {\n    int unused = 3;");
        assertNotEquals(source, unused);
        Result result = compile(folder, Target.PORTABLE, List.of(unused, KernelSource.of(Relu.fwd(DType.F32)).text()));
        assertNotEquals(0, result.status, "a warning must end the compilation");
        assertTrue(Pattern.compile("cast\\.cu\\(4\\).*\"unused\"").matcher(result.output).find(), result.output);
    }

    private static Stream<KernelDef> covered(Target target) {
        return Kernels.ALL.stream().filter(d -> d.devices().cover(target));
    }

    /** All texts in one file, since starting the compiler takes longer than most of them. */
    private static Result compile(Path folder, Target target, List<String> texts) throws IOException, InterruptedException {
        Path nvcc = nvcc();
        Path all = Files.write(folder.resolve("all.cu"), PtxFiles.together(texts));
        Path output = folder.resolve("output.txt");
        // -G: not optimised, which takes a second instead of half a minute and finds the same faults.
        Process process = new ProcessBuilder(nvcc.toString(), "-ptx", "-G", "-arch=sm_" + Math.max(OLDEST, target.capability()),
                "-Werror", "all-warnings", "-o", "all.ptx", all.getFileName().toString())
                .directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            throw new IllegalStateException("nvcc did not end within " + MOST_SECONDS + " s\n" + Files.readString(output));
        }
        return new Result(process.exitValue(), Files.readString(output));
    }

    /** Gives up the test where there is no compiler; fails it where {@code -Djengine.require} names {@code nvcc}. */
    private static Path nvcc() {
        List<String> folders = new ArrayList<>(List.of(System.getenv("PATH").split(File.pathSeparator)));
        Stream.of("CUDA_HOME", "CUDA_PATH").map(System.getenv()::get).filter(Objects::nonNull).forEach(h -> folders.add(h + "/bin"));
        folders.add("/usr/local/cuda/bin");
        List<Path> found = folders.stream().map(f -> Path.of(f, "nvcc")).filter(Files::isExecutable).toList();
        boolean required = Arrays.asList(System.getProperty("jengine.require", "").split(",")).contains("nvcc");
        assertFalse(required && found.isEmpty(), "nvcc is required, but neither on the PATH nor below CUDA_HOME or /usr/local/cuda");
        assumeTrue(!found.isEmpty(), "nvcc of the CUDA toolkit is not installed");
        return found.get(0);
    }
}

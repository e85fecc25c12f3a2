package org.jengine.softcuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jengine.softcuda.programs.Softcuda;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The options and the exit statuses of {@code ci/softcuda}. */
class ScriptTest {
    private static final int WRONG_OPTIONS = 2;

    @TempDir
    private Path temporary;

    @BeforeAll
    static void itCanBeBuilt() {
        Softcuda.assumeItCanBeBuilt();
    }

    @Test
    void helpNamesEveryOption() throws Exception {
        Softcuda.Result result = Softcuda.run(temporary, "--help");
        assertEquals(0, result.status(), result.toString());
        for (String option : List.of("--gpu", "--report", "--faults", "--no-check", "--seed", "--driver", "--fail", "--build")) {
            assertTrue(result.out().contains(option), option);
        }
    }

    @Test
    void buildPrintsTheFolderOfTheLibraries() throws Exception {
        Softcuda.Result result = Softcuda.run(temporary, "--build");
        assertEquals(0, result.status(), result.toString());
        for (String library : List.of("libcuda.so.1", "libcublas.so.12", "libcudnn.so.9")) {
            assertTrue(Files.exists(Path.of(result.out().strip(), library)), library);
        }
    }

    @Test
    void theCommandsStatusAndOutputAreItsOwn() throws Exception {
        Softcuda.Result result = Softcuda.run(temporary, "sh", "-c", "echo out; echo err >&2; exit 7");
        assertEquals(new Softcuda.Result(7, "out\n", "err\n"), result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--seed x true", "--no-such-option true", "--gpu", "--gpu no-such-gpu true", "--driver 9.9 true",
        "--fail cuInit true", "--fail cuNoSuchCall=2 true", "--seed 1", "--seed 9999999999999999999 true", "--report . true",
        "--faults . true", "--report no-such-folder/x true"})
    void wrongOptionsAreRefused(String words) throws Exception {
        Softcuda.Result result = Softcuda.run(temporary, words.split(" "));
        assertEquals(WRONG_OPTIONS, result.status(), result.toString());
        assertEquals("", result.out());
        assertTrue(result.err().matches("ci/softcuda: [^\n]*\n"), result::toString);
    }

    @Test
    void aCommandThatIsNotThereIsNamed() throws Exception {
        Softcuda.Result result = Softcuda.run(temporary, "--report", "r.json", "no-such-command");
        assertEquals(127, result.status(), result.toString());
        assertTrue(result.err().matches("ci/softcuda: there is no command no-such-command[^\n]*\n"), result::toString);
    }

    /** A command that fails before it uses CUDA keeps its status; one that is well and was to be counted did not do what was asked. */
    @ParameterizedTest
    @CsvSource({"3, 3", "0, 70"})
    void aCommandWithoutCudaLeavesNoReport(int own, int status) throws Exception {
        Softcuda.Result result = Softcuda.run(temporary, "--report", "r.json", "sh", "-c", "exit " + own);
        assertEquals(status, result.status(), result.toString());
        assertTrue(result.err().matches("ci/softcuda: no report: [^\n]*\n"), result::toString);
        assertEquals("", result.out());
    }

    @Test
    void withoutACompilerItSaysWhatToInstall() throws Exception {
        Path script = Files.createDirectories(temporary.resolve("ci")).resolve("softcuda");
        Files.copy(Softcuda.SCRIPT, script);
        Path java = Files.createDirectories(temporary.resolve("ci/src/main/java"));
        Files.createDirectories(temporary.resolve("ci/src/main/c"));
        Files.createDirectories(temporary.resolve("ci/src/main/resources"));
        Files.writeString(java.resolve("A.java"), "class A {}\n");
        Path commands = Files.createDirectories(temporary.resolve("commands"));
        for (String command : List.of("sh", "dirname", "find", "head", "mkdir", "rm", "mv", "cat", "sleep", "cp", "javac", "sed")) {
            Path there = java.resolve("nowhere");
            for (String folder : System.getenv("PATH").split(":")) {
                there = Files.isExecutable(Path.of(folder, command)) ? Path.of(folder, command).toRealPath() : there;
            }
            if (Files.exists(there)) {
                Files.createSymbolicLink(commands.resolve(command), there);
            }
        }
        ProcessBuilder builder = new ProcessBuilder("sh", script.toString(), "--build").redirectErrorStream(true);
        builder.environment().put("PATH", commands.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes());
        assertEquals(69, process.waitFor(), said);
        assertTrue(said.contains("apt-get install gcc"), said);
        Files.walk(commands).filter(Files::isSymbolicLink).forEach(link -> link.toFile().delete());
    }
}

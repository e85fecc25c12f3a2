package org.jengine.softcuda.dnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs with JCuda's own natives of cuBLAS and cuDNN, on the software device with its checker on. */
class LibrariesTest {
    private static final Path SCRIPT = Stream.of("softcuda", "ci/softcuda").map(name -> Path.of(name).toAbsolutePath())
            .filter(Files::isRegularFile).findFirst().orElseThrow();
    private static final int MOST_SECONDS = 240;

    @TempDir
    private Path temporary;

    private void run(String program) throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
                "JCuda's natives are for Linux on x86-64");
        assumeTrue(Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(folder -> Stream.of("gcc", "cc", "clang")
                .anyMatch(name -> Files.isExecutable(Path.of(folder, name)))), "there is no C compiler");
        List<String> words = new ArrayList<>(List.of(SCRIPT.toString(), Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary, "-cp", System.getProperty("java.class.path")));
        if (Runtime.version().feature() >= 24) {
            words.add(2, "--enable-native-access=ALL-UNNAMED");
        }
        words.add(program);
        Path out = temporary.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        String text = Files.readString(out);
        assertEquals(0, process.exitValue(), text);
        assertEquals("all is well", text.lines().reduce((one, two) -> two).orElse(""), text);
    }

    @Test
    void cublasThroughItsNatives() throws Exception {
        run("org.jengine.softcuda.blas.BlasProgram");
    }

    @Test
    void cudnnThroughItsNatives() throws Exception {
        run("org.jengine.softcuda.dnn.DnnProgram");
    }
}

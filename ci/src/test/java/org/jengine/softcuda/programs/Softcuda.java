package org.jengine.softcuda.programs;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs programs through {@code ci/softcuda}. */
public final class Softcuda {
    /** The script: the tests' own folder is the module or the project. */
    public static final Path SCRIPT = Stream.of("softcuda", "ci/softcuda").map(name -> Path.of(name).toAbsolutePath())
            .filter(Files::isRegularFile).findFirst().orElseThrow();

    private static final int MOST_SECONDS = 240;

    /** What came of a program. */
    public record Result(int status, String out, String err) {
        @Override
        public String toString() {
            return "ended with " + status + "\n" + out + err;
        }
    }

    private Softcuda() {
    }

    /** Nothing here works without a C compiler, or with natives for another machine. */
    public static void assumeItCanBeBuilt() {
        assumeTrue(System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
                "softcuda: JCuda's natives are for Linux on x86-64");
        boolean there = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Stream.of("gcc", "cc", "clang").anyMatch(name -> Files.isExecutable(Path.of(folder, name))));
        assumeTrue(there, "softcuda: there is no C compiler");
    }

    /** A class with main among the tests, in a JVM of its own. */
    public static Result program(Path temporary, List<String> options, Class<?> main, String... arguments) throws Exception {
        return program(MOST_SECONDS, temporary, options, main, arguments);
    }

    /** The same for one that has much to do: it may take so many seconds. */
    public static Result program(long seconds, Path temporary, List<String> options, Class<?> main, String... arguments) throws Exception {
        List<String> words = new ArrayList<>(options);
        words.addAll(List.of(java(), "-Djava.io.tmpdir=" + temporary, "-cp", System.getProperty("java.class.path")));
        if (Runtime.version().feature() >= 24) {
            words.add(options.size() + 1, "--enable-native-access=ALL-UNNAMED");
        }
        words.add(main.getName());
        words.addAll(List.of(arguments));
        return run(seconds, temporary, words);
    }

    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    public static Result run(Path temporary, String... words) throws IOException, InterruptedException {
        return run(MOST_SECONDS, temporary, List.of(words));
    }

    private static Result run(long seconds, Path temporary, List<String> words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(SCRIPT.toString()));
        all.addAll(words);
        Path out = Files.createTempFile(temporary, "out", ".txt");
        Path err = Files.createTempFile(temporary, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(all).directory(temporary.toFile()).redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            throw new IllegalStateException(all + " did not end within " + seconds + " s\n" + Files.readString(err));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}

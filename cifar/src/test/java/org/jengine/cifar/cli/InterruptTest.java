package org.jengine.cifar.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jengine.nn.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals to a process of its own. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no signals to send")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterruptTest {
    /** What a shell starts in the background ignores SIGINT, and so would its children; this gives it its meaning back. */
    private static final List<String> HEEDING = List.of("env", "--default-signal=INT");
    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void theFirstSignalSavesAndEndsWith130(String signal) throws Exception {
        Process process = start("train", "mlp", "--limit", "2000", "--epochs", "100000", "--threads", "1");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            read(out, "epoch=3/100000");
            kill(process, signal);
            List<String> rest = out.lines().toList();
            assertEquals(ExitCode.INTERRUPTED, code(process), rest.toString());
            String goOn = rest.get(rest.size() - 1);
            assertTrue(goOn.matches("go on +jengine train mlp --weights .*last\\.safetensors --epochs \\d+ .*"), goOn);
        } finally {
            process.destroyForcibly();
        }
        Path run = onlyRun();
        assertEquals("mlp", Checkpoint.load(run.resolve(RunFolder.LAST)).net().name());
        assertEquals("mlp", Checkpoint.load(run.resolve(RunFolder.BEST)).net().name());
        assertEquals("interrupted", TestConsole.json(Files.readString(run.resolve(RunFolder.RUN))).get("status"));
    }

    @Test
    void theSecondSignalEndsWithoutWaiting() throws Exception {
        Process process = start("stubborn");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            read(out, "begun");
            kill(process, "INT");
            read(out, "cancelled");
            assertTrue(process.isAlive(), "the command is waited for");
            kill(process, "INT");
            assertEquals(ExitCode.INTERRUPTED, code(process));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aCommandThatDoesNotListenEndsAtOnce() throws Exception {
        Process process = start("stubborn", "--deaf");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            read(out, "begun");
            kill(process, "TERM");
            assertEquals(ExitCode.INTERRUPTED, code(process));
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(heeds() ? HEEDING : List.of());
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
                "-cp", System.getProperty("java.class.path")));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("JENGINE_DATA", "synthetic");
        builder.environment().remove(Console.TERMINAL);
        return builder.start();
    }

    private static boolean heeds() throws IOException {
        try {
            return new ProcessBuilder(HEEDING.get(0), HEEDING.get(1), "true").start().waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void read(BufferedReader out, String beginning) throws IOException {
        List<String> seen = new ArrayList<>();
        String line;
        do {
            line = out.readLine();
            seen.add(String.valueOf(line));
            assertTrue(line != null, "ended before '" + beginning + "': " + seen);
        } while (!line.startsWith(beginning));
    }

    private static void kill(Process process, String signal) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start().waitFor());
    }

    private static int code(Process process) throws InterruptedException {
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the signal was ignored");
        return process.exitValue();
    }

    private Path onlyRun() throws IOException {
        try (Stream<Path> runs = Files.list(folder.resolve("runs"))) {
            return runs.findFirst().orElseThrow();
        }
    }
}

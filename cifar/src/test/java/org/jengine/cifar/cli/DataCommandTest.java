package org.jengine.cifar.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {
    @TempDir
    private Path folder;

    @Test
    void infoDescribesWhatTrainWouldUse() {
        TestConsole console = new TestConsole(folder);
        assertEquals(ExitCode.DONE, console.run("data", "info"), console.err());
        assertTrue(console.out().startsWith("name         synthetic"), console.out());
        assertTrue(console.out().contains("50 000 train, 10 000 validation, 32x32x3, 10 classes"), console.out());
        assertEquals(10, console.out().lines().filter(l -> l.matches("class +\\w+ +5000 train +1000 validation")).count(), console.out());
    }

    @Test
    void jsonIsOneObject() {
        TestConsole console = new TestConsole(folder);
        assertEquals(ExitCode.DONE, console.run("data", "info", "--json"), console.err());
        assertEquals(1, console.events().size());
        Map<String, Object> data = console.events().get(0);
        assertEquals(true, data.get("synthetic"));
        assertEquals(50_000, data.get("train"));
        assertEquals(10, ((List<?>) data.get("classes")).size());
    }

    @Test
    void verifyRefusesWhatIsNotThere() throws IOException {
        Files.writeString(folder.resolve("page.html"), "<!DOCTYPE html><html></html>");
        for (String path : new String[] {"nowhere", "page.html"}) {
            TestConsole console = new TestConsole(folder);
            assertEquals(ExitCode.DATA, console.run("data", "verify", "--data", path));
            assertTrue(console.err().contains(folder.resolve(path).toString()), console.err());
            assertTrue(console.err().contains("data fetch"), console.err());
            assertEquals("", console.out());
        }
    }

    @Test
    void withoutAnyDataVerifySaysHowToGetThem() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new PrintStream(new ByteArrayOutputStream()), new PrintStream(err, true, StandardCharsets.UTF_8), 0,
                true, Map.of("XDG_CACHE_HOME", folder.toString(), "LOCALAPPDATA", folder.toString()), folder, new Interrupt());
        assertEquals(ExitCode.DATA, Main.run(console, "data", "verify", "--data", folder.toString()));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("data fetch"), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aDownloadIsShownLineByLineInALogAndOnOneLineOnATerminal() {
        TestConsole log = new TestConsole(folder);
        try (DownloadDisplay display = new DownloadDisplay(log.console(), false)) {
            for (long bytes = 0; bytes <= 170_000_000; bytes += 1_000_000) {
                display.at(bytes, 170_000_000);
            }
        }
        assertEquals(11, log.err().lines().count(), log.err());
        assertTrue(log.err().contains("fetching 170 MB of 170 MB"), log.err());
        assertTrue(log.err().chars().allMatch(c -> c >= 32 || c == '\n' || c == '\r' && System.lineSeparator().length() > 1), log.err());

        TestConsole terminal = new TestConsole(folder, 80);
        try (DownloadDisplay display = new DownloadDisplay(terminal.console(), false)) {
            display.at(0, 170_000_000);
            display.at(170_000_000, 170_000_000);
        }
        assertEquals(1, terminal.err().split(System.lineSeparator()).length, terminal.err());
        assertEquals("", terminal.out());

        TestConsole json = new TestConsole(folder);
        try (DownloadDisplay display = new DownloadDisplay(json.console(), true)) {
            display.at(0, -1);
            display.at(85, 170);
        }
        assertEquals(List.of(0, 85), json.events().stream().map(e -> e.get("bytes")).toList());
        assertEquals("", json.err());
    }
}

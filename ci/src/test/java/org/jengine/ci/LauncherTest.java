package org.jengine.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code cifar/jengine} on the JDK that runs this test, with the jar that this build made: it must not build again. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX script")
class LauncherTest {
    private static final Path LAUNCHER = Project.root().resolve("cifar/jengine");

    @TempDir
    private Path elsewhere;
    private final List<Path> links = new ArrayList<>();

    @BeforeEach
    void thereIsAJar() {
        PackagingTest.assumePackaged(PackagingTest.runnablePath());
    }

    /** JUnit warns when it removes a folder with links that lead out of it. */
    @AfterEach
    void removeLinks() throws IOException {
        for (Path link : links) {
            Files.delete(link);
        }
    }

    @Test
    void worksFromAnotherFolder() throws Exception {
        shows(LAUNCHER, elsewhere);
    }

    @Test
    void worksFromItsOwnFolderByARelativePath() throws Exception {
        shows(Path.of("./jengine"), LAUNCHER.getParent());
    }

    @Test
    void worksThroughLinksAndInAFolderWithABlank() throws Exception {
        Path folder = Files.createDirectory(elsewhere.resolve("a folder"));
        shows(link(folder.resolve("direct"), LAUNCHER), folder);
        shows(link(folder.resolve("relative"), folder.toRealPath().relativize(LAUNCHER.toRealPath())), elsewhere);
        shows(link(folder.resolve("twice"), Path.of("direct")), elsewhere);
    }

    @Test
    void worksFromThePath() throws Exception {
        link(elsewhere.resolve("jengine"), LAUNCHER);
        shows(Path.of("jengine"), Files.createDirectory(elsewhere.resolve("work")));
    }

    @Test
    void handsOnTheExitCodeAndTheArguments() throws Exception {
        Command.Result wrong = jengine(LAUNCHER, elsewhere, "show", "no such net");
        assertEquals(2, wrong.status(), wrong.toString());
        assertTrue(wrong.err().contains("no such net"), wrong.toString());
    }

    private Path link(Path from, Path to) throws IOException {
        links.add(from);
        return Files.createSymbolicLink(from, to);
    }

    private void shows(Path launcher, Path folder) throws Exception {
        Command.Result shown = jengine(launcher, folder, "show", "lr", "--ascii");
        assertEquals(0, shown.status(), shown.toString());
        assertEquals("", shown.err(), "warnings of the JVM and of our code are not wanted");
        assertTrue(shown.out().replaceAll("[, ]", "").contains("30730"), shown.toString());
        assertTrue(shown.out().chars().allMatch(c -> c == '\n' || c >= 32 && c < 127), "not plain ASCII: " + shown.out());
    }

    /** Through a shell, which looks the launcher up by the PATH given here; the test's own would be taken otherwise. */
    private Command.Result jengine(Path launcher, Path folder, String... words) throws Exception {
        String path = noMaven() + File.pathSeparator + elsewhere + File.pathSeparator + System.getenv("PATH");
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$0\" \"$@\"", launcher.toString()));
        command.addAll(List.of(words));
        return Command.of(folder, command.toArray(new String[0])).with("JAVA_HOME", System.getProperty("java.home")).with("PATH", path)
                .without("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS").run();
    }

    /** A folder with a Maven that fails, since a launcher that builds although the jar is fresh is wrong. */
    private Path noMaven() throws IOException {
        Path folder = elsewhere.resolve("no maven");
        if (!Files.exists(folder)) {
            Files.createDirectory(folder);
            Path mvn = Files.writeString(folder.resolve("mvn"), """
                    #!/bin/sh
                    echo 'the launcher called mvn although the jar is fresh' >&2
                    exit 99
                    """);
            Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return folder;
    }
}

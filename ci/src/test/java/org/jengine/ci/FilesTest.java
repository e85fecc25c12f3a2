package org.jengine.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The project's files themselves: length, blanks, scripts, the texts that must be there. */
class FilesTest {
    private static final int MOST_LINES = 400;
    /** Longer files, each with the reason why it is not split. */
    private static final Map<String, String> LONG_FOR_A_REASON = Map.of(
            "runtime/src/main/java/org/jengine/runtime/cuda/Cu.java", "one class alone may see the binding, one method a call",
            "runtime/src/main/java/org/jengine/runtime/host/Dnnl.java", "one class alone may see the binding, one method a call",
            "runtime/src/main/java/org/jengine/runtime/opencl/Cl.java", "one class alone may see the binding, one method a call");
    /** Texts that people write; data beside tests may be as long as it is. */
    private static final Set<String> TEXTS = Set.of("java", "py", "cu", "h", "c", "md", "xml", "sh", "yml", "properties", "html", "js",
            "css");
    private static final int WIDEST_JAVA_LINE = 140;
    private static final int MOST_FAULTS_TOLD = 5;

    @Test
    void noFileIsTooLong() {
        List<String> found = new ArrayList<>();
        for (Path file : texts()) {
            long lines = Project.read(file).lines().count();
            if (lines > MOST_LINES && !LONG_FOR_A_REASON.containsKey(Project.name(file))) {
                found.add(Project.name(file) + " has " + lines + " lines; split it, or give the reason in " + FilesTest.class.getName());
            }
        }
        assertEquals("", String.join("\n", found));
    }

    @Test
    void longFilesThatAreExcusedAreLong() {
        for (String name : LONG_FOR_A_REASON.keySet()) {
            Path file = Project.root().resolve(name);
            assertTrue(Files.exists(file) && Project.read(file).lines().count() > MOST_LINES, name + " needs no excuse any more");
        }
    }

    @Test
    void textsHaveNoTabsNoTrailingBlanksAndEndInOneNewline() {
        List<String> found = new ArrayList<>();
        for (Path file : texts()) {
            faults(Project.name(file), Project.read(file)).stream().limit(MOST_FAULTS_TOLD).forEach(found::add);
        }
        assertEquals("", String.join("\n", found));
    }

    @Test
    void faultsInATextAreFound() {
        assertEquals(List.of("a.java:1 has a tab", "a.java:2 ends in blanks", "a.java:3 is 141 wide", "a.java does not end in one newline"),
                faults("a.java", "\tx\ny \n" + "z".repeat(141)));
        assertEquals(List.of("a.sh:1 ends in blanks", "a.sh does not end in one newline"), faults("a.sh", "x\r\n\n"));
        assertEquals(List.of(), faults("a.md", "z".repeat(200) + "\n"));
    }

    @Test
    void theTextsThatMustBeThereAreThere() {
        assertTrue(Project.read(Project.root().resolve("LICENSE")).contains("Apache License"), "LICENSE");
        assertTrue(Project.read(Project.root().resolve("README.md")).startsWith("# jengine\n"), "README.md");
        Set<String> names = texts().stream().map(Project::name).collect(Collectors.toSet());
        for (String module : Project.MODULES) {
            assertTrue(names.contains(module + "/pom.xml"), module);
        }
    }

    @Test
    void whatTheBuildMakesStaysUnderTarget() {
        Pattern product = Pattern.compile("(.*/)?(dependency-reduced-pom\\.xml|.*\\.(class|jar|log))");
        List<String> made = Project.files().stream().map(Project::name).filter(n -> product.matcher(n).matches()).toList();
        assertEquals(List.of(), made);
    }

    @Test
    void theScriptsOfTheProjectAreAmongTheScripts() {
        Set<String> names = scripts().map(Project::name).collect(Collectors.toCollection(TreeSet::new));
        assertTrue(names.containsAll(Set.of(".ci/run", "ci/check", "cifar/jengine")), names.toString());
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void scriptsAreExecutableAndParse(Path script, @TempDir Path empty) throws Exception {
        assertTrue(Files.isExecutable(script), script + " is not executable");
        String shell = firstLine(script).replaceFirst("^#!\\s*(/usr/bin/env\\s+)?", "").strip();
        Command.Result checked = Command.of(empty, shell, "-n", script.toString()).run();
        assertEquals(0, checked.status(), checked.toString());
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void shellcheckFindsNoFault(Path script, @TempDir Path empty) throws Exception {
        assumeTrue(onPath("shellcheck"), "shellcheck is not installed");
        Command.Result checked = Command.of(empty, "shellcheck", "-x", script.toString()).run();
        assertEquals(0, checked.status(), checked.toString());
    }

    /** Files that begin with a shell's name, whatever theirs is. */
    static Stream<Path> scripts() {
        return Project.files().stream().filter(f -> Pattern.matches("#!.*\\b(sh|bash|dash)\\s*", firstLine(f)));
    }

    private static List<Path> texts() {
        List<Path> found = Project.files().stream().filter(f -> {
            String name = f.getFileName().toString();
            return TEXTS.contains(name.substring(name.lastIndexOf('.') + 1)) || firstLine(f).startsWith("#!");
        }).toList();
        assertFalse(found.isEmpty(), "no text was found below " + Project.root());
        return found;
    }

    private static List<String> faults(String name, String text) {
        List<String> found = new ArrayList<>();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String place = name + ":" + (i + 1);
            if (lines[i].indexOf('\t') >= 0) {
                found.add(place + " has a tab");
            }
            if (!lines[i].equals(lines[i].stripTrailing())) {
                found.add(place + " ends in blanks");
            }
            if (name.endsWith(".java") && lines[i].length() > WIDEST_JAVA_LINE) {
                found.add(place + " is " + lines[i].length() + " wide");
            }
        }
        if (!text.endsWith("\n") || text.endsWith("\n\n")) {
            found.add(name + " does not end in one newline");
        }
        return found;
    }

    private static String firstLine(Path file) {
        try {
            byte[] head = new byte[80];
            try (var in = Files.newInputStream(file)) {
                int read = Math.max(0, in.readNBytes(head, 0, head.length));
                return new String(head, 0, read, java.nio.charset.StandardCharsets.ISO_8859_1).lines().findFirst().orElse("");
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot read " + file, e);
        }
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(d -> Files.isExecutable(Path.of(d, program)));
    }
}

package org.jengine.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jengine.cifar.Nets;
import org.jengine.cifar.Recipe;
import org.jengine.cifar.cli.CommandLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README shows must work as it stands there. */
class ReadmeTest {
    private static final Pattern EXAMPLE = Pattern.compile("<!-- compiled by ReadmeTest -->\n```java\n(.*?)\n```\n", Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("```sh\n(.*?)\n```\n|((?:\n    [^\n]+)+)|`([^`\n]+)`", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");
    private static final Pattern FOLDER_ROW = Pattern.compile("(?m)^\\| `([a-z]+)` \\| [a-z]");
    private static final int MOST_LINES_OF_EXAMPLE = 20;

    @Test
    void theExampleCompilesAndTrains(@TempDir Path folder) throws Exception {
        Matcher m = EXAMPLE.matcher(readme());
        assertTrue(m.find(), "the README has no example for this test");
        Path source = Files.writeString(folder.resolve("Example.java"), m.group(1));
        assertTrue(m.group(1).lines().count() <= MOST_LINES_OF_EXAMPLE + 2, "the example is no longer short");
        assertFalse(m.find(), "this test takes one example");
        String classPath = System.getProperty("java.class.path");
        compile(source, classPath);

        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", folder + File.pathSeparator + classPath, "Example"));
        Command.Result run = Command.of(folder, command.toArray(new String[0])).without("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS").run();
        assertEquals(0, run.status(), run.toString());
        assertEquals("", run.err(), "a library does not print");
        Matcher printed = Pattern.compile("([0-9.,]+) on synthetic, [0-9]+ images/s\\R").matcher(run.out());
        assertTrue(printed.matches(), run.toString());
        assertTrue(Double.parseDouble(printed.group(1).replace(',', '.')) > 0.15, "it learns nothing: " + run.out());
        assertTrue(Files.size(folder.resolve("best.safetensors")) > 0, "no weights were saved");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandShownIsACommand(String command) {
        CommandLines.parse(words(command));
    }

    @Test
    void commandsAreFound() {
        List<String> found = commands().toList();
        for (String start : List.of("train ", "eval ", "show ", "data ", "devices", "bench ")) {
            assertTrue(found.stream().anyMatch(c -> c.startsWith(start)), "the README shows no 'jengine " + start.strip() + "'");
        }
    }

    @Test
    void theTableOfNetsIsRight() {
        for (Recipe r : Nets.ALL) {
            String row = String.format(Locale.ROOT, "| `%s` | %,d | %d | %d |", r.name(), r.net().parameters(), r.batch(), r.epochs());
            assertTrue(readme().contains(row + "\n"), "the README should say " + row);
        }
    }

    @Test
    void theTableOfFoldersNamesEveryModule() {
        List<String> rows = FOLDER_ROW.matcher(section("Layout")).results().map(r -> r.group(1)).toList();
        assertEquals(Project.MODULES, rows);
    }

    @Test
    void whatIsLinkedIsThere() {
        List<String> links = LINK.matcher(readme()).results().map(r -> r.group(1)).toList();
        assertFalse(links.isEmpty(), "no link was found");
        for (String link : links) {
            assertTrue(Files.exists(Project.root().resolve(link)), link);
        }
    }

    /** What follows the program's name in code blocks and code spans, without comments. */
    static Stream<String> commands() {
        return CODE.matcher(readme()).results().flatMap(r -> {
            String block = r.group(1) != null ? r.group(1) : r.group(2) != null ? r.group(2) : r.group(3);
            return block.lines();
        }).map(line -> line.replaceFirst("\\s#\\s.*", "").strip()).filter(line -> line.matches("(\\S*/)?jengine\\s.*"))
                .map(line -> line.replaceFirst("^\\S+\\s+", "")).distinct();
    }

    private static String[] words(String command) {
        return Arrays.stream(command.split("\\s+")).toArray(String[]::new);
    }

    private static String readme() {
        return Project.read(Project.root().resolve("README.md"));
    }

    private static String section(String title) {
        String text = readme();
        int at = text.indexOf("\n## " + title + "\n");
        assertTrue(at >= 0, "the README has no section " + title);
        int end = text.indexOf("\n## ", at + 1);
        return text.substring(at, end < 0 ? text.length() : end);
    }

    private static void compile(Path source, String classPath) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-cp", classPath, "-Xlint:all,-classfile", "-Werror", "-proc:none", "-d",
                    source.getParent().toString());
            boolean compiled = compiler.getTask(complaints, files, null, options, null, files.getJavaFileObjects(source)).call();
            assertTrue(compiled, complaints.toString());
        }
    }
}

package org.jengine.cifar.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A command line without a process: remembers what is printed. */
final class TestConsole {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console;

    /** @param columns 0 for no terminal */
    TestConsole(Path folder, int columns) {
        console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8),
                columns, true, Map.of("JENGINE_DATA", "synthetic", "XDG_CACHE_HOME", folder.resolve("cache").toString()), folder,
                new Interrupt());
    }

    TestConsole(Path folder) {
        this(folder, 0);
    }

    Console console() {
        return console;
    }

    int run(String... args) {
        return Main.run(console, args);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** The lines of the output, each of which must be a JSON object. */
    List<Map<String, Object>> events() {
        return out().lines().map(TestConsole::json).toList();
    }

    static Map<String, Object> json(String text) {
        try {
            return JSON.readValue(text, new TypeReference<>() { });
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + text, e);
        }
    }
}

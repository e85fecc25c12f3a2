package org.jengine.softcuda.dnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jengine.softcuda.blas.Blas;
import org.jengine.softcuda.blas.Caller;
import org.jengine.softcuda.blas.DeviceMemory;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.wire.CallTable;
import org.junit.jupiter.api.Test;

/** The C side sends what the Java side answers, and nothing is answered that nobody can send. */
class CallsTest {
    private static final Path SOURCES = Stream.of("src/main/c", "ci/src/main/c").map(Path::of).filter(Files::isDirectory).findFirst()
            .orElseThrow();
    private static final Pattern BY_HAND = Pattern.compile("softcuda_begin\\(\"(\\w+)\"\\)");
    private static final Pattern TRANSFER = Pattern.compile("\"(cublas[GS]et(Vector|Matrix)(Async)?)\" #suffix");

    /** The names that a library's C sends. */
    private static Set<String> sent(String library) throws IOException {
        Set<String> names = new TreeSet<>();
        for (String line : Files.readAllLines(SOURCES.resolve(library + "/" + library + ".calls"))) {
            String[] words = line.split(" ");
            if (words.length > 1 && !line.startsWith("#")) {
                String name = words[0].replace("+", "");
                names.add(name);
                if (words[0].endsWith("+")) {
                    names.add(name + "_64");
                }
            }
        }
        String text = Files.readString(SOURCES.resolve(library + "/" + library + ".c"));
        Matcher plain = BY_HAND.matcher(text);
        while (plain.find()) {
            names.add(plain.group(1));
        }
        Matcher both = TRANSFER.matcher(text);
        while (both.find()) {
            names.add(both.group(1));
            names.add(both.group(1) + "_64");
        }
        return names;
    }

    @Test
    void everyCallOfCublasIsAnswered() throws IOException {
        CallTable calls = new CallTable();
        new Blas(new DeviceMemory(), new Caller(), null, new Reports(report -> { }), () -> 90, () -> 132).provide(calls);
        assertEquals(sent("cublas"), new TreeSet<>(calls.names()));
    }

    @Test
    void everyCallOfCudnnIsAnswered() throws IOException {
        CallTable calls = new CallTable();
        new Dnn(new DeviceMemory(), new Caller(), null, new Reports(report -> { }), () -> 90).provide(calls);
        assertEquals(sent("cudnn"), new TreeSet<>(calls.names()));
    }

    @Test
    void bothSidesNameOneVersion() throws IOException {
        assertTrue(Files.readString(SOURCES.resolve("cudnn/cudnn.c")).contains("VERSION = " + Dnn.VERSION + ","));
    }
}

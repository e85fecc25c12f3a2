package org.jengine.nn.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A file of golden numbers under {@code src/test/resources/golden}, made by {@code src/test/python/golden.py}. A file that is missing,
 * empty, or says nothing is a failure, never a test that passes for want of cases.
 */
final class GoldenFile {
    private GoldenFile() {
    }

    /** The content of {@code golden/<name>.json}. */
    static JsonNode read(String name) {
        String path = "/golden/" + name + ".json";
        try (InputStream in = GoldenFile.class.getResourceAsStream(path)) {
            return read(path, in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode read(String path, InputStream in) throws IOException {
        if (in == null) {
            throw new AssertionError(path + " is missing; make it with nn/src/test/python/golden.py");
        }
        JsonNode root = new ObjectMapper().readTree(in);
        if (root == null || !root.path("made_by").path("scripts_sha256").isTextual() || root.size() < 2) {
            throw new AssertionError(path + " holds no golden numbers; make it anew with nn/src/test/python/golden.py");
        }
        return root;
    }

    /** The file's cases of one operation, at least one. */
    static Stream<GoldenCase> cases(String file, String op) {
        return some(file, all(file).filter(c -> c.op().equals(op)).toList().stream().toArray(GoldenCase[]::new), op);
    }

    /** All of the file's cases, at least one. */
    static Stream<GoldenCase> cases(String file) {
        return some(file, all(file).toArray(GoldenCase[]::new), "any kind");
    }

    private static Stream<GoldenCase> all(String file) {
        return StreamSupport.stream(read(file).path("cases").spliterator(), false).map(GoldenCase::new);
    }

    private static Stream<GoldenCase> some(String file, GoldenCase[] cases, String kind) {
        if (cases.length == 0) {
            throw new AssertionError("golden/" + file + ".json has no case of " + kind);
        }
        return Stream.of(cases);
    }
}

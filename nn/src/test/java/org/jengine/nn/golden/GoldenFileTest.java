package org.jengine.nn.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The golden files themselves: they are there, say something, and come from the scripts as they are. */
class GoldenFileTest {
    private static final Path SCRIPTS = Path.of("src", "test", "python");
    private static final Path FILES = Path.of("src", "test", "resources", "golden");
    private static final int FILE_COUNT = 14;

    @Test
    void scriptsAndNumbersBelongTogether() throws IOException, NoSuchAlgorithmException {
        String hash = scriptHash();
        List<String> names = names();
        assertEquals(FILE_COUNT, names.size(), names::toString);
        for (String name : names) {
            assertEquals(hash, GoldenFile.read(name).at("/made_by/scripts_sha256").asText(),
                    "golden/" + name + ".json was made by other scripts than those in src/test/python; run golden.py");
        }
    }

    /** SHA-256 over names and contents in the order of the names, carriage returns left out, as in {@code golden.py}. */
    private static String scriptHash() throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        List<Path> files;
        try (Stream<Path> all = Files.list(SCRIPTS)) {
            files = all.filter(f -> f.toString().endsWith(".py")).sorted().toList();
        }
        for (Path file : files) {
            digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
            digest.update(Files.readString(file).replace("\r", "").getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(FILES)) {
            return all.map(f -> f.getFileName().toString().replace(".json", "")).sorted().toList();
        }
    }

    @Test
    void filesAreSmall() throws IOException {
        long bytes = 0;
        for (String name : names()) {
            bytes += Files.size(FILES.resolve(name + ".json"));
        }
        assertTrue(bytes < 1_000_000, () -> "golden files should stay below 1 MB");
    }

    @Test
    void aMissingFileFails() {
        AssertionError e = assertThrows(AssertionError.class, () -> GoldenFile.read("nothing"));
        assertTrue(e.getMessage().contains("golden.py"), e.getMessage());
    }

    @Test
    void anEmptyFileFails() {
        for (String content : List.of("", "{}", "[]", "{\"made_by\": {}, \"cases\": []}")) {
            InputStream in = new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
            assertThrows(AssertionError.class, () -> GoldenFile.read("empty", in), content);
        }
        assertThrows(AssertionError.class, () -> GoldenFile.cases("layers", "no such layer"));
        assertThrows(AssertionError.class, () -> GoldenFile.cases("train-lr"));
    }

    @Test
    void numbersThatAreMostlyZerosFail() throws IOException {
        JsonNode node = new ObjectMapper().readTree("{\"op\": \"conv\", \"name\": \"n\", \"expected\": "
                + "{\"zeros\": [0, 0.0, 0, 0, 1], \"some\": [0, 2, 0], \"none\": [], \"text\": [\"a\"]}}");
        GoldenCase c = new GoldenCase(node);
        assertArrayEquals(new double[] {0, 2, 0}, c.expected("some"));
        for (String name : List.of("zeros", "none", "text", "absent")) {
            assertThrows(AssertionError.class, () -> c.expected(name), name);
        }
    }

    @Test
    void comparisonSeesADifferenceALengthAndNan() {
        double[] expected = {1, -2, 3};
        Numbers.compare("same", expected, new double[] {1, -2, 3.05}, 0.1);
        for (double[] actual : List.of(new double[] {1, -2, 3.2}, new double[] {1, 2, 3}, new double[] {1, -2, Double.NaN},
                new double[] {1, -2}, new double[] {1, -2, Double.POSITIVE_INFINITY})) {
            AssertionError e = assertThrows(AssertionError.class, () -> Numbers.compare("it", expected, actual, 0.1));
            assertTrue(e.getMessage().startsWith("it: "), e.getMessage());
        }
    }

    @Test
    void everyLayerOperationHasCases() {
        assertEquals(List.of("conv", "dense", "dropout", "gather", "norm", "pool", "relu", "sigmoid"),
                GoldenFile.cases("layers").map(GoldenCase::op).distinct().sorted().collect(Collectors.toList()));
    }
}

package org.jengine.cifar.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShowCommandTest {
    @TempDir
    private Path folder;

    /** The drawings were compared with the tutorial's by eye; dimensions, weights and their shares are the same as there. */
    @ParameterizedTest
    @ValueSource(strings = {"lr", "mlp", "cnn", "deep-cnn", "keras-cnn", "pkaur-cnn"})
    void drawsAsTheTutorialDoes(String net) throws IOException {
        TestConsole console = new TestConsole(folder);
        assertEquals(ExitCode.DONE, console.run("show", net, "--ascii"));
        String drawn = console.out().replace("\r\n", "\n");
        assertTrue(drawn.chars().allMatch(c -> c == '\n' || c >= 32 && c < 127), "more than ASCII in " + drawn);
        try (InputStream golden = ShowCommandTest.class.getResourceAsStream("/show/" + net + ".txt")) {
            assertEquals(new String(golden.readAllBytes(), StandardCharsets.UTF_8), drawn);
        }
    }

    @Test
    void boxesAndAsciiSayTheSame() {
        TestConsole boxes = new TestConsole(folder);
        boxes.run("show", "deep-cnn");
        TestConsole ascii = new TestConsole(folder);
        ascii.run("show", "deep-cnn", "--ascii");
        assertFalse(boxes.out().equals(ascii.out()));
        assertTrue(boxes.out().contains("\u2500\u2500\u2500"), boxes.out());
        assertEquals(ascii.out().replaceAll("[^0-9A-Za-z%.]|max|m\\|s", " ").replaceAll("\\s+", " ").replace(" XXXXX", ""),
                boxes.out().replaceAll("[^0-9A-Za-z%.]|max", " ").replaceAll("\\s+", " "));
    }

    @Test
    void memoryFollowsBatchAndPrecision() {
        TestConsole console = new TestConsole(folder);
        console.run("show", "lr", "--batch", "1000", "--precision", "bf16", "--ascii");
        // 1,000 images of 3,072 values of two bytes.
        assertTrue(console.out().lines().anyMatch(l -> l.contains("Input") && l.endsWith("6.14 MB")), console.out());
        assertTrue(console.out().contains("activations of a batch of 1000 in bf16: 20.0 KB"), console.out());
    }
}

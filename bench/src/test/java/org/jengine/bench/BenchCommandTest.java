package org.jengine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jengine.cifar.cli.ChosenDevice;
import org.jengine.cifar.cli.LibraryOptions;
import org.jengine.cifar.cli.Console;
import org.jengine.cifar.cli.ExitCode;
import org.jengine.cifar.cli.Interrupt;
import org.jengine.cifar.cli.Main;
import org.jengine.nn.ImageData.Split;
import org.jengine.nn.Precision;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
    private static final List<String> QUICK = List.of("--seconds", "0.2", "--warmup", "0.2", "--threads", "1");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Interrupt interrupt = new Interrupt();

    @Test
    void oneObjectForEachCombination() throws JsonProcessingException {
        assertEquals(ExitCode.DONE, run("--nets", "lr", "--batches", "64,own,128", "--json"), err());
        List<JsonNode> lines = lines();
        assertEquals(List.of(64, 128), lines.stream().map(l -> l.get("batch").asInt()).toList());
        for (JsonNode line : lines) {
            assertEquals("lr", line.get("net").asText());
            assertEquals("fp32", line.get("precision").asText());
            assertEquals(1, line.get("threads").asInt());
            assertEquals("random", line.get("data").asText());
            double median = line.get("images_per_second").asDouble();
            assertTrue(median > 0 && line.get("images_per_second_min").asDouble() <= median
                    && median <= line.get("images_per_second_max").asDouble(), line.toString());
            assertTrue(line.get("windows").asInt() >= 3 && line.get("spread").asDouble() >= 0, line.toString());
            for (String field : List.of("device", "device_name", "step_ms_p50", "step_ms_p90", "step_ms_p99", "group_steps", "steady",
                    "warmup_seconds", "jengine", "commit", "java", "date")) {
                assertTrue(line.has(field), field + " is missing in " + line);
            }
        }
        assertEquals("", err());
    }

    @Test
    void aPrecisionTheDeviceLacksIsSkippedAndSaid() throws JsonProcessingException {
        boolean has;
        try (ChosenDevice host = ChosenDevice.open("host", 1, new LibraryOptions())) {
            has = host.has(Precision.BF16);
        }
        assertEquals(ExitCode.DONE, run("--nets", "lr", "--precisions", "fp32,bf16", "--json"), err());
        List<JsonNode> lines = lines();
        assertEquals(List.of("fp32", "bf16"), lines.stream().map(l -> l.get("precision").asText()).toList());
        assertEquals(has, lines.get(1).has("images_per_second"));
        assertEquals(!has, lines.get(1).has("skipped"));
        out.reset();
        assertEquals(has ? ExitCode.DONE : ExitCode.DEVICE, run("--nets", "lr", "--precisions", "bf16", "--json"));
    }

    @Test
    void theTableHasARowForEachAndNoControlCharacter() {
        assertEquals(ExitCode.DONE, run("--nets", "lr,mlp"), err());
        String text = out.toString(StandardCharsets.UTF_8);
        assertFalse(text.chars().anyMatch(c -> c < 32 && c != '\n' && c != '\r'), text);
        assertEquals(2, text.lines().filter(l -> l.matches("(lr|mlp) +128 +fp32 +1 +[0-9 ]+ .*%.*")).count(), text);
    }

    @Test
    void mistakesAreRefused() {
        for (List<String> args : List.of(List.of("--nets", "vgg"), List.of("--batches", "0"), List.of("--batches", "x"),
                List.of("--nets", "lr", "--batches", "50001"), List.of("--seconds", "0"), List.of("--precisions", "fp8"))) {
            err.reset();
            assertEquals(ExitCode.USAGE, Main.run(console(), command(args)), args.toString());
            assertTrue(err().startsWith("jengine: "), err());
        }
    }

    @Test
    void interruptedPrintsNoFigure() {
        interrupt.token().cancel();
        assertEquals(ExitCode.INTERRUPTED, run("--nets", "lr", "--json"));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void noiseFillsBothSplitsAndIsTheSameEachTime() {
        RandomImages images = new RandomImages();
        ByteBuffer[] pixels = new ByteBuffer[2];
        for (int i = 0; i < 2; i++) {
            pixels[i] = ByteBuffer.allocate(images.count(Split.VALIDATION) * 3072);
            ByteBuffer labels = ByteBuffer.allocate(images.count(Split.VALIDATION));
            images.copyTo(Split.VALIDATION, pixels[i], labels);
            assertFalse(pixels[i].hasRemaining() || labels.hasRemaining());
            boolean[] seen = new boolean[10];
            for (byte label : labels.array()) {
                seen[label] = true;
            }
            assertEquals("[true, true, true, true, true, true, true, true, true, true]", java.util.Arrays.toString(seen));
        }
        assertEquals(pixels[0].flip(), pixels[1].flip());
    }

    private int run(String... args) {
        List<String> all = new ArrayList<>(QUICK);
        all.addAll(List.of(args));
        return Main.run(console(), command(all));
    }

    private static String[] command(List<String> args) {
        List<String> all = new ArrayList<>(List.of("bench"));
        all.addAll(args);
        return all.toArray(String[]::new);
    }

    private Console console() {
        return new Console(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), 0, true,
                Map.of(), Path.of(""), interrupt);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private List<JsonNode> lines() throws JsonProcessingException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : out.toString(StandardCharsets.UTF_8).split("\\R")) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }
}

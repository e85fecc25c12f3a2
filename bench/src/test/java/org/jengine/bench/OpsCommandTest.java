package org.jengine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jengine.cifar.cli.Console;
import org.jengine.cifar.cli.ExitCode;
import org.jengine.cifar.cli.Interrupt;
import org.jengine.cifar.cli.Main;
import org.junit.jupiter.api.Test;

class OpsCommandTest {
    private static final List<String> FIELDS = List.of("event", "op", "at", "net", "batch", "precision", "threads_asked", "seconds",
            "seconds_min", "seconds_max", "spread", "samples", "launches_per_sample", "roof", "roof_per_second", "of_roof", "of_roof_min",
            "of_roof_max", "clock", "device", "device_name", "device_details", "cpus", "jengine", "commit", "java", "system", "date");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Interrupt interrupt = new Interrupt();

    @Test
    void everyOperationHasAFigureAndItsRoof() throws JsonProcessingException {
        OpenCl.assumeThere();
        assertEquals(ExitCode.DONE, run("--device", "opencl", "--net", "cnn", "--batch", "2", "--samples", "3", "--json"), err());
        List<JsonNode> lines = new ArrayList<>();
        for (String line : out().split("\\R")) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertEquals(List.of("gather", "relu_fwd", "relu_bwd", "sigmoid_fwd", "sigmoid_bwd", "leaky_relu_fwd", "leaky_relu_bwd",
                "dropout", "dropout_bwd", "softmax_xent", "column_sums",
                "max_pool_fwd", "max_pool_bwd", "adam", "sgd", "rmsprop", "cast", "transpose", "conv_fwd", "conv_data", "conv_weights",
                "conv_fwd", "conv_data", "conv_weights", "dense_fwd", "dense_data", "dense_weights", "dense_fwd", "dense_data",
                "dense_weights", "dense_fwd", "dense_data", "dense_weights", "dense_fwd", "dense_data", "dense_weights"),
                lines.stream().map(l -> l.get("op").asText()).toList());
        assertEquals(9, lines.stream().filter(l -> l.get("net").asText().equals("mlp")).count(), "its dense layers");
        for (JsonNode line : lines) {
            FIELDS.forEach(f -> assertTrue(line.hasNonNull(f), f + " is missing in " + line));
            boolean moves = line.get("roof").asText().startsWith("copy");
            String unit = moves ? "bytes" : "flops";
            double seconds = line.get("seconds").asDouble();
            assertTrue(seconds > 0 && line.get("seconds_min").asDouble() <= seconds && seconds <= line.get("seconds_max").asDouble(),
                    line.toString());
            assertEquals(line.get(unit).asDouble() / seconds, line.get(unit + "_per_second").asDouble(),
                    1e-5 * line.get(unit + "_per_second").asDouble(), line.toString());
            assertTrue(line.get("roof_per_second").asDouble() > 0 && line.get("of_roof").asDouble() > 0, line.toString());
            assertEquals(3, line.get("samples").asInt());
        }
        assertEquals("", err());
    }

    @Test
    void theTableHasARowForEachOperation() {
        OpenCl.assumeThere();
        assertEquals(ExitCode.DONE, run("--device", "opencl", "--net", "lr", "--batch", "1", "--samples", "1"), err());
        assertEquals(1, out().lines().filter(l -> l.matches("adam +30730 weights +[0-9.]+ +0% .* GB/s \\(.*%\\)")).count(), out());
        assertEquals(4, out().lines().filter(l -> l.matches("dense_weights +(mlp )?1 x .* GFLOP/s \\(.*%\\)")).count(), out());
        assertTrue(out().lines().noneMatch(l -> l.startsWith("conv") || l.startsWith("max_pool")), "lr has neither: " + out());
    }

    @Test
    void theHostIsRefusedWithTheReason() {
        for (String device : List.of("host", "host:0")) {
            err.reset();
            assertEquals(ExitCode.USAGE, run("--device", device), device);
            assertTrue(err().startsWith("jengine: bench ops cannot measure the host: ") && err().contains("references"), err());
        }
        assertEquals("", out(), "no figure");
    }

    @Test
    void mistakesAreRefused() {
        for (String mistake : List.of("", "--device opencl --net vgg", "--device opencl --batch 0", "--device opencl --samples 0",
                "--device opencl --precision fp8", "--device tpu", "--device opencl --seconds 3")) {
            err.reset();
            assertEquals(ExitCode.USAGE, run(mistake.isEmpty() ? new String[0] : mistake.split(" ")), mistake);
            assertTrue(err().startsWith("jengine: "), err());
        }
        assertEquals("", out());
    }

    @Test
    void interruptedPrintsNoFigure() {
        OpenCl.assumeThere();
        interrupt.token().cancel();
        assertEquals(ExitCode.INTERRUPTED, run("--device", "opencl", "--json"), err());
        assertEquals("", out());
    }

    private int run(String... args) {
        List<String> all = new ArrayList<>(List.of("bench", "ops"));
        all.addAll(List.of(args));
        Console console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), 0, true, Map.of(), Path.of(""), interrupt);
        return Main.run(console, all.toArray(String[]::new));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}

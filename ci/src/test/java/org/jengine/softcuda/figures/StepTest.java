package org.jengine.softcuda.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.gpu.GpuProfile;
import org.junit.jupiter.api.Test;

/** What is made of a benchmark's line and a report. */
class StepTest {
    private static final Map<String, Object> BENCH = Map.of("net", "mlp", "precision", "fp32", "batch", 128.0, "nodes_per_step", 6.0,
            "training_flops_per_image", 1e6);

    private static final GpuProfile H100 = GpuProfile.of("h100");

    private static Map<String, Object> graph(int launches, int nodes, int depth, double least) {
        Map<String, Object> shape = Map.of("nodes", (double) nodes, "depth", (double) depth);
        return Map.of("launches", (double) launches, "shape", shape, "leastSeconds", least);
    }

    private static Map<String, Object> report(Object... graphs) {
        return Map.of("graphs", List.of(graphs));
    }

    @Test
    void graphsOfSeveralStepsCountAsTheirSteps() {
        Step step = Step.of(BENCH, report(graph(2, 6, 4, 20e-6), graph(1, 18, 12, 30e-6)), H100);
        assertEquals(6, step.nodes());
        assertEquals(4, step.depth());
        assertEquals(10e-6, step.least(), 1e-12);
        assertEquals(128 / (10e-6 + 4 * 1.3e-6), step.imagesPerSecond(), 1e-3);
    }

    @Test
    void graphsThatWereNotLaunchedDoNotCount() {
        Step step = Step.of(BENCH, report(graph(1, 6, 5, 10e-6), Map.of("name", "evaluation")), H100);
        assertEquals(10e-6, step.least(), 1e-12);
    }

    @Test
    void aRunWithoutGraphsIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Step.of(BENCH, report(), H100));
        assertThrows(IllegalArgumentException.class, () -> Step.of(Map.of("net", "mlp"), report(), H100));
    }

    @Test
    void theTableHasARowForEachNetAndPrecision() {
        String h100 = H100.name();
        Step fp32 = new Step("lr", "fp32", 128, h100, 5, 5, 2e-6, 1e-6);
        String table = StepTable.of(List.of(fp32, new Step("lr", "fp32", 128, "T4", 5, 5, 20e-6, 8.26e-6),
                new Step("lr", "bf16", 128, h100, 5, 4, 1e-6, 0.07e-6)));
        List<String> lines = table.lines().toList();
        assertEquals("| net | precision | batch | nodes | chain | " + h100 + " | T4 |", lines.get(0));
        assertEquals("| `lr` | fp32 | 128 | 5 | 5 | 1.00, 2.00 us, 15.06 M/s | 8.26, 20 us, 4.83 M/s |", lines.get(2));
        assertTrue(lines.get(3).contains("| 0.07, 1.00 us, ") && lines.get(3).endsWith("| not possible |"), table);
    }

    @Test
    void theArithmeticIsThatOfTheGpusPeak() {
        double flops = 128e6;
        assertEquals(flops / H100.flops("f32"), Step.of(BENCH, report(graph(1, 6, 5, 10e-6)), H100).arithmetic(), 1e-15);
        Map<String, Object> half = new HashMap<>(BENCH);
        half.put("precision", "bf16");
        assertEquals(flops / H100.flops("tensor.bf16"), Step.of(half, report(graph(1, 6, 5, 10e-6)), H100).arithmetic(), 1e-15);
        // A T4 has no such tensor cores.
        GpuProfile t4 = GpuProfile.of("t4");
        assertEquals(flops / t4.flops("f32"), Step.of(half, report(graph(1, 6, 5, 10e-6)), t4).arithmetic(), 1e-15);
    }
}

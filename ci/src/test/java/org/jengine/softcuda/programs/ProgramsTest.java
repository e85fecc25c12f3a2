package org.jengine.softcuda.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jengine.softcuda.check.Report.Rule;
import org.jengine.softcuda.json.JsonReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole programs on JCuda's real natives, under {@code ci/softcuda}. */
class ProgramsTest {
    /** What {@code ci/softcuda} ends with if the program is well and the checker is not. */
    private static final int REPORTED = 86;

    @TempDir
    private Path folder;

    @BeforeAll
    static void itCanBeBuilt() {
        Softcuda.assumeItCanBeBuilt();
    }

    @Test
    void cleanProgramsGiveNoReport() throws Exception {
        Softcuda.Result result = run(CleanRuns.class, "200");
        assertEquals(0, result.status(), result::toString);
        assertEquals("clean 200", result.out().strip());
    }

    @Test
    void mlpLearns() throws Exception {
        learns(run(MlpSteps.class, "25"));
    }

    @Test
    void cnnLearns() throws Exception {
        learns(run(CnnSteps.class, "6"));
    }

    /** Twenty orders of the streams' work: whatever the order, the same numbers come of it. */
    @ParameterizedTest
    @ValueSource(strings = {"driver", "cublas", "cudnn"})
    void trainingIsTheSameAndFoundCleanInAnyOrder(String tier) throws Exception {
        assumeTrue(!Boolean.getBoolean("jengine.again"), "once is enough: the order of streams hangs on no JDK");
        Softcuda.Result result = Softcuda.program(folder, List.of("--seed", "1"), SeededTraining.class, tier, "20");
        assertEquals(0, result.status(), result::toString);
        List<String> lines = result.out().lines().toList();
        assertEquals(40, lines.size(), result::toString);
        assertEquals(2, Set.copyOf(lines).size(), () -> "a net's losses differ: " + lines);
    }

    /** Each planted fault with the rule that must tell it, and words that say where: the kernel with its line, or the call. */
    @Test
    void everyPlantedFaultIsToldWithItsPlace() throws Exception {
        Softcuda.Result result = run(PlantedFaults.class);
        assertEquals(REPORTED, result.status(), result::toString);
        Map<String, List<String>> told = new LinkedHashMap<>();
        for (String line : result.out().lines().toList()) {
            if (line.startsWith("fault ")) {
                told.put(line.substring(6), new ArrayList<>());
            } else {
                told.values().stream().reduce((a, b) -> b).orElseThrow().add(line);
            }
        }
        Map<String, List<String>> expected = expected();
        assertEquals(expected.keySet(), told.keySet());
        List<String> wrong = new ArrayList<>();
        expected.forEach((fault, words) -> {
            List<String> lines = told.get(fault);
            // Whichever side of a race comes first, one rule tells it, at one place or two.
            boolean right = !lines.isEmpty() && lines.stream().allMatch(line -> words.stream().allMatch(line::contains));
            if (!right) {
                wrong.add(fault + " " + words + ": " + lines);
            }
        });
        assertEquals(List.of(), wrong);
        Set<Rule> rules = EnumSet.noneOf(Rule.class);
        told.values().forEach(lines -> lines.forEach(line -> {
            Map<?, ?> report = (Map<?, ?>) JsonReader.read(line);
            Rule rule = Rule.valueOf((String) report.get("rule"));
            rules.add(rule);
            if (!complete(rule, report.get("message") + "\n" + report.get("where"))) {
                wrong.add(line);
            }
        }));
        assertEquals(List.of(), wrong, "without the whole place");
        assertEquals(EnumSet.allOf(Rule.class), rules);
    }

    /** Whether all is told: a kernel's lines, block and thread; an address and its allocation; both sides of a race. */
    private static boolean complete(Rule rule, String text) {
        boolean inKernel = text.contains("kernel ") && text.contains("PTX line ");
        boolean placed = !inKernel || text.contains("block (") && text.contains("thread (") && text.contains("faulty.cu:");
        boolean nowhere = text.contains("shared memory") || text.contains("0x0, a null pointer") || rule == Rule.HOST_POINTER;
        boolean addressed = switch (rule) {
            case OUT_OF_BOUNDS, MISALIGNED, USE_AFTER_FREE, GLOBAL_RACE -> nowhere
                    || text.matches("(?s).*0x[0-9a-f]+.* number \\d+ \\[0x.*");
            case SHARED_RACE -> text.contains("shared memory at offset ");
            default -> true;
        };
        boolean sides = switch (rule) {
            case SHARED_RACE, GLOBAL_RACE -> text.split("PTX line ", -1).length == 3 && text.contains("the other side");
            case STREAM_ORDER -> text.contains("the other side") || text.contains("cuMemAllocAsync");
            default -> true;
        };
        return placed && addressed && sides;
    }

    private static Map<String, List<String>> expected() throws IOException {
        Map<String, List<String>> expected = new LinkedHashMap<>();
        try (InputStream in = ProgramsTest.class.getResourceAsStream("/textbook/planted-faults.txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(l -> !l.startsWith("#")).toList()) {
                List<String> words = List.of(line.split(" \\| "));
                expected.put(words.get(0), words.subList(1, words.size()));
            }
        }
        return expected;
    }

    @Test
    void withoutTheCheckerOnlyWhatEndsAContextIsTold() throws Exception {
        Softcuda.Result result = Softcuda.program(folder, List.of("--no-check", "--faults", folder.resolve("faults").toString()),
                PlantedFaults.class);
        assertEquals(REPORTED, result.status(), result::toString);
        assertTrue(result.out().contains("OUT_OF_BOUNDS"), result::toString);
        assertFalse(result.out().contains("RACE") || result.out().contains("UNINITIALISED"), result::toString);
    }

    private void learns(Softcuda.Result result) {
        assertEquals(0, result.status(), result::toString);
        Matcher losses = Pattern.compile("loss ([0-9.]+)").matcher(result.out());
        List<Double> found = losses.results().map(m -> Double.valueOf(m.group(1))).toList();
        double last = found.get(found.size() - 1);
        assertTrue(found.get(0) > 2 && last < 0.8 * found.get(0), result::toString);
    }

    private Softcuda.Result run(Class<?> program, String... arguments) throws Exception {
        return Softcuda.program(folder, List.of("--faults", folder.resolve("faults").toString()), program, arguments);
    }
}

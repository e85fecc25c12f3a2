package org.jengine.softcuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unchanged programs with JCuda's own jars and natives, on the software device. */
class ProgramsTest {
    private static final int FAULTS_FOUND = 86;

    /** What each mistake of {@link FaultyProgram} is told as. */
    private static final Map<String, String> RULES = Map.ofEntries(Map.entry("a store past the end", "out of bounds"),
            Map.entry("a misaligned store", "misaligned"), Map.entry("a launch on freed memory", "use after free"),
            Map.entry("a host pointer for a kernel", "host pointer"), Map.entry("a copy past the end", "out of bounds"),
            Map.entry("a device pointer for the host", "device pointer"),
            Map.entry("a read of memory that nobody wrote", "uninitialised"),
            Map.entry("no event between two streams", "stream order"), Map.entry("a host read of what a copy writes", "host order"),
            Map.entry("a host write to what a copy reads", "host order"),
            Map.entry("memory freed while it is used", "freed while queued"),
            Map.entry("a stream that was destroyed", "dead handle"), Map.entry("an allocation in a capture", "capture"),
            Map.entry("a capture that is not joined", "capture"), Map.entry("memory that is never freed", "leak"));

    @TempDir
    private Path temporary;

    @BeforeAll
    static void itCanBeBuilt() {
        Softcuda.assumeItCanBeBuilt();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "2", "3"})
    void aCleanProgramIsRightAndFoundCleanInAnyOrder(String seed) throws Exception {
        Softcuda.Result result = Softcuda.program(temporary, List.of("--seed", seed), CleanProgram.class, "5");
        assertEquals(0, result.status(), result.toString());
        assertEquals("all is well\n", result.out());
    }

    @Test
    void devicesThreadsLogsAndNodesWork() throws Exception {
        Softcuda.Result result = Softcuda.program(temporary, List.of("--gpu", "h100,t4"), MoreProgram.class);
        assertEquals(0, result.status(), result.toString());
        assertEquals("all is well\n", result.out());
    }

    @Test
    void everyMistakeIsToldOnceByItsOwnRule() throws Exception {
        Path faults = temporary.resolve("faults.json");
        Softcuda.Result result = Softcuda.program(temporary, List.of("--faults", faults.toString()), FaultyProgram.class);
        assertEquals(FAULTS_FOUND, result.status(), result.toString());
        Map<String, List<String>> told = new LinkedHashMap<>();
        String mistake = null;
        for (String line : result.err().lines().toList()) {
            if (line.startsWith(FaultyProgram.MARK)) {
                mistake = line.substring(FaultyProgram.MARK.length());
            } else if (line.matches("softcuda: [a-z ]+: .*")) {
                told.computeIfAbsent(mistake, key -> new ArrayList<>()).add(line.replaceAll("softcuda: ([a-z ]+): .*", "$1"));
            }
        }
        assertEquals(RULES.keySet(), told.keySet(), result.toString());
        told.forEach((name, rules) -> assertEquals(List.of(RULES.get(name)), rules.stream().distinct().toList(), name + "\n" + result));
        assertEquals(told.values().stream().mapToInt(List::size).sum(), Files.readAllLines(faults).size());
    }

    @Test
    void withoutTheCheckerOnlyWhatEndsAContextIsTold() throws Exception {
        Softcuda.Result result = Softcuda.program(temporary, List.of("--no-check"), FaultyProgram.class);
        assertEquals(FAULTS_FOUND, result.status(), result.toString());
        assertTrue(result.err().contains("softcuda: out of bounds: "), result.err());
        for (String rule : List.of("leak", "host order", "stream order", "uninitialised", "capture")) {
            assertTrue(!result.err().contains("softcuda: " + rule + ": "), rule + "\n" + result.err());
        }
    }

    @Test
    void whatItDidIsCounted() throws Exception {
        Path report = temporary.resolve("report.json");
        Softcuda.Result result = Softcuda.program(temporary, List.of("--gpu", "t4", "--report", report.toString()), CleanProgram.class);
        assertEquals(0, result.status(), result.toString());
        String json = Files.readString(report);
        for (String part : List.of("Tesla T4", "\"scale\"", "\"add\"", "\"put\"", "graph 1", "cuMemcpyHtoD")) {
            assertTrue(json.contains(part), part + " is not in " + json);
        }
        assertTrue(result.out().contains("cuMemcpyDtoHAsync"), result.out());
    }
}

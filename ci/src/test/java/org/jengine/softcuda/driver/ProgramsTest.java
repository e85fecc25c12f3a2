package org.jengine.softcuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jengine.softcuda.programs.Softcuda;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unchanged programs with JCuda's own jars and natives, on the software device. */
class ProgramsTest {
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

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "2"})
    void memoryOfStreamsAndGraphsIsRightAndFoundCleanInAnyOrder(String seed) throws Exception {
        Softcuda.Result result = Softcuda.program(temporary, List.of("--seed", seed), MemoryProgram.class);
        assertEquals(0, result.status(), result.toString());
        assertEquals("all is well\n", result.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "2", "3"})
    void streamsWaitForValuesInMemory(String seed) throws Exception {
        Softcuda.Result result = Softcuda.program(temporary, List.of("--seed", seed), ValueProgram.class);
        assertEquals(0, result.status(), result.toString());
        assertEquals("all is well\n", result.out());
    }

    @Test
    void attributesAreKept() throws Exception {
        Softcuda.Result result = Softcuda.program(temporary, List.of(), AttributeProgram.class);
        assertEquals(0, result.status(), result.toString());
        assertEquals("all is well\n", result.out());
    }

    @Test
    void modulesAreLinked() throws Exception {
        Softcuda.Result result = Softcuda.program(temporary, List.of(), LinkProgram.class, temporary.toString());
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

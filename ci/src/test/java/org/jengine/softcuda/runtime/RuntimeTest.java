package org.jengine.softcuda.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.jengine.softcuda.programs.Softcuda;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that call JCuda's binding of the runtime API, whose native half is the software device's. */
class RuntimeTest {
    private static final int REPORTED = 86;

    @TempDir
    private Path temporary;

    @BeforeAll
    static void itCanBeBuilt() {
        Softcuda.assumeItCanBeBuilt();
    }

    @Test
    void theCallsDoWhatTheyDoOnAGpu() throws Exception {
        Softcuda.Result result = Softcuda.program(temporary, List.of("--gpu", "h100,t4"), RuntimeProgram.class);
        assertEquals(0, result.status(), result.toString());
        assertEquals("all is well\n", result.out());
        assertEquals("", result.err().lines().filter(line -> line.contains("not provided")).reduce("", String::concat));
    }

    @Test
    void errorsStickAsOnAGpu() throws Exception {
        Softcuda.Result result = Softcuda.program(temporary, List.of(), RuntimeErrors.class);
        assertEquals(REPORTED, result.status(), result.toString());
        assertEquals("all is well\n", result.out());
        assertTrue(result.err().contains("kernel stray"), result.toString());
    }
}

package org.jengine.softcuda.dnn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.jengine.softcuda.blas.BlasProgram;
import org.jengine.softcuda.programs.Softcuda;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** cuBLAS and cuDNN through JCuda's natives. */
class LibrariesTest {
    @TempDir
    private Path temporary;

    @BeforeAll
    static void itCanBeBuilt() {
        Softcuda.assumeItCanBeBuilt();
    }

    @Test
    void cublasThroughItsNatives() throws Exception {
        run(BlasProgram.class);
    }

    @Test
    void cudnnThroughItsNatives() throws Exception {
        run(DnnProgram.class);
    }

    private void run(Class<?> program) throws Exception {
        Softcuda.Result result = Softcuda.program(temporary, List.of(), program);
        assertEquals(0, result.status(), result::toString);
        assertEquals("all is well", result.out().lines().reduce((one, two) -> two).orElse(""), result::toString);
    }
}

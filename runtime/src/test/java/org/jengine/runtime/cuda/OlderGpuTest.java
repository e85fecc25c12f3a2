package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.Factors;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Product;
import org.jengine.runtime.conformance.JavaProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where newer GPUs have a text of their own, the older ones' is held to the same cases, on a software T4; TF32 has none for them. */
class OlderGpuTest {
    @TempDir
    private static Path folder;

    @Test
    void theTextOfOlderGpusDoesTheSame() throws Exception {
        Cuda.assumeThere();
        assumeTrue(Cuda.isSoftware(), "cuda: the machine has a GPU of its own");
        List<KernelDef> kernels = OlderGpuRun.kernels();
        assertFalse(kernels.isEmpty(), "no kernel has a text for newer GPUs");
        ProcessBuilder program = JavaProgram.of(OlderGpuRun.class, List.of(folder.toString()), Cuda.folderFlag()).redirectErrorStream(true);
        program.environment().put("SOFTCUDA_GPU", "t4");
        List<String> expected = new ArrayList<>(List.of("Tesla T4"));
        kernels.forEach(d -> d.cases().forEach(c -> expected.add(d.entry() + " " + c.name())));
        expected.add(Product.fwd(Factors.F32, 16).entry());
        expected.add("closed");
        assertEquals(expected, JavaProgram.run(program).lines().toList());
    }
}

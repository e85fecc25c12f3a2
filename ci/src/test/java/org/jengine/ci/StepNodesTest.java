package org.jengine.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.programs.Softcuda;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launches of a training step at batch 128, by the software device: no more than there were. Each costs about a microsecond. */
class StepNodesTest {
    @ParameterizedTest
    @CsvSource({"driver, 5, 11, 15, 40", "cudnn, 5, 11, 16, 45"})
    void aStepHasNoMoreNodesThanItHad(String tier, int lr, int mlp, int cnn, int deepCnn, @TempDir Path temporary) throws Exception {
        assumeTrue(!Boolean.getBoolean("jengine.again"), "once is enough: what is planned hangs on no JDK");
        Softcuda.assumeItCanBeBuilt();
        String folder = Softcuda.run(temporary, "--build").out().strip();
        Command.Result run = Command.of(temporary, Softcuda.java(), "-Xmx1g", "-Djengine.cuda.tuning=false", "-Djengine.cuda.lib=" + folder,
                "-cp", System.getProperty("java.class.path"), StepNodes.class.getName(), tier)
                .without("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS").with("XDG_CACHE_HOME", temporary.toString()).with("SOFTCUDA_CHECK", "0")
                .run();
        assertEquals(0, run.status(), run::toString);
        Map<String, List<String>> found = new HashMap<>();
        run.out().lines().map(line -> List.of(line.split(" "))).forEach(words -> found.put(words.get(0), words));
        Map.of("lr", lr, "mlp", mlp, "cnn", cnn, "deep-cnn", deepCnn).forEach((net, most) -> {
            for (String nodes : found.get(net).subList(1, 3)) {
                assertTrue(Integer.parseInt(nodes) <= most, net + " has " + nodes + " nodes, and had " + most);
            }
        });
    }
}

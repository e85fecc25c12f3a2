package org.jengine.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.programs.Softcuda;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jengine plan}: on the software cuDNN, and on a real one if {@code JENGINE_CUDNN_DIR} names its folder. */
class PlanTest {
    private static final String REAL = "JENGINE_CUDNN_DIR";

    @TempDir
    private Path temporary;

    private static String[] plan(String... arguments) {
        List<String> words = new ArrayList<>(List.of(Softcuda.java()));
        if (Runtime.version().feature() >= 24) {
            words.add("--enable-native-access=ALL-UNNAMED");
        }
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.jengine.cifar.cli.Main", "plan"));
        words.addAll(List.of(arguments));
        return words.toArray(String[]::new);
    }

    @Test
    void theSoftwareCudnnIsAsked() throws Exception {
        Softcuda.assumeItCanBeBuilt();
        Softcuda.Result text = Softcuda.run(temporary, plan("cnn", "--gpu", "h100", "--batch", "8"));
        assertEquals(0, text.status(), text::toString);
        assertTrue(text.out().startsWith("cnn on NVIDIA H100 80GB HBM3, batch 8, fp32, by cuDNN 9.24.0 ("), text::toString);
        assertTrue(text.out().contains("13 of 13 operations accepted"), text::toString);
        Softcuda.Result json = Softcuda.run(temporary, plan("cnn", "--gpu", "t4", "--precision", "bf16", "--json"));
        assertEquals(0, json.status(), json::toString);
        assertTrue(json.out().contains("\"gpu\":\"Tesla T4\""), json::toString);
        // Of bfloat16 a T4 takes the two sums alone.
        assertTrue(json.out().contains("\"accepted\":2,"), json::toString);
    }

    @Test
    void aFileDescribesAGpuAndItsFaultsAreNamed() throws Exception {
        Softcuda.assumeItCanBeBuilt();
        Path file = temporary.resolve("gpu.json");
        Files.writeString(file, "{\"warpSize\": 32}");
        Softcuda.Result lacking = Softcuda.run(temporary, plan("lr", "--gpu", file.toString()));
        assertEquals(2, lacking.status(), lacking::toString);
        assertTrue(lacking.err().contains("lacks maxGridSize, which must be three whole numbers"), lacking::toString);
        Files.writeString(file, "no json");
        Softcuda.Result broken = Softcuda.run(temporary, plan("lr", "--gpu", file.toString()));
        assertEquals(2, broken.status(), broken::toString);
        assertTrue(broken.err().contains("is no JSON"), broken::toString);
        Softcuda.Result none = Softcuda.run(temporary, plan("lr", "--gpu", "h1000"));
        assertEquals(2, none.status(), none::toString);
        assertTrue(none.err().contains("no GPU 'h1000' comes along (h100, a100, t4)"), none::toString);
    }

    /** What the real planner says of every convolution on the GPUs that have tensor cores for it. */
    @Test
    void aRealCudnnTakesFloatsAndTf32() throws Exception {
        String folder = System.getenv(REAL);
        assumeTrue(folder != null, "cudnn: no " + REAL + " names the folder of a real cuDNN");
        for (String gpu : List.of("h100", "a100")) {
            for (String precision : List.of("fp32", "tf32")) {
                Command.Result result = Command.of(temporary, plan("cnn", "--gpu", gpu, "--precision", precision, "--cuda-lib", folder,
                        "--json")).with("LD_LIBRARY_PATH", folder + File.pathSeparator
                        + System.getenv().getOrDefault("LD_LIBRARY_PATH", "")).run();
                assertEquals(0, result.status(), result::toString);
                for (String op : new String[] {"conv forward + bias + relu", "conv weight gradient"}) {
                    List<String> lines = result.out().lines().filter(l -> l.contains(op)).toList();
                    // Of both layers, and of the first with padded channels.
                    assertEquals(3, lines.size(), result::toString);
                    lines.forEach(l -> assertTrue(l.contains("\"accepted\":true"), result::toString));
                }
            }
        }
    }
}

package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jengine.runtime.DeviceInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is found on machines of several kinds, each played by a process of its own. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "cuda: the driver library has this name on Linux")
class ProbeTest {
    @TempDir
    private Path folder;

    @Test
    void aMissingDriverIsNamedWithTheRemedyForContainers() throws Exception {
        // The dynamic linker looks here first, and takes a file that is no library for the answer.
        Files.writeString(folder.resolve("libcuda.so.1"), "no library\n");
        String printed = Child.run(folder, Map.of("LD_LIBRARY_PATH", folder.toString()));
        assertTrue(printed.startsWith("none: libcuda.so.1 not found: no NVIDIA driver"), printed);
        assertTrue(printed.contains("--gpus all"), printed);
    }

    @Test
    void aFolderWithoutTheDriverIsNamed() throws Exception {
        String printed = Child.run(folder, Map.of(), "-Djengine.cuda.lib=" + folder);
        assertEquals("none: there is no library of CUDA's in " + folder + ", which --cuda-lib or -Djengine.cuda.lib names", printed);
        Files.writeString(folder.resolve("libcuda.so.1"), "no library\n");
        printed = Child.run(folder, Map.of(), "-Djengine.cuda.lib=" + folder);
        assertTrue(printed.contains("none: " + folder + "/libcuda.so.1 does not load: "), printed);
    }

    @Test
    void anOldDriverIsToldWithItsVersionAndTheOneNeeded() throws Exception {
        driver("int cuDriverGetVersion(int *v) { *v = 11040; return 0; }");
        String printed = Child.run(folder, Map.of(), "-Djengine.cuda.lib=" + folder);
        assertTrue(printed.startsWith("none: the NVIDIA driver is too old: it speaks CUDA 11.4, and 12.0 is needed"), printed);
    }

    @Test
    void theToolkitsStubAndStrangeLibrariesAreToldFromDrivers() throws Exception {
        driver("int cuDriverGetVersion(int *v) { return 34; }");
        String printed = Child.run(folder, Map.of(), "-Djengine.cuda.lib=" + folder);
        assertTrue(printed.startsWith("none: libcuda.so.1 is the toolkit's stub"), printed);
        driver("int another(void) { return 0; }");
        printed = Child.run(folder, Map.of(), "-Djengine.cuda.lib=" + folder);
        assertTrue(printed.startsWith("none: libcuda.so.1 is no driver of NVIDIA's"), printed);
        driver("int cuDriverGetVersion(int *v) { return 999; }");
        printed = Child.run(folder, Map.of(), "-Djengine.cuda.lib=" + folder);
        assertTrue(printed.startsWith("none: cuDriverGetVersion -> 999"), printed);
    }

    @Test
    void aDriverThatDoesNotStartTellsWhy() throws Exception {
        for (String[] fault : new String[][] {{"100", "the NVIDIA driver sees no GPU (cuInit -> CUDA_ERROR_NO_DEVICE (100)"},
            {"803", "the NVIDIA driver was updated and its kernel module was not (cuInit -> CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)"},
            {"999", "the NVIDIA driver does not work: cuInit -> CUDA_ERROR_UNKNOWN (999)"}}) {
            driver("int cuDriverGetVersion(int *v) { *v = 12080; return 0; } int cuInit(unsigned f) { return " + fault[0] + "; }");
            String printed = Child.run(folder, Map.of(), "-Djengine.cuda.lib=" + folder);
            assertTrue(printed.startsWith("none: " + fault[1]), printed);
        }
    }

    /** A driver library of these functions. */
    private void driver(String functions) throws Exception {
        Path source = Files.writeString(folder.resolve("driver.c"), functions + "\n");
        Process compiler;
        try {
            compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-Wl,-soname,libcuda.so.1", "-o",
                    folder.resolve("libcuda.so.1").toString(), source.toString()).inheritIO().start();
        } catch (IOException e) {
            assumeTrue(false, "cuda: no C compiler to make a driver of its own with: " + e.getMessage());
            return;
        }
        assertEquals(0, compiler.waitFor());
    }

    @Test
    void nativesLoadWhateverLiesInTheTemporaryFolder() throws Exception {
        Cuda.assumeThere();
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        // Where JCuda would unpack its natives by itself, and load what it finds there.
        Files.writeString(temporary.resolve("libJCudaDriver-12.6.0-linux-x86_64.so"), "half of it");
        String printed = Child.run(folder, Map.of(), "-Djava.io.tmpdir=" + temporary, Cuda.folderFlag());
        assertEquals("opened cuda:0", printed);
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(1, left.filter(f -> f.getFileName().toString().contains("uda")).count(), "its own copy is gone");
        }
    }

    @Test
    void devicesSayWhatTheyAre() {
        Cuda.assumeThere();
        List<DeviceInfo> all = new CudaBackend().probe().devices();
        for (int i = 0; i < all.size(); i++) {
            DeviceInfo info = all.get(i);
            assertEquals("cuda:" + i, info.id());
            assertTrue(info.memory() > 0 && !info.name().isEmpty(), info.toString());
            List<String> keys = new ArrayList<>(info.details().keySet());
            // GPUs before Ampere do not have it.
            keys.remove("TF32");
            assertEquals(List.of("kind", "tier", "tiers", "cuBLAS", "cuDNN", "compute capability", "CUDA", "multiprocessors", "PCI",
                    "UUID"), keys);
            assertEquals("GPU", info.details().get("kind"));
            assertTrue(info.details().get("tier").matches("driver|cublas|cudnn"), info.toString());
            assertTrue(info.details().get("UUID").matches("GPU(-[0-9a-f]+){5}"), info.toString());
        }
    }
}

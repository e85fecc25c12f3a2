package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jengine.runtime.conformance.JavaProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found of CUDA on machines of several kinds, on the software device. */
class DoctorTest {
    /** NVIDIA's management library as far as it is asked: this program and two others are on the GPU, one with a secret. */
    private static final String NVML = """
            #include <string.h>
            #include <unistd.h>
            struct process { unsigned pid; unsigned long long bytes; unsigned a, b; };
            int nvmlInit_v2(void) { return 0; }
            int nvmlShutdown(void) { return 0; }
            int nvmlSystemGetDriverVersion(char *text, unsigned room) { strncpy(text, "570.86.15", room); return 0; }
            int nvmlDeviceGetHandleByUUID(const char *uuid, void **device) { *device = (void *) uuid; return strncmp(uuid, "GPU-", 4); }
            int nvmlDeviceGetComputeRunningProcesses_v3(void *device, unsigned *count, struct process *p) {
                if (*count < 3) return 7;
                *count = 3;
                p[0].pid = getpid(); p[0].bytes = 1;
                p[1].pid = 4194301; p[1].bytes = 6100000000ull;
                p[2].pid = 4194302; p[2].bytes = -1ull;
                return 0;
            }
            """;

    @TempDir
    private Path folder;

    private List<String> run(Map<String, String> environment) throws Exception {
        Cuda.assumeThere();
        assumeTrue(Cuda.isSoftware(), "cuda: the machine has a GPU of its own");
        ProcessBuilder program = JavaProgram.of(DoctorRun.class, List.of(folder.toString()), Cuda.folderFlag());
        program.environment().putAll(environment);
        return JavaProgram.run(program).lines().toList();
    }

    private void library(String file, String functions) throws Exception {
        Path source = Files.writeString(folder.resolve("library.c"), functions);
        try {
            Process compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-Wl,-soname," + file, "-o", folder.resolve(file).toString(),
                    source.toString()).inheritIO().start();
            assertEquals(0, compiler.waitFor());
        } catch (IOException e) {
            assumeTrue(false, "cuda: no C compiler to make a library of its own with: " + e.getMessage());
        }
    }

    @Test
    void theDriversReleaseAndWhoUsesAGpuAreAskedOfTheManagementLibrary() throws Exception {
        library("libnvidia-ml.so.1", NVML);
        List<String> lines = run(Map.of("LD_LIBRARY_PATH", folder.toString(), "SOFTCUDA_GPU", "t4"));
        String all = String.join("\n", lines);
        assertTrue(lines.get(0).matches("OK driver: 570\\.86\\.15, speaks CUDA 13\\.0, .*/libcuda\\.so\\.1"), all);
        assertTrue(lines.get(1).startsWith("OK cuda:0: Tesla T4, compute capability 7.5, 15.8 GB, PCI 0000:01:00.0, GPU-"), all);
        assertTrue(lines.get(1).endsWith(", used by process 4194301 6100 MB, process 4194302"), all);
        assertEquals("usable cuda:0", lines.get(lines.size() - 1), all);
    }

    @Test
    void aGpuThatIsTooOldIsToldAndTheOtherServes() throws Exception {
        Path old = Files.writeString(folder.resolve("old.properties"), """
                name = Tesla P40
                compute = 6.1
                memory = 24e9
                bandwidth = 346e9
                flops.f32 = 11e12
                MULTIPROCESSOR_COUNT = 30
                CLOCK_RATE = 1531000
                MEMORY_CLOCK_RATE = 3615000
                GLOBAL_MEMORY_BUS_WIDTH = 384
                L2_CACHE_SIZE = 3145728
                MAX_THREADS_PER_MULTIPROCESSOR = 2048
                MAX_BLOCKS_PER_MULTIPROCESSOR = 32
                MAX_SHARED_MEMORY_PER_MULTIPROCESSOR = 98304
                MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = 49152
                """);
        List<String> lines = run(Map.of("SOFTCUDA_GPU", old + ",t4", "SOFTCUDA_FAIL", "cuModuleGetFunction@1=719"));
        String all = String.join("\n", lines);
        assertTrue(lines.get(1).startsWith("OK cuda:1: Tesla T4") && lines.get(1).contains("users not known (no NVML)"), all);
        assertEquals("OFF GPU: cuda:0 (Tesla P40) has compute capability 6.1, and 7.5 is needed (Turing, of 2018, and newer); use another "
                + "device", lines.get(2), all);
        String fault = lines.get(lines.size() - 2);
        assertTrue(fault.startsWith("FAULT PTX JIT: cuModuleGetFunction -> CUDA_ERROR_LAUNCH_FAILED (719) on cuda:1"), all);
        assertEquals("not usable cuda:1", lines.get(lines.size() - 1), all);
    }
}

package org.jengine.runtime.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jengine.runtime.DeviceInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is found on machines of several kinds, each played by a process of its own. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "opencl: the loader and its folders have these names on Linux")
class ProbeTest {
    @TempDir
    private Path folder;

    @Test
    void aMissingLoaderIsNamedWithItsPackage() throws Exception {
        // The dynamic linker looks here first, and takes a file that is no library for the answer.
        Files.writeString(folder.resolve("libOpenCL.so.1"), "no library\n");
        String printed = Child.run(folder, Map.of("LD_LIBRARY_PATH", folder.toString()));
        assertTrue(printed.startsWith("none: the OpenCL loader libOpenCL.so.1 is not on this machine"), printed);
        assertTrue(printed.contains("ocl-icd-libopencl1"), printed);
    }

    @Test
    void aMissingDriverIsNamedWithThePlaceToLookAt() throws Exception {
        OpenCl.assumeThere();
        Path vendors = Files.createDirectory(folder.resolve("vendors"));
        String printed = Child.run(folder, Map.of("OCL_ICD_VENDORS", vendors.toString()));
        assertTrue(printed.startsWith("none: no OpenCL driver is registered in " + vendors + " (OCL_ICD_VENDORS)."), printed);
        assertTrue(printed.contains("pocl-opencl-icd") && printed.contains("--gpus all"), printed);
    }

    @Test
    void nativesLoadInSilenceWhateverLiesInTheTemporaryFolder() throws Exception {
        OpenCl.assumeThere();
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        // Where JOCL would unpack its natives by itself, and load what it finds there.
        Path planted = Files.writeString(temporary.resolve("libJOCL_2_0_6-linux-x86_64.so"), "half of it");
        Files.copy(planted, temporary.resolve("libJOCL_2_0_6-linux-arm64.so"));
        String printed = Child.run(folder, Map.of(), "-Djava.io.tmpdir=" + temporary);
        assertTrue(printed.matches("opened opencl:[0-9]+\\.[0-9]+"), printed);
        assertEquals(2, jocl(temporary).size(), "its own copy is gone when the program ends");
    }

    private static List<Path> jocl(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().contains("JOCL")).toList();
        }
    }

    @Test
    void devicesSayWhatTheyAre() {
        OpenCl.assumeThere();
        for (DeviceInfo info : new OpenClBackend().probe().devices()) {
            assertTrue(info.id().matches("opencl:[0-9]+\\.[0-9]+"), info.id());
            assertTrue(info.memory() > 0 && !info.name().isEmpty(), info.toString());
            assertEquals(List.of("kind", "platform", "driver", "OpenCL", "compute units", "local memory", "work-group limit", "sub-groups"),
                    List.copyOf(info.details().keySet()));
            assertTrue(info.details().get("OpenCL").matches("[1-9]\\.[0-9]"), info.toString());
        }
    }
}

package org.jengine.softcuda.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class GpuProfileTest {
    private static final List<String> NAMES = GpuProfile.NAMES;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @FieldSource("NAMES")
    void shippedProfilesAgreeWithThemselves(String name) {
        GpuProfile gpu = GpuProfile.of(name);
        // Two words per clock of the memory, as all of them transfer; the data sheet's figure is this product.
        double byBus = 2.0 * gpu.attribute("MEMORY_CLOCK_RATE") * 1e3 * gpu.attribute("GLOBAL_MEMORY_BUS_WIDTH") / Byte.SIZE;
        assertEquals(1, gpu.bandwidth() / byBus, 0.01);
        assertEquals(gpu.attribute("MAX_SHARED_MEMORY_PER_MULTIPROCESSOR"), gpu.attribute("MAX_SHARED_MEMORY_PER_BLOCK_OPTIN")
                + gpu.attribute("RESERVED_SHARED_MEMORY_PER_BLOCK"));
        assertEquals(gpu.major(), gpu.attribute(75));
        int lanes = gpu.major() == 7 || gpu.major() == 8 && gpu.minor() == 0 ? 64 : 128;
        double peak = 2.0 * lanes * gpu.attribute("MULTIPROCESSOR_COUNT") * gpu.clock();
        assertEquals(1, gpu.flops("f32") / peak, 0.02);
        assertEquals(gpu.major() < 8, gpu.flops("tensor.bf16") == 0);
    }

    @Test
    void severalMakeSeveralDevices() {
        assertEquals(List.of(9, 7, 7), GpuProfile.ofList("h100,t4, t4").stream().map(GpuProfile::major).toList());
    }

    @Test
    void aFileMayLeaveOutWhatAllHave() throws IOException {
        Path file = folder.resolve("mine.properties");
        Files.writeString(file, mine() + "121 = 1\n");
        GpuProfile gpu = GpuProfile.of(file.toString());
        assertEquals("Mine", gpu.name());
        assertEquals(12, gpu.major());
        assertEquals(1024, gpu.attribute("MAX_THREADS_PER_BLOCK"));
        assertEquals(1, gpu.attribute(121));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"NO_SUCH = 1|mine:15: there is no attribute NO_SUCH", "CLOCK_RATE|mine:15: 'CLOCK_RATE' is no KEY",
        "WARP_SIZE = many|mine:15: WARP_SIZE is a number, not many", "name = You|mine:15: name is said twice",
        "compute = 9|mine:15: compute is said twice", "WARP_SIZE = -1|mine:15: WARP_SIZE is a number from 0 on, not -1"})
    void whatIsWrongIsToldWithItsLine(String line, String told) throws IOException {
        Path file = folder.resolve("mine");
        Files.writeString(file, mine() + line + "\n");
        String message = assertThrows(ProfileException.class, () -> GpuProfile.of(file.toString())).getMessage();
        assertTrue(message.startsWith(file.getParent() + "/" + told), message);
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        Path file = folder.resolve("mine");
        Files.writeString(file, mine().replace("memory =", "# memory =").replace("L2_CACHE_SIZE", "# L2"));
        String message = assertThrows(ProfileException.class, () -> GpuProfile.of(file.toString())).getMessage();
        assertTrue(message.contains("it lacks memory, L2_CACHE_SIZE;"), message);
    }

    @Test
    void anUnknownNameTellsTheKnownOnes() {
        String message = assertThrows(ProfileException.class, () -> GpuProfile.of("h1000")).getMessage();
        assertTrue(message.contains("h1000") && message.contains("h100, a100, t4, rtx4090"), message);
    }

    @Test
    void aFileThatIsNoTextIsSaidToBeNone() throws IOException {
        Path file = folder.resolve("mine");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        String message = assertThrows(ProfileException.class, () -> GpuProfile.of(file.toString())).getMessage();
        assertTrue(message.contains("not text in UTF-8"), message);
    }

    /** Fourteen lines. */
    private static String mine() {
        return """
                name = Mine
                compute = 12.0
                memory = 1e9  # bytes
                bandwidth = 1e11
                flops.f32 = 1e12
                MULTIPROCESSOR_COUNT = 8
                CLOCK_RATE = 1000000
                MEMORY_CLOCK_RATE = 1000000
                GLOBAL_MEMORY_BUS_WIDTH = 128
                L2_CACHE_SIZE = 1000000
                MAX_THREADS_PER_MULTIPROCESSOR = 1536
                MAX_BLOCKS_PER_MULTIPROCESSOR = 24
                MAX_SHARED_MEMORY_PER_MULTIPROCESSOR = 102400
                """ + "MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = 101376\n";
    }
}

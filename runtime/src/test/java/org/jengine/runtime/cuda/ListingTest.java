package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jengine.kernels.Grid;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice among devices, by what the driver says of them. */
class ListingTest {
    private static Facts facts(int number, int major, int minor) {
        return new Facts("cuda:" + number, "a card", major, minor, 1L << 33, 40, "0000:01:00.0", "GPU-0", "12.8", 1 << 20, 65_535, 65_535);
    }

    private static Listing listing(Facts... facts) {
        return new Listing(List.of(facts).stream().map(f -> new Listing.Found(null, f)).toList(), List.of("cuda:7 is too old"));
    }

    @ParameterizedTest
    @CsvSource({"'', cuda:1", "1, cuda:1", "01, cuda:1", "2, cuda:2"})
    void devicesAreChosenByNumber(String which, String id) {
        assertEquals(id, listing(facts(1, 7, 5), facts(2, 9, 0)).choose(which).facts().id());
    }

    @Test
    void aDeviceThatIsNotThereIsUnavailableAndTheOthersAreNamed() {
        DeviceUnavailable e = assertThrows(DeviceUnavailable.class, () -> listing(facts(0, 9, 0)).choose("3"));
        assertEquals("there is no cuda:3 that can be used\nThere is cuda:0 (a card)\ncuda:7 is too old", e.getMessage());
        DeviceUnavailable none = assertThrows(DeviceUnavailable.class, () -> listing().choose(""));
        assertEquals("no CUDA device can be used\ncuda:7 is too old", none.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1.0", "-1", "99999", "0 ", "GPU-0"})
    void anotherFormIsRefusedBeforeTheDriverIsLoaded(String which) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new CudaBackend().open(DeviceRequest.first().withWhich(which)));
        assertTrue(e.getMessage().contains("'cuda:" + which + "'") && e.getMessage().contains("nvidia-smi"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"7, 5, true", "7, 0, false", "6, 1, false", "8, 0, true", "9, 0, true", "12, 0, true"})
    void ourPtxDecidesWhichGpusCanBeUsed(int major, int minor, boolean usable) {
        assertEquals(usable, facts(0, major, minor).fault().isEmpty());
    }

    @Test
    void anOldGpuIsToldWithWhatIsNeeded() {
        assertEquals("cuda:0 (a card) has compute capability 6.1, and 7.5 is needed (Turing, of 2018, and newer); use another device",
                facts(0, 6, 1).fault());
    }

    @Test
    void threadsAreForCpus() {
        assertDoesNotThrow(() -> facts(0, 9, 0).requireThreads(0));
        assertThrows(DeviceUnavailable.class, () -> facts(0, 9, 0).requireThreads(4));
    }

    @Test
    void tooManyBlocksAreRefusedWithBothNumbers() {
        assertDoesNotThrow(() -> facts(0, 9, 0).requireBlocks("k", new Grid(1 << 20, 65_535, 1, 64)));
        DeviceException e = assertThrows(DeviceException.class, () -> facts(0, 9, 0).requireBlocks("k", new Grid(1, 65_536, 1, 64)));
        assertTrue(e.getMessage().startsWith("k needs 1x65536x1 blocks, cuda:0 (a card) takes 1048576x65535x65535"), e.getMessage());
    }

    @Test
    void placesAndUuidsAreWrittenAsByNvidiaSmi() {
        assertEquals("0000:0a:1f.0", Facts.pci(0, 10, 31));
        byte[] uuid = new byte[16];
        for (int i = 0; i < uuid.length; i++) {
            uuid[i] = (byte) (0xf0 + i);
        }
        assertEquals("GPU-f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff", Facts.uuid(uuid));
    }

    @Test
    void whatTheLoaderSaysIsPassedOnWhereItSaysSomething() {
        assertEquals("lib not found: no NVIDIA driver (in a container: start it with --gpus all).\nThe loader says: no GLIBC",
                Driver.missing("lib", "no GLIBC"));
        assertEquals("lib not found: no NVIDIA driver (in a container: start it with --gpus all).",
                Driver.missing("lib", "Failed to load: lib(error = null)"));
    }

    @Test
    void versionsAreWrittenAsByPeople() {
        assertEquals("12.8", Driver.text(12_080));
        assertEquals("13.0", Driver.text(13_000));
        assertDoesNotThrow(() -> Driver.requireVersion(12_000));
        assertThrows(DeviceUnavailable.class, () -> Driver.requireVersion(11_080));
        assertEquals("nvcuda.dll", Driver.libraryName("Windows 11"));
    }
}

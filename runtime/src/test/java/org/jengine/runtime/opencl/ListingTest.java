package org.jengine.runtime.opencl;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice among devices, by what they say of themselves. */
class ListingTest {
    private static final Facts CPU = facts("opencl:0.0", "CPU", 8, true, "3.0", 128);
    private static final Facts FIRST_GPU = facts("opencl:2.0", "GPU", 80, false, "1.2", 512);
    private static final Facts SECOND_GPU = facts("opencl:2.1", "GPU", 80, false, "1.2", 512);
    private static final Facts OTHER = facts("opencl:21.0", "GPU", 80, false, "1.2", 512);

    private static Facts facts(String id, String kind, int units, boolean divisible, String version, long alignment) {
        return new Facts(id, "maker's name", "platform", "OpenCL 3.0", "1", "OpenCL " + version, version, kind, true, units, 256, 1 << 15,
                1L << 33, 1L << 32, alignment, false, true, true, divisible);
    }

    private static Listing listing(Facts... facts) {
        return new Listing(List.of(facts).stream().map(f -> new Listing.Found(null, f)).toList(), List.of("platform 1 is empty"));
    }

    @ParameterizedTest
    @CsvSource({"'', opencl:0.0", "0, opencl:0.0", "2, opencl:2.0", "2.0, opencl:2.0", "2.1, opencl:2.1", "21, opencl:21.0"})
    void devicesAreNumberedAsTheLoaderListsThem(String which, String id) {
        assertEquals(id, listing(CPU, FIRST_GPU, SECOND_GPU, OTHER).choose(which).facts().id());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2.2", "3.0"})
    void aDeviceThatIsNotThereIsUnavailableAndTheOthersAreNamed(String which) {
        DeviceUnavailable e = assertThrows(DeviceUnavailable.class, () -> listing(CPU, FIRST_GPU).choose(which));
        assertTrue(e.getMessage().startsWith("there is no opencl:" + which + " that can be used"), e.getMessage());
        assertTrue(e.getMessage().contains("opencl:2.0 (maker's name)"), e.getMessage());
        assertTrue(e.getMessage().contains("platform 1 is empty"), e.getMessage());
    }

    @Test
    void withoutAnyDeviceTheReasonsAreSaid() {
        DeviceUnavailable e = assertThrows(DeviceUnavailable.class, () -> listing().choose(""));
        assertEquals("no OpenCL device can be used\nplatform 1 is empty", e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1.", ".1", "1.1.1", "-1", "99999", "0 "})
    void anotherFormIsRefusedBeforeTheLoaderIsAsked(String which) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new OpenClBackend().open(DeviceRequest.first().withWhich(which)));
        assertTrue(e.getMessage().contains("'opencl:" + which + "'") && e.getMessage().contains("clinfo -l"), e.getMessage());
    }

    @Test
    void librariesOfAnotherDeviceAreRefused() {
        DeviceRequest request = DeviceRequest.first().withTier("cudnn");
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> new OpenClBackend().open(request));
        assertEquals("there is no tier 'cudnn' on opencl; tiers are for cuda", e.getMessage());
    }

    @Test
    void onlyCpusThatCanBeDividedTakeThreads() {
        assertDoesNotThrow(() -> CPU.requireThreads(3));
        assertThreads("has 8 compute units, 9 threads were asked for", CPU, 9);
        assertThreads("is a GPU: threads can be chosen for CPUs only", FIRST_GPU, 1);
        assertThreads("cannot use 3 of 8 compute units", facts("opencl:0.0", "CPU", 8, false, "3.0", 128), 3);
    }

    private static void assertThreads(String expected, Facts facts, int threads) {
        DeviceUnavailable e = assertThrows(DeviceUnavailable.class, () -> facts.requireThreads(threads));
        assertTrue(e.getMessage().startsWith(facts.id()) && e.getMessage().contains(expected), e.getMessage());
    }

    @Test
    void whatCannotBeUsedSaysWhy() {
        assertEquals("", CPU.fault());
        assertTrue(facts("opencl:0.0", "GPU", 1, false, "1.1", 128).fault().contains("speaks OpenCL 1.1, and 1.2 is needed"));
        String alignment = facts("opencl:0.0", "GPU", 1, false, "3.0", 4096).fault();
        assertTrue(alignment.contains("4096 bytes") && alignment.contains("512"), alignment);
    }

    @Test
    void missingDriversAndDevicesHaveRemediesOfTheirOwn() {
        String driver = Listing.noPlatform("");
        assertTrue(driver.contains("/etc/OpenCL/vendors.") && driver.contains("pocl-opencl-icd") && driver.contains("nvidia.icd"), driver);
        String device = Listing.noDevice(1, "NVIDIA CUDA");
        assertTrue(device.contains("platform 1 (NVIDIA CUDA) has no device") && device.contains("clinfo"), device);
        assertTrue(driver.lines().count() <= 3 && device.lines().count() <= 3, "short");
    }
}

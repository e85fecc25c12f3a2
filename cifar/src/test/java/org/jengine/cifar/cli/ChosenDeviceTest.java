package org.jengine.cifar.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Probe;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ChosenDeviceTest {
    private static final DeviceInfo CPU = new DeviceInfo("opencl:0.0", "a processor", 1, Map.of("kind", "CPU"));
    private static final DeviceInfo GPU = new DeviceInfo("opencl:1.0", "a card", 1, Map.of("kind", "GPU"));

    @Test
    void autoTakesTheFirstGpuAndPassesProcessorsOver() {
        assertEquals(List.of(GPU), ChosenDevice.gpus(Probe.found(List.of(CPU, GPU))));
        assertEquals(List.of(), ChosenDevice.gpus(Probe.found(List.of(CPU))));
        assertEquals(List.of(), ChosenDevice.gpus(Probe.none("nothing")));
    }

    @Test
    void autoSaysWhyABackendIsPassedOver() {
        assertEquals("no loader", ChosenDevice.whyNot(Probe.none("no loader\ninstall one"), Optional.empty()));
        assertTrue(ChosenDevice.whyNot(Probe.found(List.of(CPU)), Optional.empty()).contains("--device opencl:0.0"));
        assertTrue(ChosenDevice.whyNot(Probe.found(List.of(CPU, GPU)), Optional.of(GPU)).contains("opencl:1.0 is taken"));
    }

    private static DeviceInfo tiered(String cublas, String cudnn) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("tier", "driver");
        details.put("tiers", "ptx ok | the rest off");
        details.put("cuBLAS", cublas);
        details.put("cuDNN", cudnn);
        details.put("TF32", "so and so");
        details.put("CUDA", "12.8");
        return new DeviceInfo("cuda:0", "a card", 1, details);
    }

    @Test
    void theTiersStandBelowTheDeviceWithWhatIsOddAboutThem() {
        assertEquals("opencl:1.0  a card  kind GPU\n         auto", ChosenDevice.describe(GPU, List.of("auto")).replace("\r", ""));
        String device = "cuda:0  a card  tier driver  CUDA 12.8\n         auto\ntiers    ptx ok | the rest off";
        assertEquals(device + "\n         cuBLAS off: old\n         cuDNN 9.5.0 (/a), not loaded: /b",
                ChosenDevice.describe(tiered("off: old", "9.5.0 (/a), not loaded: /b"), List.of("auto")).replace("\r", ""));
        assertEquals(device, ChosenDevice.describe(tiered("not asked for by the tier driver", "9.5.0 (/a)"), List.of("auto"))
                .replace("\r", ""));
    }

    @Test
    void aTierIsForCuda() {
        LibraryOptions driver = CommandLine.populateCommand(new LibraryOptions(), "--tier", "driver");
        UsageException e = assertThrows(UsageException.class, () -> ChosenDevice.open("host", 0, driver));
        assertEquals("there is no tier 'driver' on host; tiers are for cuda", e.getMessage());
        LibraryOptions folder = CommandLine.populateCommand(new LibraryOptions(), "--cuda-lib", "nowhere");
        DeviceUnavailable none = assertThrows(DeviceUnavailable.class, () -> ChosenDevice.open(ChosenDevice.AUTO, 0, folder));
        assertTrue(none.getMessage().contains("nowhere"), none.getMessage());
    }

    @Test
    void withoutAGpuAutoIsTheHost() {
        try (ChosenDevice chosen = ChosenDevice.open(ChosenDevice.AUTO, 1, new LibraryOptions())) {
            assertEquals("host", chosen.device().info().id());
            assertEquals("auto: host", chosen.reasons().get(0));
        }
    }
}

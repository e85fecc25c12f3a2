package org.jengine.cifar.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.Probe;
import org.junit.jupiter.api.Test;

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

    @Test
    void withoutAGpuAutoIsTheHost() {
        try (ChosenDevice chosen = ChosenDevice.open(ChosenDevice.AUTO, 1, new LibraryOptions())) {
            assertEquals("host", chosen.device().info().id());
            assertEquals("auto: host", chosen.reasons().get(0));
        }
    }
}

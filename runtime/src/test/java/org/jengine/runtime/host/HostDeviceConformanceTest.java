package org.jengine.runtime.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Kernels;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;
import org.jengine.runtime.Devices;
import org.jengine.runtime.Slice;
import org.jengine.runtime.conformance.DeviceConformance;
import org.junit.jupiter.api.Test;
import org.lwjgl.system.MemoryUtil;

class HostDeviceConformanceTest extends DeviceConformance {
    @Override
    protected Device open() {
        return Devices.open("host", DeviceRequest.first().withThreads(3).withDebug());
    }

    @Override
    protected void corrupt(Slice slice) {
        MemoryUtil.memPutByte(HostSlice.of(slice).address() + slice.bytes(), (byte) 0);
    }

    @Test
    void everyFastBodyBelongsToAKernel() {
        Set<String> entries = Kernels.ALL.stream().map(KernelDef::entry).collect(Collectors.toSet());
        List<String> lost = HostKernels.entries().stream().filter(body -> !entries.contains(body)).sorted().toList();
        assertEquals(List.of(), lost, "bodies of no kernel");
    }

    @Test
    void theProbeFindsOneDeviceAndSaysWhatItIs() {
        assertEquals(1, new HostBackend().probe().devices().size());
        assertTrue(new HostBackend().probe().devices().get(0).details().containsKey("oneDNN"));
    }

    @Test
    void unknownDevicesAreNamed() {
        assertThrows(DeviceUnavailable.class, () -> Devices.open("host:1", DeviceRequest.first()));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Devices.open("tpu", DeviceRequest.first()));
        assertTrue(e.getMessage().contains("host"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Devices.open("host:x", DeviceRequest.first()));
        assertThrows(IllegalArgumentException.class, () -> Devices.open("host:", DeviceRequest.first()));
        Devices.open("host:0", DeviceRequest.first().withThreads(1)).close();
    }

    @Test
    void librariesOfAnotherDeviceAreRefused() {
        DeviceRequest first = DeviceRequest.first();
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Devices.open("host", first.withTier("cublas")));
        assertEquals("there is no tier 'cublas' on host; tiers are for cuda", e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> Devices.open("host", first.withLibraries(Path.of("lib"))));
        assertEquals("host takes no folder of libraries; that is for cuda, got lib", e.getMessage());
    }

    @Test
    void theThreadsThatWereAskedForAreStarted() {
        try (Device device = Devices.open("host", DeviceRequest.first().withThreads(3))) {
            assertEquals("3", device.info().details().get("threads"));
            long lanes = Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("jengine-host-lane")).count();
            assertTrue(lanes >= 2, "two helpers beside the stream's own thread, found " + lanes);
        }
    }
}

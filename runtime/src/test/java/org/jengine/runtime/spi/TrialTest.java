package org.jengine.runtime.spi;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.junit.jupiter.api.Test;

class TrialTest {
    @Test
    void aSoundDevicePasses() {
        try (Device device = Devices.open("host", DeviceRequest.first().withThreads(1).withDebug())) {
            assertEquals("relu_fwd_f32, softmax_xent_f32, adam_f32", Trial.run(device));
        }
    }

    @Test
    void theFirstElementThatDiffersIsNamed() {
        Data want = Data.of(DType.F32, 1, -4, 2);
        assertDoesNotThrow(() -> Trial.compare("y", want, Data.of(DType.F32, 1.3, -4, 2), 0.1));
        DeviceException e = assertThrows(DeviceException.class, () -> Trial.compare("y", want, Data.of(DType.F32, 1, -4, 2.5), 0.1));
        assertTrue(e.getMessage().startsWith("y[2] is 2.5, and should be 2.0\n"), e.getMessage());
        assertThrows(DeviceException.class, () -> Trial.compare("y", want, Data.of(DType.F32, 1, Double.NaN, 2), 0.1));
        assertThrows(DeviceException.class, () -> Trial.compare("y", want, Data.of(DType.F32, 1, -4, 2.001), 0));
    }
}

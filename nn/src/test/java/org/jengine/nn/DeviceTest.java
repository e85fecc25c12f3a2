package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.jengine.runtime.Device;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test on {@link TestDevice}; it fails if a byte of device memory is left. */
abstract class DeviceTest {
    Device device;

    @BeforeEach
    void open() {
        device = TestDevice.debug();
    }

    @AfterEach
    void close() {
        long left = device.allocatedBytes();
        device.close();
        assertEquals(0, left, "bytes of device memory left");
    }

    /** By name, in a form that compares bit by bit. */
    static Map<String, java.util.List<Integer>> bits(Weights weights) {
        Map<String, java.util.List<Integer>> out = new TreeMap<>();
        weights.tensors().forEach((name, t) -> {
            java.util.List<Integer> values = new java.util.ArrayList<>();
            for (float v : t.values()) {
                values.add(Float.floatToRawIntBits(v));
            }
            out.put(name, values);
        });
        return out;
    }
}

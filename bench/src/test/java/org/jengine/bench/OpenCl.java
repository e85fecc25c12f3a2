package org.jengine.bench;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import org.jengine.runtime.Devices;
import org.jengine.runtime.Probe;

/** The OpenCL device that this machine has, for tests. */
public final class OpenCl {
    private OpenCl() {
    }

    /** Gives up the test where there is no device; fails it where {@code -Djengine.require} names {@code opencl}. */
    public static void assumeThere() {
        Probe probe = Devices.backends().stream().filter(b -> b.name().equals("opencl")).findFirst().orElseThrow().probe();
        boolean required = Arrays.asList(System.getProperty("jengine.require", "").split(",")).contains("opencl");
        assertFalse(required && probe.devices().isEmpty(), () -> "opencl is required: " + probe.reason());
        assumeTrue(!probe.devices().isEmpty(), () -> "no opencl device: " + probe.reason());
    }
}

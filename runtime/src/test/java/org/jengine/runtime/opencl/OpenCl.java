package org.jengine.runtime.opencl;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Arrays;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Probe;

/** The OpenCL device that this machine has, for tests. */
final class OpenCl {
    private OpenCl() {
    }

    /** Gives up the test where there is no device; fails it where {@code -Djengine.require} names {@code opencl}. */
    static void assumeThere() {
        Probe probe = new OpenClBackend().probe();
        boolean required = Arrays.asList(System.getProperty("jengine.require", "").split(",")).contains("opencl");
        assertFalse(required && probe.devices().isEmpty(), () -> "opencl is required: " + probe.reason());
        assumeTrue(!probe.devices().isEmpty(), () -> "no opencl device: " + probe.reason());
    }

    /** The first device, in debug mode. */
    static Device open(Path cache) {
        return open(cache, DeviceRequest.first().withDebug());
    }

    static Device open(Path cache, DeviceRequest request) {
        assumeThere();
        return new OpenClBackend(cache).open(request);
    }
}

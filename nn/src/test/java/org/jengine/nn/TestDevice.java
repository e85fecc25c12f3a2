package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Arrays;
import org.jengine.runtime.Backend;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceInfo;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.jengine.runtime.Probe;
import org.jengine.runtime.cuda.Cuda;

/**
 * The kind of device that the tests run on: {@code -Djengine.test.device}, or the host; the build runs them on each kind. On cuda, a GPU
 * or the software CUDA device, {@code -Djengine.test.tier} says which tier serves, else the best that is there does.
 */
public final class TestDevice {
    /** Its name. */
    public static final String KIND = System.getProperty("jengine.test.device", "host");

    private static final String TIER = System.getProperty("jengine.test.tier", "");
    private static final Path CUDA_CACHE = Path.of("target", "cuda-cache").toAbsolutePath();

    private TestDevice() {
    }

    /** Whether it is the whole of its kind: no library is left out. */
    public static boolean isBest() {
        return TIER.isEmpty() || TIER.equals("cudnn");
    }

    /** Opens it. Gives up the test where there is none; fails it where {@code -Djengine.require} names the kind. */
    public static Device open(DeviceRequest request) {
        if (KIND.equals("cuda")) {
            return Cuda.open(CUDA_CACHE, request.withThreads(0).withTier(TIER));
        }
        Backend backend = Devices.backends().stream().filter(b -> b.name().equals(KIND)).findFirst().orElseThrow();
        Probe probe = backend.probe();
        boolean required = Arrays.asList(System.getProperty("jengine.require", "").split(",")).contains(KIND);
        assertFalse(required && probe.devices().isEmpty(), () -> KIND + " is required: " + probe.reason());
        assumeTrue(!probe.devices().isEmpty(), () -> "no " + KIND + " device: " + probe.reason());
        return backend.open(isGpu(probe.devices().get(0)) ? request.withThreads(0) : request);
    }

    /** Threads can be asked of CPUs only. */
    private static boolean isGpu(DeviceInfo device) {
        return "GPU".equals(device.details().get("kind"));
    }

    /** Opens it in debug mode. */
    public static Device debug() {
        return open(DeviceRequest.first().withDebug());
    }
}

package org.jengine.cifar;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import org.jengine.runtime.Backend;
import org.jengine.runtime.Devices;
import org.jengine.runtime.Probe;

/** The kinds of devices that this machine has, for tests. */
final class TestDevices {
    private TestDevices() {
    }

    /** Gives up the test where there is no device of the kind; fails it where {@code -Djengine.require} names the kind. */
    static void assumeThere(String kind) {
        Backend backend = Devices.backends().stream().filter(b -> b.name().equals(kind)).findFirst().orElseThrow();
        Probe probe = backend.probe();
        boolean required = Arrays.asList(System.getProperty("jengine.require", "").split(",")).contains(kind);
        assertFalse(required && probe.devices().isEmpty(), () -> kind + " is required: " + probe.reason());
        assumeTrue(!probe.devices().isEmpty(), () -> "no " + kind + " device: " + probe.reason());
    }
}

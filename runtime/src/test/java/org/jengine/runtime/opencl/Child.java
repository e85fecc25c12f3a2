package org.jengine.runtime.opencl;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Probe;
import org.jengine.runtime.conformance.JavaProgram;

/** A program of its own, for what a process can be told only once: prints the first device or why there is none, and opens it. */
final class Child {
    private Child() {
    }

    public static void main(String[] args) {
        OpenClBackend backend = new OpenClBackend(Path.of(args[0]));
        Probe probe = backend.probe();
        if (probe.devices().isEmpty()) {
            System.out.print("none: " + probe.reason());
            return;
        }
        try (Device device = backend.open(DeviceRequest.first())) {
            System.out.print("opened " + device.info().id());
        }
    }

    /** Runs it and returns what it printed to either stream. */
    static String run(Path folder, Map<String, String> environment, String... flags) throws IOException, InterruptedException {
        ProcessBuilder builder = JavaProgram.of(Child.class, List.of(folder.toString()), flags).directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        return JavaProgram.run(builder);
    }
}

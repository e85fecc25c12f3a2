package org.jengine.runtime.opencl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Probe;

/** A program of its own, for what a process can be told only once: prints the first device or why there is none, and opens it. */
final class Child {
    /** The Java that asks for a flag before a native library is loaded. */
    private static final int ASKS_FOR_NATIVE_ACCESS = 22;

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
        ProcessBuilder builder = program(Child.class, List.of(folder.toString()), flags).directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return printed;
    }

    /** A Java program out of the tests' class path, to be started. */
    static ProcessBuilder program(Class<?> main, List<String> arguments, String... flags) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m"));
        if (Runtime.version().feature() >= ASKS_FOR_NATIVE_ACCESS) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }
}

package org.jengine.runtime.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the operating system says of the CPU and the memory; where it does not say, -1 or a general word. */
final class HostMemory {
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final Path CPU = Path.of("/proc/cpuinfo");

    private HostMemory() {
    }

    /** Bytes that can be had without swapping. */
    static long available() {
        return kilobytes("MemAvailable:");
    }

    static long total() {
        return kilobytes("MemTotal:");
    }

    static String cpuName() {
        String line = line(CPU, "model name");
        return line == null ? System.getProperty("os.arch") + " CPU" : line.substring(line.indexOf(':') + 1).strip();
    }

    private static long kilobytes(String key) {
        String line = line(MEMORY, key);
        return line == null ? -1 : Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
    }

    private static String line(Path file, String start) {
        if (!Files.isReadable(file)) {
            return null;
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(l -> l.startsWith(start)).findFirst().orElse(null);
        } catch (IOException e) {
            return null;
        }
    }
}

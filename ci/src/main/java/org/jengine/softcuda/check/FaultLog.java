package org.jengine.softcuda.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jengine.softcuda.json.Json;

/** Appends each report to a file as a line of JSON with {@code rule}, {@code fatal}, {@code message} and {@code where}. */
public final class FaultLog implements Consumer<Report> {
    private final Path file;

    public FaultLog(Path file) {
        this.file = file;
    }

    /** @throws UncheckedIOException if the file can't be written: a run whose faults are lost must not look clean */
    @Override
    public void accept(Report report) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("rule", report.rule().name());
        line.put("fatal", report.rule().fatal());
        line.put("message", report.message());
        line.put("where", report.where());
        try {
            byte[] bytes = (Json.line(line) + "\n").getBytes(StandardCharsets.UTF_8);
            Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("can't append to " + file, e);
        }
    }
}

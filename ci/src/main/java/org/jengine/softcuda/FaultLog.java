package org.jengine.softcuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jengine.softcuda.check.Report;

/** Tells faults as they are found: on the terminal, and as lines of JSON in a file that all processes of a run append to. */
final class FaultLog {
    private static final int FIRST_PRINTABLE = 0x20;

    private final Path file;
    private final boolean all;

    /**
     * @param file null for none
     * @param all  whether to tell of what would not end a program on a GPU, too
     */
    FaultLog(Path file, boolean all) {
        this.file = file;
        this.all = all;
    }

    void tell(Report report) {
        if (!all && !report.rule().fatal()) {
            return;
        }
        System.err.println(report.text());
        if (file == null) {
            return;
        }
        String line = "{\"rule\":" + quoted(report.rule().name()) + ",\"message\":" + quoted(report.message()) + ",\"where\":"
                + quoted(report.where()) + ",\"process\":" + ProcessHandle.current().pid() + "}\n";
        try {
            Files.write(file, line.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot append to " + file, e);
        }
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < FIRST_PRINTABLE) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}

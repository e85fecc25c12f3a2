package org.jengine.ci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A program started by a test, with its output kept apart by stream. */
final class Command {
    private static final long MOST_SECONDS = 120;
    /** A class path fills a screen. */
    private static final int LONGEST_WORD = 120;

    private final List<String> words;
    private final ProcessBuilder builder;

    /** What came of it. */
    record Result(List<String> command, int status, String out, String err) {
        @Override
        public String toString() {
            String shown = command.stream().map(w -> w.length() > LONGEST_WORD ? w.substring(0, LONGEST_WORD) + "..." : w)
                    .collect(Collectors.joining(" "));
            return shown + " ended with " + status + "\n" + out + err;
        }
    }

    private Command(Path folder, List<String> words) {
        this.words = words;
        this.builder = new ProcessBuilder(words).directory(folder.toFile());
    }

    /** @param folder where it runs */
    static Command of(Path folder, String... words) {
        return new Command(folder, List.of(words));
    }

    Command with(String variable, String value) {
        builder.environment().put(variable, value);
        return this;
    }

    Command without(String... variables) {
        for (String v : variables) {
            builder.environment().remove(v);
        }
        return this;
    }

    Result run() throws IOException, InterruptedException {
        Path out = Files.createTempFile("out", ".txt");
        Path err = Files.createTempFile("err", ".txt");
        try {
            Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            process.getOutputStream().close();
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new IllegalStateException(String.join(" ", words) + " did not end within " + MOST_SECONDS + " s\n"
                        + Files.readString(out) + Files.readString(err));
            }
            return new Result(words, process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}

package org.jengine.cifar.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds what earlier runs left. */
final class RunFiles {
    private RunFiles() {
    }

    /**
     * The weights that a user means by a file, a run's folder, its name or its short id; of a run, the best.
     *
     * @param runs the folder that holds runs
     * @throws UsageException if there are none
     */
    static Path weights(Console console, Path runs, String text) {
        Path given = console.path(text);
        if (Files.isRegularFile(given)) {
            return given;
        }
        if (Files.isDirectory(given)) {
            return inside(given);
        }
        List<Path> found = named(runs, text);
        if (found.size() > 1) {
            throw new UsageException("'" + text + "' could be " + found.get(0) + " or " + found.get(1) + "; name one of them");
        }
        if (found.isEmpty()) {
            throw new UsageException("no weights file, and no run in " + runs + ": '" + text + "'");
        }
        return inside(found.get(0));
    }

    private static Path inside(Path run) {
        for (String name : List.of(RunFolder.BEST, RunFolder.LAST)) {
            if (Files.isRegularFile(run.resolve(name))) {
                return run.resolve(name);
            }
        }
        throw new UsageException(run + " holds neither " + RunFolder.BEST + " nor " + RunFolder.LAST + ": the run did not come so far");
    }

    private static List<Path> named(Path runs, String text) {
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(runs)) {
            return entries.filter(Files::isDirectory).filter(run -> {
                String name = run.getFileName().toString();
                return name.equals(text) || name.endsWith("_" + text);
            }).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + runs + ": " + e, e);
        }
    }
}

package org.jengine.softcuda.count;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jengine.softcuda.json.Json;
import org.jengine.softcuda.json.JsonReader;

/** Makes one report of those that the processes of a run left in a folder. */
public final class MergeReports {
    private MergeReports() {
    }

    /** Arguments: the folder, and the file for the report as JSON; the tables go to standard output. */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("usage: MergeReports FOLDER FILE");
        }
        merge(Path.of(args[0]), Path.of(args[1]), System.out);
    }

    /**
     * Merges all {@code .json} files of a folder.
     *
     * @throws IOException if there is none, or one is no report
     */
    static void merge(Path folder, Path to, PrintStream tables) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
        if (files.isEmpty()) {
            throw new IOException("no process left a report in " + folder);
        }
        Map<?, ?> sum = Map.of();
        for (Path file : files) {
            try {
                sum = Merge.sum(sum, (Map<?, ?>) JsonReader.read(Files.readString(file)));
            } catch (IllegalArgumentException | ClassCastException e) {
                throw new IOException(file + " is no report: " + e.getMessage(), e);
            }
        }
        Files.writeString(to, Json.text(sum));
        tables.print(Table.of(sum));
    }
}

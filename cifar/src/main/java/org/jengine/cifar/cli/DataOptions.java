package org.jengine.cifar.cli;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.jengine.cifar.data.DataLocator;
import org.jengine.cifar.data.DataReport;
import org.jengine.cifar.data.DataSet;
import org.jengine.cifar.data.Downloader;
import org.jengine.cifar.data.LimitedData;
import org.jengine.cifar.data.Located;
import org.jengine.cifar.data.Progress;
import org.jengine.nn.ImageData.Split;
import picocli.CommandLine.Option;

/** Which images to use. */
public final class DataOptions {
    @Option(names = "--data", paramLabel = "PATH", description = "The CIFAR-10 binary archive or its folder, or 'synthetic' for generated "
            + "pictures. Default: $JENGINE_DATA, the user's cache folder, a download into it, else synthetic.")
    private String path;

    @Option(names = "--limit", paramLabel = "N", description = "Only the first N images of each split.")
    private Integer limit;

    /** Finds, if need be fetches, and checks the data; what the user should know goes to {@code notes}. */
    DataSet open(Console console, Progress progress, Consumer<String> notes) {
        if (limit != null && limit < 1) {
            throw new UsageException("--limit must be 1 or more, got " + limit);
        }
        DataSet data = find(console, path, progress, notes);
        return limit == null ? data : LimitedData.of(data, limit);
    }

    /**
     * Finds, if need be fetches, and checks the data, without showing a download.
     *
     * @param path  as the user typed it; null if nothing was typed
     * @param notes takes what the user should know
     */
    public static DataSet find(Console console, String path, Consumer<String> notes) {
        return find(console, path, Progress.NONE, notes);
    }

    private static DataSet find(Console console, String path, Progress progress, Consumer<String> notes) {
        Located located = locator(console).locate(absolute(console, path), progress);
        located.notice().forEach(notes);
        located.data().warnings().forEach(notes);
        return located.data();
    }

    /** The rules by which data are found, in the environment of {@code console}. */
    static DataLocator locator(Console console) {
        return new DataLocator(console.env(), Path.of(System.getProperty("user.home")), System.getProperty("os.name"),
                Downloader.official());
    }

    /** What stands for no path stays as it is. */
    static String absolute(Console console, String path) {
        boolean file = path != null && !path.equals(DataLocator.SYNTHETIC) && !path.startsWith(DataLocator.SYNTHETIC + ":");
        return file ? console.path(path).toString() : path;
    }

    static boolean synthetic(DataSet data) {
        return synthetic(data.name());
    }

    static boolean synthetic(String dataName) {
        return dataName.startsWith(DataLocator.SYNTHETIC);
    }

    /** On one line, for people. */
    static String describe(DataSet data) {
        long bytes = (data.image().count() + 1) * (data.count(Split.TRAIN) + (long) data.count(Split.VALIDATION));
        String checked = synthetic(data) ? "generated pictures: results compare with nothing else"
                : data.official() ? "sha256 ok" : "sha256 is not the publisher's";
        return Text.format("%s  %s train / %s val (val = test set)  %s, %s uint8", data.name(), Text.count(data.count(Split.TRAIN)),
                Text.count(data.count(Split.VALIDATION)), checked, Text.bytes(bytes));
    }

    /** For programs. */
    static Event event(DataSet data) {
        return Event.of("data").with("name", data.name()).with("synthetic", synthetic(data)).with("source", data.source())
                .with("fingerprint", data.fingerprint()).with("official", data.official()).with("train", data.count(Split.TRAIN))
                .with("validation", data.count(Split.VALIDATION)).with("validation_is", "test set");
    }

    /** A checked data set with its classes, for people. */
    static String describe(DataReport report) {
        StringBuilder out = new StringBuilder();
        out.append(Text.format("name         %s%n", report.name()));
        out.append(Text.format("source       %s%n", report.source()));
        out.append(Text.format("images       %s train, %s validation, %s, %d classes%n", Text.count(report.train()),
                Text.count(report.validation()), report.image(), report.classes().size()));
        out.append(Text.format("official     %s%n", report.official() ? "yes, by checksum" : "no"));
        out.append(Text.format("fingerprint  %s%n", report.fingerprint()));
        report.files().forEach(f -> out.append(Text.format("file         %-18s %s  %s records  sha256 %s%s%n", f.name(),
                Text.bytes(f.bytes()), Text.count(f.records()), f.sha256(), f.official() ? "" : " (not the publisher's)")));
        report.classes().forEach(c -> out.append(Text.format("class        %-18s %6d train %6d validation%n", c.name(), c.train(),
                c.validation())));
        report.warnings().forEach(w -> out.append("warning      ").append(w).append(System.lineSeparator()));
        return out.toString().stripTrailing();
    }
}

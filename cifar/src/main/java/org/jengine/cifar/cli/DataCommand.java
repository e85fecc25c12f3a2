package org.jengine.cifar.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jengine.cifar.data.Cifar10;
import org.jengine.cifar.data.DataLocator;
import org.jengine.cifar.data.DataReport;
import org.jengine.cifar.data.DataUnavailable;
import org.jengine.cifar.data.Located;
import org.jengine.cifar.data.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code jengine data}. */
@Command(name = "data", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "fetch|verify|info",
        description = "Fetches, checks and describes the CIFAR-10 data set.")
final class DataCommand implements Runnable {
    private static final String PATH = "The archive or the folder; default: as for train, without a download.";

    private final Console console;

    @Spec
    private CommandSpec spec;

    DataCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "what about the data: fetch, verify or info?");
    }

    @Command(name = "fetch", mixinStandardHelpOptions = true, description = "Downloads the archive from its publisher and checks it.")
    int fetch(@Option(names = "--dir", paramLabel = "DIR", description = "Where to; default: the user's cache folder.") Path folder,
              @Option(names = "--json", description = "One JSON object an event.") boolean json) {
        DataLocator locator = DataOptions.locator(console);
        Path archive;
        try (DownloadDisplay display = new DownloadDisplay(console, json)) {
            archive = locator.fetch(folder == null ? null : console.folder().resolve(folder), display);
        }
        return report(Cifar10.open(archive).report(), json, false);
    }

    @Command(name = "verify", mixinStandardHelpOptions = true,
            description = "Reads every byte of the data: sizes, labels, checksums. Exit code 3 if something is wrong.")
    int verify(@Option(names = "--data", paramLabel = "PATH", description = PATH) String path,
               @Option(names = "--json", description = "One JSON object.") boolean json) {
        return report(find(path), json, true);
    }

    @Command(name = "info", mixinStandardHelpOptions = true, description = "Says what the data are and where they come from.")
    int info(@Option(names = "--data", paramLabel = "PATH", description = PATH) String path,
             @Option(names = "--json", description = "One JSON object.") boolean json) {
        return report(find(path), json, false);
    }

    /** As {@code train} would find it, but never by download. */
    private DataReport find(String path) {
        DataLocator locator = DataOptions.locator(console);
        DataLocator offline = new DataLocator(locator.environment(), locator.home(), locator.system(), null);
        Located located = offline.locate(DataOptions.absolute(console, path), Progress.NONE);
        if (located.origin() == Located.Origin.SYNTHETIC) {
            throw new DataUnavailable(DataUnavailable.Reason.NETWORK, "no CIFAR-10 here: neither --data nor $" + DataLocator.VARIABLE
                    + " names it, and " + locator.cache() + " holds none\nget it with 'jengine data fetch', or name it with --data PATH");
        }
        return located.data().report();
    }

    private int report(DataReport report, boolean json, boolean verdict) {
        if (json) {
            List<Event> files = report.files().stream().map(f -> Event.empty().with("name", f.name()).with("bytes", f.bytes())
                    .with("records", f.records()).with("sha256", f.sha256()).with("official", f.official())).toList();
            List<Event> classes = report.classes().stream().map(c -> Event.empty().with("name", c.name()).with("train", c.train())
                    .with("validation", c.validation())).toList();
            console.out().println(Event.of("data").with("name", report.name()).with("synthetic", DataOptions.synthetic(report.name()))
                    .with("source", report.source()).with("fingerprint", report.fingerprint()).with("official", report.official())
                    .with("train", report.train()).with("validation", report.validation()).with("image", report.image().toString())
                    .with("files", files.stream().map(Event::fields).toList())
                    .with("classes", classes.stream().map(Event::fields).toList()).with("warnings", report.warnings()));
        } else {
            console.out().println(DataOptions.describe(report));
            if (verdict) {
                console.out().println(DataOptions.synthetic(report.name()) ? "nothing to verify: these pictures are generated"
                        : report.official() ? "verified: every file is the publisher's"
                        : "readable and whole, but not the publisher's files: their checksums differ");
            }
        }
        return ExitCode.DONE;
    }
}

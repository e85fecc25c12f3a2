package org.jengine.bench;

import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jengine.cifar.Recipe;
import org.jengine.cifar.cli.ChosenDevice;
import org.jengine.cifar.cli.Console;
import org.jengine.cifar.cli.DataOptions;
import org.jengine.cifar.cli.Event;
import org.jengine.cifar.cli.ExitCode;
import org.jengine.cifar.cli.LibraryOptions;
import org.jengine.cifar.cli.NetArgument;
import org.jengine.cifar.cli.PrecisionConverter;
import org.jengine.cifar.cli.Text;
import org.jengine.cifar.cli.UsageException;
import org.jengine.cifar.cli.Version;
import org.jengine.nn.CancelToken;
import org.jengine.nn.ImageData;
import org.jengine.nn.ImageData.Split;
import org.jengine.nn.Precision;
import org.jengine.nn.Session;
import org.jengine.nn.TrainListener.PlanSummary;
import org.jengine.nn.Trainer;
import org.jengine.runtime.DeviceUnavailable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jengine bench}. */
@Command(name = "bench", mixinStandardHelpOptions = true, sortOptions = false, description = "Measures steady-state training throughput: "
        + "whole steps, from gathering the batch to the update, after a warm-up.")
final class BenchCommand implements Callable<Integer> {
    private static final String OWN = "own";
    private static final String ROW = "%-10s %5s  %-9s %7s %12s %12s %12s %7s %8s %8s %8s";

    private final Console console;

    @Option(names = "--nets", split = ",", paramLabel = "NET", defaultValue = "lr,mlp,cnn,deep-cnn",
            description = "Default: ${DEFAULT-VALUE}.")
    private List<String> nets;

    @Option(names = "--batches", split = ",", paramLabel = "N", defaultValue = "128",
            description = "Images a step; 'own' for each net's own. Default: ${DEFAULT-VALUE}.")
    private List<String> batches;

    @Option(names = "--precisions", split = ",", paramLabel = "P", defaultValue = "fp32",
            converter = PrecisionConverter.class, description = "fp32, tf32, bf16. Default: ${DEFAULT-VALUE}.")
    private List<Precision> precisions;

    @Option(names = "--device", defaultValue = ChosenDevice.AUTO, paramLabel = "DEVICE", description = "Default: ${DEFAULT-VALUE}.")
    private String device;

    @Mixin
    private LibraryOptions libraries;

    @Option(names = "--threads", split = ",", paramLabel = "N", defaultValue = "0",
            description = "CPU threads; 0, the default, for all. Several are measured one after the other.")
    private List<Integer> threads;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "10",
            description = "Time to measure each for. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(names = "--warmup", paramLabel = "S", defaultValue = "20",
            description = "Most seconds to wait for steady figures. Default: ${DEFAULT-VALUE}.")
    private double warmup;

    @Option(names = "--data", paramLabel = "PATH", defaultValue = RandomImages.NAME,
            description = "As for train. Default: random, 50,000 images of noise.")
    private String data;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Combination> combinations = combinations();
        if (!(seconds > 0 && seconds <= 3600 && warmup >= 0 && warmup <= 3600)) {
            throw new UsageException("--seconds must be more than 0 and --warmup 0 or more, both at most 3600; got " + seconds + " and "
                    + warmup);
        }
        CancelToken token = console.interrupt().token();
        ImageData images = data.equals(RandomImages.NAME) ? new RandomImages() : DataOptions.find(console, data, console.err()::println);
        int measured = 0;
        String lacking = "";
        for (int t : threads) {
            try (ChosenDevice chosen = ChosenDevice.open(device, t, libraries)) {
                header(chosen, images);
                for (Combination c : combinations) {
                    if (!chosen.has(c.precision())) {
                        lacking = chosen.lacks(c.precision());
                        skip(c, t, chosen, lacking);
                    } else if (!one(c, t, chosen, images, token)) {
                        return ExitCode.INTERRUPTED;
                    } else {
                        measured++;
                    }
                }
            }
        }
        if (measured == 0) {
            throw new DeviceUnavailable("nothing could be measured: " + lacking);
        }
        return ExitCode.DONE;
    }

    private List<Combination> combinations() {
        List<Combination> out = new ArrayList<>();
        for (String net : nets) {
            Recipe recipe = NetArgument.find(net);
            for (String batch : batches) {
                for (Precision precision : precisions) {
                    out.add(new Combination(recipe, batch.equals(OWN) ? recipe.batch() : batch(batch), precision));
                }
            }
        }
        // A net's own batch may be among the numbers too.
        return out.stream().distinct().toList();
    }

    private static int batch(String text) {
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw new UsageException("--batches takes numbers and '" + OWN + "', got '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    /** @return false if it was cancelled */
    private boolean one(Combination c, int threads, ChosenDevice chosen, ImageData images, CancelToken token) {
        int total = images.count(Split.TRAIN);
        if (c.batch() > total) {
            throw new UsageException("a batch of " + c.batch() + " is more than the " + total + " training images");
        }
        Trainer trainer = Trainer.of(c.recipe().net(), images, chosen.device()).batch(c.batch()).epochs(1)
                .optimizer(c.recipe().optimizer()).schedule(c.recipe().schedule()).precision(c.precision());
        try (Session session = trainer.open()) {
            Measurement m = new Throughput(session, c.batch(), total, System::nanoTime).measure(seconds, warmup, token);
            if (m == null) {
                return false;
            }
            console.out().println(json ? event(c, threads, chosen, images, m, session.plan()) : row(c, threads, m));
            console.out().flush();
        }
        return true;
    }

    private void header(ChosenDevice chosen, ImageData images) {
        if (json) {
            return;
        }
        console.out().println("device   " + chosen.describe());
        console.out().println("data     " + images.name() + ", " + Text.count(images.count(Split.TRAIN)) + " images");
        console.out().println(Text.format("method   warm-up until 3 windows agree within %.0f %% (at most %.0f s), then windows of %.2f s "
                + "for %.0f s; img/s is their median", 100 * Throughput.AGREEMENT, warmup, seconds / Throughput.WINDOWS, seconds));
        console.out().println("         step times are those of groups of steps of about " + Throughput.GROUP_MILLIS
                + " ms, the device waited for after each; jengine " + Version.release() + ", commit " + Version.commit());
        console.out().println();
        console.out().println(Text.format(ROW, "net", "batch", "precision", "threads", "img/s", "slowest", "fastest", "spread", "p50 ms",
                "p90 ms", "p99 ms"));
    }

    private String row(Combination c, int threads, Measurement m) {
        return Text.format(ROW, c.recipe().name(), c.batch(), c.precisionName(), actual(threads), Text.count(Math.round(m.median())),
                Text.count(Math.round(m.min())), Text.count(Math.round(m.max())), Text.format("%.1f%%", 100 * m.spread()),
                millis(m.stepMillis(0.5)), millis(m.stepMillis(0.9)), millis(m.stepMillis(0.99)))
                + (m.steady() ? "" : "  not steady after " + Text.duration(m.warmupSeconds()) + " of warm-up");
    }

    private static String millis(Double value) {
        return value == null ? "n/a" : Text.format("%.3f", value);
    }

    private void skip(Combination c, int threads, ChosenDevice chosen, String reason) {
        console.out().println(json ? describe(c, threads, chosen).with("skipped", reason)
                : Text.format("%-10s %5d  %-9s %7d  skipped: %s", c.recipe().name(), c.batch(), c.precisionName(), actual(threads),
                        reason));
    }

    private static Event describe(Combination c, int threads, ChosenDevice chosen) {
        return Event.of("bench").with("net", c.recipe().name()).with("batch", c.batch()).with("precision", c.precisionName())
                .with("threads", actual(threads)).with("device", chosen.device().info().id())
                .with("device_name", chosen.device().info().name());
    }

    private static int actual(int threads) {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    private static Event event(Combination c, int threads, ChosenDevice chosen, ImageData images, Measurement m, PlanSummary plan) {
        return describe(c, threads, chosen)
                .with("images_per_second", m.median()).with("images_per_second_min", m.min()).with("images_per_second_max", m.max())
                .with("spread", m.spread()).with("windows", m.rates().size()).with("seconds", m.seconds())
                .with("warmup_seconds", m.warmupSeconds()).with("steady", m.steady())
                .with("step_ms_p50", m.stepMillis(0.5)).with("step_ms_p90", m.stepMillis(0.9)).with("step_ms_p99", m.stepMillis(0.99))
                .with("step_clock", "host time of synchronised groups over their steps").with("group_steps", m.groupSteps())
                .with("groups", m.groupSeconds().size())
                .with("planned_bytes", plan.dataBytes() + plan.parameterBytes() + plan.activationBytes() + plan.scratchBytes())
                .with("nodes_per_step", plan.nodesPerStep()).with("training_flops_per_image", c.recipe().net().trainingFlops())
                .with("data", images.name()).with("data_fingerprint", images.fingerprint())
                .with("device_details", chosen.device().info().details()).with("cpus", Runtime.getRuntime().availableProcessors())
                .with("jengine", Version.release()).with("commit", Version.commit()).with("java", Version.java())
                .with("system", Version.system()).with("date", OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}

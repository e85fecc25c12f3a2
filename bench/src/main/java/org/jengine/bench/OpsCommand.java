package org.jengine.bench;

import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jengine.cifar.Recipe;
import org.jengine.cifar.cli.ChosenDevice;
import org.jengine.cifar.cli.Console;
import org.jengine.cifar.cli.Event;
import org.jengine.cifar.cli.ExitCode;
import org.jengine.cifar.cli.LibraryOptions;
import org.jengine.cifar.cli.NetArgument;
import org.jengine.cifar.cli.PrecisionConverter;
import org.jengine.cifar.cli.Text;
import org.jengine.cifar.cli.UsageException;
import org.jengine.cifar.cli.Version;
import org.jengine.nn.CancelToken;
import org.jengine.nn.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code jengine bench ops}. */
@Command(name = "ops", mixinStandardHelpOptions = true, sortOptions = false, description = "Times a net's operations one by one, each "
        + "against what the device can do at best: a copy of as much memory, or multiplications and additions in registers.")
final class OpsCommand implements Callable<Integer> {
    /** The net whose dense layers are timed beside those of the net asked for. */
    private static final String DENSE_NET = "mlp";
    private static final String HOST = "host";
    private static final int MOST_SAMPLES = 1000;
    private static final int MOST_BATCH = 10_000;
    private static final String ROW = "%-16s %-32s %11s %8s %10s %10s %8s  %s";

    private final Console console;

    @Option(names = "--device", required = true, paramLabel = "DEVICE", description = "As opencl or opencl:0.0; not host.")
    private String device;

    @Mixin
    private LibraryOptions libraries;

    @Option(names = "--net", paramLabel = "NET", defaultValue = "deep-cnn",
            description = "Whose operations; the dense layers of " + DENSE_NET + " are always there. Default: ${DEFAULT-VALUE}.")
    private String net;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "128", description = "Images a step. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", converter = PrecisionConverter.class,
            description = "fp32, tf32 or bf16. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0", description = "CPU threads; 0, the default, for all.")
    private int threads;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "11",
            description = "Of each operation, in turn with as many of its roof. Default: ${DEFAULT-VALUE}.")
    private int samples;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    OpsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Recipe recipe = NetArgument.find(net);
        if (batch < 1 || batch > MOST_BATCH || samples < 1 || samples > MOST_SAMPLES) {
            throw new UsageException("--batch must lie in 1.." + MOST_BATCH + " and --samples in 1.." + MOST_SAMPLES + "; got " + batch
                    + " and " + samples);
        }
        CancelToken token = console.interrupt().token();
        try (ChosenDevice chosen = ChosenDevice.open(device, threads, libraries)) {
            if (chosen.device().info().id().split(":")[0].equals(HOST)) {
                throw new UsageException("bench ops cannot measure the host: it does most operations by oneDNN and Java code, and runs the"
                        + " kernels that measure the roofs by their references, which are slow and no roof\nname another device, as"
                        + " --device opencl");
            }
            chosen.require(precision);
            header(chosen);
            try (OpTimer timer = new OpTimer(chosen.device(), precision.numerics(), samples)) {
                for (Op op : ops(recipe)) {
                    if (token.isCancelled()) {
                        return ExitCode.INTERRUPTED;
                    }
                    OpTiming timing = timer.time(op);
                    console.out().println(json ? event(timing, chosen) : row(timing));
                    console.out().flush();
                }
            }
        }
        return ExitCode.DONE;
    }

    /** The net's operations, and the dense layers of the net that has most of them where it is not that net. */
    private List<Op> ops(Recipe recipe) {
        List<Op> ops = new ArrayList<>(NetOps.of(recipe.net(), batch, precision.real()));
        if (!recipe.name().equals(DENSE_NET)) {
            ops.addAll(NetOps.products(NetArgument.find(DENSE_NET).net(), batch, precision.real()));
        }
        return ops;
    }

    private void header(ChosenDevice chosen) {
        if (json) {
            return;
        }
        console.out().println("device   " + chosen.describe());
        console.out().println(Text.format("net      %s, batch %d, %s; then the dense layers of %s", net, batch,
                PrecisionConverter.name(precision), DENSE_NET));
        console.out().println(Text.format("method   time of one launch by the device's clock, median of %s of about %.0f ms;"
                + " the roof is measured in turn with it", Text.plural(samples, "sample"), 1e3 * OpTimer.SAMPLE_SECONDS));
        console.out().println("         GB/s against a copy of the same footprint, GFLOP/s against multiplications and additions in"
                + " registers; jengine " + Version.release() + ", commit " + Version.commit());
        console.out().println();
        console.out().println(Text.format(ROW, "operation", "at", "ms", "spread", "rate", "roof", "of roof", "(least to most)"));
    }

    private String row(OpTiming t) {
        List<Double> shares = t.shares();
        String at = (t.op().net().equals(net) ? "" : t.op().net() + " ") + t.op().at();
        return Text.format(ROW, t.op().name(), at, Text.format("%.4f", 1e3 * t.medianSeconds()),
                percent(Measurement.spread(t.seconds())), Text.format("%.1f", t.rate() * 1e-9),
                Text.format("%.1f", t.roofRate() * 1e-9), percent(Measurement.median(shares)),
                t.op().roof().rate() + " (" + percent(Collections.min(shares)) + " to " + percent(Collections.max(shares)) + ")");
    }

    private static String percent(double share) {
        return Text.format("%.0f%%", 100 * share);
    }

    private Event event(OpTiming t, ChosenDevice chosen) {
        List<Double> shares = t.shares();
        return Event.of("op").with("op", t.op().name()).with("at", t.op().at()).with("net", t.op().net()).with("batch", batch)
                .with("precision", PrecisionConverter.name(precision)).with("threads_asked", threads)
                .with("seconds", t.medianSeconds()).with("seconds_min", Collections.min(t.seconds()))
                .with("seconds_max", Collections.max(t.seconds())).with("spread", Measurement.spread(t.seconds())).with("samples", samples)
                .with("launches_per_sample", t.launches()).with(t.op().roof().unit(), t.op().work())
                .with(t.op().roof().unit() + "_per_second", t.rate()).with("roof", t.op().roof().kernel())
                .with("roof_per_second", t.roofRate()).with("of_roof", Measurement.median(shares))
                .with("of_roof_min", Collections.min(shares)).with("of_roof_max", Collections.max(shares))
                .with("clock", "device events").with("device", chosen.device().info().id())
                .with("device_name", chosen.device().info().name()).with("device_details", chosen.device().info().details())
                .with("cpus", Runtime.getRuntime().availableProcessors()).with("jengine", Version.release())
                .with("commit", Version.commit()).with("java", Version.java()).with("system", Version.system())
                .with("date", OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}

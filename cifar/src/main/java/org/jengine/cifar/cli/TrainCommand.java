package org.jengine.cifar.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jengine.cifar.Recipe;
import org.jengine.cifar.data.DataSet;
import org.jengine.nn.CancelToken;
import org.jengine.nn.Checkpoint;
import org.jengine.nn.ImageData.Split;
import org.jengine.nn.Net;
import org.jengine.nn.Weights;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jengine train}. */
@Command(name = "train", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Trains a net as the tutorial does, or as the options say, and keeps its weights.")
final class TrainCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NET", description = "lr, mlp, cnn, deep-cnn, keras-cnn or pkaur-cnn; 'jengine show NET' draws it.")
    private String net;

    @Mixin
    private DataOptions data;

    @Mixin
    private DeviceOptions device;

    @Mixin
    private RecipeOptions recipe;

    @Option(names = "--weights", paramLabel = "FILE|RUN", description = "Start from these weights; the optimiser starts afresh.")
    private String weights;

    @Option(names = "--run-dir", paramLabel = "DIR", defaultValue = "runs", description = "Where the run's folder is made. Default: runs.")
    private Path runs;

    @Option(names = "--name", paramLabel = "NAME", description = "Takes the net's place in the name of the run's folder.")
    private String name;

    @Option(names = "--json", description = "One JSON object an event, and nothing else, on standard output.")
    private boolean json;

    @Option(names = {"-q", "--quiet"}, description = "Only the result.")
    private boolean quiet;

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        long began = System.nanoTime();
        Recipe chosen = NetArgument.find(net);
        Settings settings = recipe.settle(chosen);
        if (name != null && !name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            throw new UsageException("--name may hold letters, digits, points, dashes and underscores, 64 at most; got '" + name + "'");
        }
        Path parent = console.folder().resolve(runs);
        Weights start = weights == null ? null : start(RunFiles.weights(console, parent, weights), chosen.net());
        RunOutput output = RunOutput.of(console, json, quiet);
        try (ChosenDevice device = this.device.open()) {
            output.header("device", device.describe(), device.event());
            device.require(settings.precision());
            DataSet images = openData(output);
            output.header("data", DataOptions.describe(images), DataOptions.event(images));
            Fit.check(settings.net(), images);
            settings = within(settings, images, output);
            settings = recipe.fits() ? fitting(settings, images, device, output) : settings;
            describe(settings.net(), output);
            String title = (name == null ? settings.net().name() : name) + (DataOptions.synthetic(images) ? "_synthetic" : "");
            // From here on there is something to leave in order, so that a signal no longer ends the process by itself.
            CancelToken token = console.interrupt().token();
            RunFolder folder = RunFolder.create(parent, title);
            return new TrainRun(chosen, settings, images, device, folder, output, began).run(start, token);
        }
    }

    private DataSet openData(RunOutput output) {
        try (DownloadDisplay display = new DownloadDisplay(console, json)) {
            return data.open(console, display, output::note);
        }
    }

    private static void describe(Net net, RunOutput output) {
        output.header("net", Text.format("%s  %s weights  %.2f MFLOP an image forward  (diagram: jengine show %s)", net.name(),
                Text.count(net.parameters()), net.flops() / 1e6, net.name()),
                Event.of("net").with("name", net.name()).with("parameters", net.parameters()).with("trainable", net.trainable())
                        .with("flops", net.flops()));
    }

    /** With a batch that the images suffice for, since results must name the one that was used. */
    private static Settings within(Settings settings, DataSet images, RunOutput output) {
        int most = images.count(Split.TRAIN);
        if (settings.batch() <= most) {
            return settings;
        }
        output.note("a batch of " + settings.batch() + " is more than the " + most + " training images: each step takes all of them");
        return settings.withBatch(most);
    }

    /** With a batch that the device's memory suffices for; where not one image fits, planning says so. */
    private Settings fitting(Settings settings, DataSet images, ChosenDevice device, RunOutput output) {
        int fits = settings.trainer(images, device.device()).fittingBatch();
        if (fits == 0 || fits == settings.batch()) {
            return settings;
        }
        Settings smaller = recipe.smaller(settings, fits);
        output.note("a batch of " + settings.batch() + " does not fit into the device's memory: " + fits + " are taken, the most that do, "
                + "and a learning rate of " + smaller.optimizer().rate());
        return smaller;
    }

    private static Weights start(Path file, Net net) {
        Checkpoint from = Checkpoint.load(file);
        if (!from.net().layers().equals(net.layers())) {
            throw new UsageException(file + " holds the weights of " + from.net().name() + ", whose layers are not those of " + net.name());
        }
        return from.weights();
    }
}

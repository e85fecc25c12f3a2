package org.jengine.cifar.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jengine.cifar.data.DataSet;
import org.jengine.nn.Checkpoint;
import org.jengine.nn.Evaluation;
import org.jengine.nn.ImageData.Split;
import org.jengine.nn.Precision;
import org.jengine.nn.Trainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jengine eval}. */
@Command(name = "eval", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Evaluates saved weights on the validation images.")
final class EvalCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "FILE|RUN", description = "A .safetensors file; or a run's folder or id, for its best weights.")
    private String what;

    @Mixin
    private DataOptions data;

    @Mixin
    private DeviceOptions device;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "250", description = "Images at a time. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--precision", paramLabel = "fp32|tf32|bf16", defaultValue = "fp32",
            converter = PrecisionConverter.class, description = "Default: fp32.")
    private Precision precision;

    @Option(names = "--run-dir", paramLabel = "DIR", defaultValue = "runs", description = "Where runs are looked for. Default: runs.")
    private Path runs;

    @Option(names = "--json", description = "JSON objects, one a line, and nothing else on standard output.")
    private boolean json;

    @Option(names = {"-q", "--quiet"}, description = "Only the result.")
    private boolean quiet;

    EvalCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (batch < 1) {
            throw new UsageException("--batch must be 1 or more, got " + batch);
        }
        Path file = RunFiles.weights(console, console.folder().resolve(runs), what);
        Checkpoint checkpoint = Checkpoint.load(file);
        RunOutput output = RunOutput.of(console, json, quiet);
        try (ChosenDevice device = this.device.open()) {
            output.header("device", device.describe(), device.event());
            device.require(precision);
            DataSet images;
            try (DownloadDisplay display = new DownloadDisplay(console, json)) {
                images = data.open(console, display, output::note);
            }
            Fit.check(checkpoint.net(), images);
            output.header("data", DataOptions.describe(images), DataOptions.event(images));
            String trainedOn = checkpoint.metadata().getOrDefault("data", "unknown data");
            boolean same = trainedOn.equals(images.name());
            if (!same) {
                output.note("these weights were trained on " + trainedOn + ", not on " + images.name());
            }
            Evaluation result = Trainer.evaluate(checkpoint.net(), checkpoint.weights(), images, Split.VALIDATION, device.device(),
                    Math.min(batch, images.count(Split.VALIDATION)), precision);
            output.done(Text.format("%-8s %s on %s: %sval loss %.4f  val acc %.4f  (%s images)", "eval", checkpoint.net().name(),
                    images.name() + (same ? "" : ", trained on " + trainedOn), DataOptions.synthetic(images) ? "synthetic " : "",
                    result.loss(), result.accuracy(), Text.count(result.count())),
                    Event.of("done").with("net", checkpoint.net().name()).with("file", file.toString()).with("data", images.name())
                            .with("synthetic", DataOptions.synthetic(images)).with("trained_on", trainedOn).with("val_loss", result.loss())
                            .with("val_accuracy", result.accuracy()).with("images", result.count()).with("exit", ExitCode.DONE));
        }
        return ExitCode.DONE;
    }
}

package org.jengine.cifar.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jengine.cifar.Recipe;
import org.jengine.nn.Precision;
import org.jengine.nn.Trainer;
import org.jengine.runtime.Device;
import org.jengine.runtime.cuda.PlanCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jengine plan}. */
@Command(name = "plan", mixinStandardHelpOptions = true,
        description = "Asks cuDNN, without a GPU, how it would run a net's convolutions and poolings on one.")
final class PlanCommand implements Callable<Integer> {
    private static final String ROW = "%-72s %6s %12s %13s";

    private final Console console;

    @Parameters(paramLabel = "NET", description = "lr, mlp, cnn, deep-cnn, keras-cnn or pkaur-cnn.")
    private String net;

    @Option(names = "--gpu", paramLabel = "NAME|FILE.json", required = true,
            description = "h100, a100, t4, or a file that describes the GPU as they do.")
    private String gpu;

    @Option(names = "--cuda-lib", paramLabel = "DIR", description = "Folder of cuDNN, 9.8 or newer. Default: where one is found.")
    private String libraries;

    @Option(names = "--batch", paramLabel = "N", description = "Images in a step. Default: the recipe's.")
    private Integer batch;

    @Option(names = "--precision", paramLabel = "fp32|tf32|bf16", defaultValue = "fp32",
            converter = PrecisionConverter.class, description = "What is planned for. Default: fp32.")
    private Precision precision;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    PlanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Recipe recipe = NetArgument.find(net);
        if (batch != null && batch < 1) {
            throw new UsageException("--batch must be 1 or more, got " + batch);
        }
        int images = batch == null ? recipe.batch() : batch;
        PlannedGpu planned = PlannedGpu.find(gpu, console);
        Path folder = libraries == null ? null : console.path(libraries);
        try (PlanCheck check = PlanCheck.open(folder, planned.json(), planned.major()); Device device = check.device()) {
            Trainer.of(recipe.net(), new BlankImages(recipe.net(), images), device).batch(images).precision(precision).open().close();
            if (json) {
                json(check, planned, images);
            } else {
                text(check, planned, images);
            }
        }
        return ExitCode.DONE;
    }

    private void text(PlanCheck check, PlannedGpu planned, int images) {
        List<PlanCheck.Verdict> verdicts = check.verdicts();
        console.out().println(Text.format("%s on %s, batch %d, %s, by cuDNN %s (%s)", net, planned.name(), images,
                PrecisionConverter.name(precision), check.library().version(), check.library().path()));
        if (!verdicts.isEmpty()) {
            console.out().println(Text.format(ROW, "OPERATION", "ENGINE", "TENSOR CORES", "WORKSPACE"));
        }
        for (PlanCheck.Verdict v : verdicts) {
            console.out().println(Text.format(ROW, v.operation(), v.accepted() ? "e" + v.engine() : "none",
                    v.tensorCores() ? "yes" : "no", v.accepted() ? Text.bytes(v.workspace()) : "-")
                    + (v.compiled() ? "  compiled when planned" : "") + (v.accepted() && !v.deterministic() ? "  not deterministic" : ""));
            if (!v.accepted()) {
                console.out().println("    refused: " + v.refusal());
            }
        }
        console.out().println(Text.format("%d of %d operations accepted, workspace %s; our own kernels do what is refused, and poolings",
                verdicts.stream().filter(PlanCheck.Verdict::accepted).count(), verdicts.size(), Text.bytes(workspace(verdicts))));
    }

    private void json(PlanCheck check, PlannedGpu planned, int images) {
        List<PlanCheck.Verdict> verdicts = check.verdicts();
        for (PlanCheck.Verdict v : verdicts) {
            console.out().println(Event.of("operation").with("operation", v.operation()).with("accepted", v.accepted())
                    .with("engine", v.accepted() ? v.engine() : null).with("tensorCores", v.tensorCores()).with("compiled", v.compiled())
                    .with("deterministic", v.deterministic()).with("workspace", v.workspace()).with("refusal", v.refusal()));
        }
        console.out().println(Event.of("plan").with("net", net).with("gpu", planned.name()).with("batch", images)
                .with("precision", PrecisionConverter.name(precision)).with("cudnn", check.library().version())
                .with("library", check.library().path()).with("operations", verdicts.size())
                .with("accepted", verdicts.stream().filter(PlanCheck.Verdict::accepted).count())
                .with("workspace", workspace(verdicts)));
    }

    /** The operations share it. */
    private static long workspace(List<PlanCheck.Verdict> verdicts) {
        return verdicts.stream().mapToLong(PlanCheck.Verdict::workspace).max().orElse(0);
    }
}

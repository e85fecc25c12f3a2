package org.jengine.cifar.cli;

import java.util.concurrent.Callable;
import org.jengine.cifar.Recipe;
import org.jengine.nn.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jengine show}. */
@Command(name = "show", mixinStandardHelpOptions = true, description = "Draws a net: its layers, weights, operations and memory.")
final class ShowCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NET", description = "lr, mlp, cnn, deep-cnn, keras-cnn or pkaur-cnn.")
    private String net;

    @Option(names = "--batch", paramLabel = "N", description = "Batch that the memory is for. Default: the recipe's.")
    private Integer batch;

    @Option(names = "--precision", paramLabel = "fp32|tf32|bf16", defaultValue = "fp32",
            converter = PrecisionConverter.class, description = "What the memory is for. Default: fp32.")
    private Precision precision;

    @Option(names = "--ascii", description = "Plain ASCII; also where the output cannot show more.")
    private boolean ascii;

    ShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Recipe recipe = NetArgument.find(net);
        if (batch != null && batch < 1) {
            throw new UsageException("--batch must be 1 or more, got " + batch);
        }
        int images = batch == null ? recipe.batch() : batch;
        new Diagram(recipe.net(), images, precision, ascii || !console.unicode()).lines().forEach(console.out()::println);
        return ExitCode.DONE;
    }
}

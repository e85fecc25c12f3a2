package org.jengine.cifar.cli;

import org.jengine.cifar.Recipe;
import org.jengine.cifar.data.DataSet;
import org.jengine.nn.TrainResult;

/**
 * Whether a run reached what its net is expected to reach.
 *
 * @param met  null if it was not judged
 * @param text for people
 */
record Verdict(Boolean met, String text) {
    private static final String CIFAR = "CIFAR-10";

    /** Judges a run of the whole recipe's length on the whole of CIFAR-10, and says of any other why not. */
    static Verdict of(Recipe recipe, int epochs, DataSet data, TrainResult result) {
        String why = recipe.expected().isEmpty() ? "the tutorial states no accuracy for " + recipe.name()
                : !data.name().equals(CIFAR) ? "the data are " + data.name()
                : result.cancelled() ? "interrupted after " + Text.plural(result.epochs().size(), "epoch")
                : epochs != recipe.epochs() ? Text.plural(epochs, "epoch") + " instead of " + recipe.epochs()
                : null;
        if (why != null) {
            return new Verdict(null, "not judged: " + why);
        }
        double expected = recipe.expected().getAsDouble();
        boolean met = result.best() != null && result.best().valAccuracy() >= expected;
        return new Verdict(met, Text.format("expected >= %.2f: %s", expected, met ? "met" : "not met"));
    }
}

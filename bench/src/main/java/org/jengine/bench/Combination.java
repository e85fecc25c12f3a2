package org.jengine.bench;

import org.jengine.cifar.Recipe;
import org.jengine.cifar.cli.PrecisionConverter;
import org.jengine.nn.Precision;

/** One thing to measure. */
record Combination(Recipe recipe, int batch, Precision precision) {
    String precisionName() {
        return PrecisionConverter.name(precision);
    }
}

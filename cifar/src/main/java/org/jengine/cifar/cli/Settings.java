package org.jengine.cifar.cli;

import org.jengine.nn.Augment;
import org.jengine.nn.ImageData;
import org.jengine.nn.Net;
import org.jengine.nn.Optimizer;
import org.jengine.nn.Precision;
import org.jengine.nn.Schedule;
import org.jengine.nn.Trainer;
import org.jengine.runtime.Device;

/**
 * All that decides how a net is trained, whatever it is trained on.
 *
 * @param smoothing     share of each label that is spread over all classes
 * @param deterministic whether every run on one machine must give the same bits
 */
record Settings(Net net, int batch, int epochs, Optimizer optimizer, Schedule schedule, Augment augment, double smoothing,
                Precision precision, boolean deterministic, long seed) {
    Settings withBatch(int other) {
        return new Settings(net, other, epochs, optimizer, schedule, augment, smoothing, precision, deterministic, seed);
    }

    Settings withOptimizer(Optimizer other) {
        return new Settings(net, batch, epochs, other, schedule, augment, smoothing, precision, deterministic, seed);
    }

    Trainer trainer(ImageData data, Device device) {
        return Trainer.of(net, data, device).batch(batch).epochs(epochs).optimizer(optimizer).schedule(schedule).augment(augment)
                .labelSmoothing(smoothing).precision(precision).deterministic(deterministic).seed(seed);
    }

    /** On one line, for people. */
    String describe() {
        return "seed " + seed + "  batch " + batch + "  " + optimizer.describe() + " " + schedule.describe() + "  " + epochs
                + (epochs == 1 ? " epoch  " : " epochs  ") + precisionName()
                + (deterministic ? "  deterministic" : "")
                + (augment.equals(Augment.NONE) ? "" : "  augment " + augment.describe())
                + (smoothing == 0 ? "" : "  smoothing " + smoothing);
    }

    /** Adds its fields to an object for programs. */
    Event addTo(Event event) {
        return event.with("net", net.name()).with("seed", seed).with("batch", batch).with("epochs", epochs)
                .with("optimizer", optimizer.describe()).with("learning_rate", optimizer.rate()).with("schedule", schedule.describe())
                .with("augment", augment.describe()).with("label_smoothing", smoothing).with("precision", precisionName())
                .with("deterministic", deterministic);
    }

    private String precisionName() {
        return PrecisionConverter.name(precision);
    }
}

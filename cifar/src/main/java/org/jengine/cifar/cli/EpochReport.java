package org.jengine.cifar.cli;

import org.jengine.nn.EpochResult;

/**
 * What is told of an epoch, wherever it is told.
 *
 * @param epochs     of the run
 * @param etaSeconds time that the rest of the run will take at this pace
 * @param data       name of the data set
 * @param synthetic  whether its pictures are generated
 */
record EpochReport(EpochResult result, int epochs, double etaSeconds, String data, boolean synthetic) {
    /** One object; training figures are running means with augmentation and dropout on. */
    Event event() {
        return Event.of("epoch")
                .with("epoch", result.epoch())
                .with("train_loss", result.trainLoss())
                .with("train_accuracy", result.trainAccuracy())
                .with("val_loss", result.valLoss())
                .with("val_accuracy", result.valAccuracy())
                .with("images_per_second", result.imagesPerSecond())
                .with("seconds", result.seconds())
                .with("train_seconds", result.trainSeconds())
                .with("learning_rate", result.learningRate())
                .with("best", result.best())
                .with("data", data);
    }

    /** One line for a log. */
    String keyValues() {
        return Text.format("epoch=%d/%d train_loss=%.4f train_accuracy=%.4f val_loss=%.4f val_accuracy=%.4f images_per_second=%.0f "
                        + "seconds=%.2f eta_seconds=%.0f best=%b%s", result.epoch(), epochs, result.trainLoss(), result.trainAccuracy(),
                result.valLoss(), result.valAccuracy(), result.imagesPerSecond(), result.seconds(), etaSeconds, result.best(),
                synthetic ? " data=synthetic" : "");
    }

    /** What stands behind the bar. */
    String text() {
        return Text.format("%s  %s img/s  loss %.3f acc %.3f | %sval loss %.3f acc %.3f %s%s", Text.duration(result.seconds()),
                Text.count(Math.round(result.imagesPerSecond())), result.trainLoss(), result.trainAccuracy(), synthetic ? "synthetic " : "",
                result.valLoss(), result.valAccuracy(), result.best() ? "*" : " ",
                result.epoch() < epochs ? " eta " + Text.clock(etaSeconds) : "").stripTrailing();
    }
}

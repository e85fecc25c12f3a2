package org.jengine.nn;

/**
 * One epoch's figures.
 *
 * @param epoch           from 1
 * @param trainLoss       mean over the epoch's images of the loss as trained on: running, with augmentation and dropout
 * @param trainAccuracy   share of them classified rightly at the same time
 * @param valLoss         mean cross-entropy on the validation split after the epoch
 * @param valAccuracy     share of the validation split classified rightly
 * @param learningRate    at the epoch's last update
 * @param imagesPerSecond training only: images over seconds of the training part
 * @param trainSeconds    of the training part
 * @param seconds         of the whole epoch, evaluation included
 * @param best            whether every earlier epoch had a lower validation accuracy
 */
public record EpochResult(int epoch, double trainLoss, double trainAccuracy, double valLoss, double valAccuracy, double learningRate,
                          double imagesPerSecond, double trainSeconds, double seconds, boolean best) {
}

package org.jengine.nn;

/**
 * A net's figures on one split.
 *
 * @param loss     mean cross-entropy
 * @param accuracy share classified rightly
 * @param count    images looked at
 */
public record Evaluation(double loss, double accuracy, int count) {
}

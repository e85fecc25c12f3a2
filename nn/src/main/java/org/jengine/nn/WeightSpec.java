package org.jengine.nn;

import org.jengine.kernels.Shape;

/**
 * One array of weights that a layer has.
 *
 * @param name        within the layer: {@code weight}, {@code bias}
 * @param initializer what a fresh net holds
 * @param trainable   whether the optimiser moves it; running statistics are moved by their layer
 * @param matrix      whether a matrix product reads it, in the run's precision; others are always read in float32
 */
public record WeightSpec(String name, Shape shape, Initializer initializer, boolean trainable, boolean matrix) {
    /** The factors of a matrix product or convolution. */
    public static WeightSpec matrix(String name, Shape shape, long fanIn, long fanOut) {
        return new WeightSpec(name, shape, Initializer.glorotUniform(fanIn, fanOut), true, true);
    }

    /** A trained value for each channel or unit. */
    public static WeightSpec vector(String name, int count, Initializer initializer) {
        return new WeightSpec(name, Shape.of(count), initializer, true, false);
    }

    /** A value for each channel that is not trained. */
    public static WeightSpec statistic(String name, int count, Initializer initializer) {
        return new WeightSpec(name, Shape.of(count), initializer, false, false);
    }
}

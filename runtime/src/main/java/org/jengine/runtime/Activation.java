package org.jengine.runtime;

/**
 * A function that a library operation can apply to its result on the way out, and whose derivative it can apply to a gradient. The
 * derivative is taken from the function's result {@code x}: for RELU 1 where {@code x > 0}, else 0; for SIGMOID {@code x (1 - x)}.
 */
public enum Activation {
    NONE, RELU, SIGMOID
}

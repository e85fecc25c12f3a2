package org.jengine.runtime;

import org.jengine.kernels.DType;

/**
 * Batch normalisation.
 *
 * @param n        images
 * @param pixels   positions per image that share statistics
 * @param channels the last dimension
 * @param momentum share of the running statistics that a step keeps
 * @param epsilon  added to the variance
 * @param real     storage of {@code x y dx dy}
 * @param before   what made {@code x}; the way back multiplies {@code dx} with its derivative
 */
public record NormSpec(int n, int pixels, int channels, float momentum, float epsilon, DType real, Activation before) {
}

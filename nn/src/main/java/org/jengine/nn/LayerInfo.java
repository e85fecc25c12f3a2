package org.jengine.nn;

import org.jengine.kernels.Shape;

/**
 * A layer in its place in a net, for one image.
 *
 * @param operation   as {@link Layer#operation}
 * @param parameters  weights, counted as Keras counts them: running statistics too
 * @param trainable   those that the optimiser moves
 * @param flops       of the way forward
 * @param activations elements of the result that take memory
 */
public record LayerInfo(String operation, Shape input, Shape output, long parameters, long trainable, long flops, long activations) {
}

package org.jengine.nn;

/**
 * One array of weights in its place in a net.
 *
 * @param name  as in {@link Weights}: {@code conv1.weight}
 * @param layer index of its layer, from 0
 */
public record NamedWeight(String name, int layer, WeightSpec spec) {
}

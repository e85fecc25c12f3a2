package org.jengine.nn;

import java.util.List;
import org.jengine.kernels.Shape;

/**
 * A layer of a net: a record that can be planned on a device. Shapes are those of one image, without the batch. The components of the
 * record (int, float, boolean or enum) are what a description in JSON holds.
 */
public interface Layer {
    /** As in the diagram: {@code Conv2D 32 3x3 same relu}. */
    String operation();

    /** The stem of its weights' names, to which the net adds a number: {@code conv}. */
    String kind();

    /** @throws IllegalArgumentException if the layer cannot take such an input */
    Shape output(Shape in);

    /** In the order in which checkpoints and initialisers number them. */
    default List<WeightSpec> weights(Shape in) {
        return List.of();
    }

    /** Floating-point operations of one image's way forward: two for a multiplication and its addition, comparisons not counted. */
    default long flops(Shape in) {
        return 0;
    }

    /** Elements that one image's result takes in memory. */
    default long activations(Shape in) {
        return output(in).count();
    }

    /** What is done to the result. The gradient given to {@link LayerPlan.Backward} is the one before it. */
    default Act activation() {
        return Act.NONE;
    }

    /**
     * Whether every element of the result is one of the input's, unchanged, and the gradient goes to that element alone. Then the
     * derivative of the activation before this layer can be applied behind it, where there are fewer elements.
     */
    default boolean selects() {
        return false;
    }

    /**
     * Whether its way back multiplies the gradient of its input with the derivative of {@link Site#before}; else a kernel of its own does.
     */
    default boolean derives() {
        return false;
    }

    /**
     * If it is dropout: the share of the elements that it makes 0 in training, and else does nothing. Where the layer before it drops in
     * its place it is not planned.
     */
    default float dropRate() {
        return 0;
    }

    /** Whether it applies the dropout that follows, {@link Site#dropping}, in training. */
    default boolean drops() {
        return false;
    }

    /**
     * If it is max pooling: the edge of its window, else 0. Where the layer behind it pools in its place it is not planned for training.
     */
    default int poolWindow() {
        return 0;
    }

    /** Whether it does, in training, the max pooling before it, {@link Site#window}. */
    default boolean pools() {
        return false;
    }

    /** Plans it for one batch size and one use. */
    LayerPlan plan(Site site);
}

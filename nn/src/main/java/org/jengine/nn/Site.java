package org.jengine.nn;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Device;
import org.jengine.runtime.Dropping;
import org.jengine.runtime.Library;
import org.jengine.runtime.Slice;

/** The place where a layer is planned: a device, a batch size, a use, and the memory for it. */
public interface Site {
    Device device();

    /** The device's library operations. */
    Library library();

    /** The same operations for launches that are put {@linkplain Launches#beside beside} the row: they have scratch memory of their own. */
    Library libraryBeside();

    /** Images in the batch. */
    int batch();

    /** Storage of activations, their gradients and the weights of matrix products. */
    DType real();

    /** Whether for training, else for evaluation. */
    boolean training();

    /** The layer's index in the net, from 0. */
    int layer();

    /** The input's shape without the batch; behind a pooling that the layer does itself, that of what is pooled. */
    Shape in();

    /** The input, {@code [batch, in]}. */
    Slice x();

    /** What made {@code x}. A layer that {@link Layer#derives} multiplies the gradient of {@code x} with its derivative. */
    Activation before();

    /** The window of the max pooling before a layer that {@link Layer#pools}, which {@link #x} is yet to go through; 0 if there is none. */
    int window();

    /** The dropout that follows, for a layer that {@link Layer#drops}; null if there is none. */
    Dropping dropping();

    /** Whether the result may be written over the input. */
    boolean mayOverwriteX();

    /** See {@link org.jengine.kernels.Clock}. */
    Slice clock();

    /** The run's Philox key, {@code I32[2]}. */
    Slice key();

    /** Memory with one {@code shape} for each image of the batch; the same memory for every batch size. */
    Slice perImage(String name, Shape shape, DType type);

    /** Memory that does not depend on the batch; the same for every batch size. */
    Slice shared(String name, Shape shape, DType type);

    /** One of the layer's weights, as it is to be read. */
    Slice weight(String name);

    /** The gradient of one of the layer's trainable weights, float32. */
    Slice gradient(String name);
}

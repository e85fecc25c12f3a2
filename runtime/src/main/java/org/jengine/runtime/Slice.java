package org.jengine.runtime;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;

/** A named, typed, dense piece of an arena. A view: it is never closed, and dead once its arena is. */
public interface Slice {
    String name();

    Shape shape();

    DType type();

    default long count() {
        return shape().count();
    }

    default long bytes() {
        return count() * type().bytes();
    }

    /**
     * A view of a part. On every device the first element must lie on the {@linkplain #ALIGNMENT alignment}, since on some a slice is a
     * sub-buffer; a view that starts at 0 always does.
     *
     * @throws IllegalArgumentException if the part is not inside this slice or not aligned
     */
    Slice part(String name, long first, Shape shape);

    /** The same elements under another shape of equal count. */
    default Slice reshape(Shape shape) {
        if (shape.count() != count()) {
            throw new IllegalArgumentException(name() + " of " + shape() + " cannot be seen as " + shape);
        }
        return part(name(), 0, shape);
    }

    /** Bytes to which every slice and part is aligned, on every device: what NVIDIA's OpenCL asks of sub-buffers, the most of all. */
    int ALIGNMENT = 512;
}

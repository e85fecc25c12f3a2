package org.jengine.runtime.portable;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Slice;

/** Refuses what is bound to convolutions and dense layers if its type or size is not what they state. */
public final class Operands {
    private static final String CONV = "convolution";
    private static final String DENSE = "dense";

    private Operands() {
    }

    static void forward(ConvSpec s, Slice y, Slice x, Slice w, Slice b) {
        require(CONV, "y", y, s.real(), s.y());
        require(CONV, "x", x, s.real(), s.x());
        require(CONV, "w", w, s.real(), s.weights());
        require(CONV, "b", b, DType.F32, Shape.of(s.k()));
    }

    static void backwardData(ConvSpec s, Slice dx, Slice dy, Slice w) {
        require(CONV, "dx", dx, s.real(), s.x());
        require(CONV, "dy", dy, s.real(), s.y());
        require(CONV, "w", w, s.real(), s.weights());
    }

    static void backwardWeights(ConvSpec s, Slice dw, Slice db, Slice x, Slice dy) {
        require(CONV, "dw", dw, DType.F32, s.weights());
        require(CONV, "db", db, DType.F32, Shape.of(s.k()));
        require(CONV, "x", x, s.real(), s.x());
        require(CONV, "dy", dy, s.real(), s.y());
    }

    public static void forward(DenseSpec s, Slice y, Slice x, Slice w, Slice b) {
        require(DENSE, "y", y, s.real(), s.y());
        require(DENSE, "x", x, s.real(), s.x());
        require(DENSE, "w", w, s.real(), s.weights());
        require(DENSE, "b", b, DType.F32, Shape.of(s.out()));
    }

    public static void backwardData(DenseSpec s, Slice dx, Slice dy, Slice w) {
        require(DENSE, "dx", dx, s.real(), s.x());
        require(DENSE, "dy", dy, s.real(), s.y());
        require(DENSE, "w", w, s.real(), s.weights());
    }

    public static void backwardWeights(DenseSpec s, Slice dw, Slice db, Slice x, Slice dy) {
        require(DENSE, "dw", dw, DType.F32, s.weights());
        require(DENSE, "db", db, DType.F32, Shape.of(s.out()));
        require(DENSE, "x", x, s.real(), s.x());
        require(DENSE, "dy", dy, s.real(), s.y());
    }

    /** @throws IllegalArgumentException if the slice is not of the type and count that the operation states */
    public static void require(String op, String argument, Slice slice, DType type, Shape shape) {
        if (slice.type() != type || slice.count() != shape.count()) {
            throw new IllegalArgumentException(op + ": " + argument + " must be " + type.suffix() + "[" + shape + "], got " + slice.name()
                    + " " + slice.type().suffix() + "[" + slice.shape() + "]");
        }
    }
}

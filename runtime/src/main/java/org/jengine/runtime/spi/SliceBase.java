package org.jengine.runtime.spi;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Slice;

/** A range of an arena, as every backend has it; where the memory is, the backend knows. */
public abstract class SliceBase implements Slice {
    private final long offset;
    private final String name;
    private final Shape shape;
    private final DType type;

    /** @param offset in bytes behind the arena's start */
    protected SliceBase(long offset, String name, Shape shape, DType type) {
        this.offset = offset;
        this.name = name;
        this.shape = shape;
        this.type = type;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Shape shape() {
        return shape;
    }

    @Override
    public final DType type() {
        return type;
    }

    /** In bytes behind the arena's start. */
    public final long offset() {
        return offset;
    }

    /**
     * Where a part of this slice begins, in bytes behind the arena's start.
     *
     * @throws IllegalArgumentException if it is not inside the slice or not aligned
     */
    protected final long offsetOf(String part, long first, Shape partShape) {
        long start = Math.multiplyExact(first, (long) type.bytes());
        if (first < 0 || first + partShape.count() > count() || start % Slice.ALIGNMENT != 0) {
            throw new IllegalArgumentException("part " + part + " of " + partShape + " from element " + first + " does not lie in "
                    + name + " of " + shape + " on a multiple of " + Slice.ALIGNMENT + " bytes");
        }
        return offset + start;
    }

    /** The refusal of a slice that another device made. */
    public static IllegalArgumentException ofAnotherDevice(Slice slice) {
        return new IllegalArgumentException("slice " + slice.name() + " belongs to another device");
    }

    @Override
    public final String toString() {
        return name + " " + type.suffix() + "[" + shape + "]";
    }
}

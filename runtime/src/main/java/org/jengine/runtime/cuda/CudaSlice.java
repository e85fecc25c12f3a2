package org.jengine.runtime.cuda;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Slice;
import org.jengine.runtime.spi.ArenaBase;

/** A range of a {@link CudaArena}. */
final class CudaSlice implements Slice {
    private final CudaArena arena;
    private final long offset;
    private final String name;
    private final Shape shape;
    private final DType type;

    CudaSlice(CudaArena arena, long offset, String name, Shape shape, DType type) {
        this.arena = arena;
        this.offset = offset;
        this.name = name;
        this.shape = shape;
        this.type = type;
    }

    static CudaSlice of(Slice slice, CudaDevice device) {
        if (slice instanceof CudaSlice s && s.arena.device() == device) {
            return s;
        }
        throw new IllegalArgumentException("slice " + slice.name() + " belongs to another device");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public DType type() {
        return type;
    }

    @Override
    public CudaSlice part(String partName, long first, Shape partShape) {
        return new CudaSlice(arena, offset + ArenaBase.offset(this, partName, first, partShape), partName, partShape, type);
    }

    /**
     * Where it begins.
     *
     * @throws IllegalStateException if the arena is not sealed or is closed
     */
    Cu.Memory memory() {
        return arena.at(offset);
    }

    /** The arena, for what lies outside the slice. */
    CudaArena arena() {
        return arena;
    }

    long offset() {
        return offset;
    }

    @Override
    public String toString() {
        return name + " " + type.suffix() + "[" + shape + "]";
    }
}

package org.jengine.runtime.opencl;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Slice;
import org.jengine.runtime.spi.ArenaBase;

/** A range of a {@link ClArena}. */
final class ClSlice implements Slice {
    private final ClArena arena;
    private final long offset;
    private final String name;
    private final Shape shape;
    private final DType type;

    ClSlice(ClArena arena, long offset, String name, Shape shape, DType type) {
        this.arena = arena;
        this.offset = offset;
        this.name = name;
        this.shape = shape;
        this.type = type;
    }

    static ClSlice of(Slice slice, ClDevice device) {
        if (slice instanceof ClSlice s && s.arena.device() == device) {
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
    public ClSlice part(String partName, long first, Shape partShape) {
        return new ClSlice(arena, offset + ArenaBase.offset(this, partName, first, partShape), partName, partShape, type);
    }

    /** @throws IllegalStateException if the arena is not sealed or is closed */
    void requireMemory() {
        arena.requireMemory();
    }

    /**
     * The memory, as a buffer of its own.
     *
     * @throws IllegalStateException if the arena is not sealed or is closed
     */
    Cl.Memory memory() {
        return arena.part(offset, bytes());
    }

    /** The arena, for what lies outside the slice. */
    ClArena arena() {
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

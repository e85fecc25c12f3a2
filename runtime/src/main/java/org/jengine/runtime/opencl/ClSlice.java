package org.jengine.runtime.opencl;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Slice;
import org.jengine.runtime.spi.SliceBase;

/** A range of a {@link ClArena}. */
final class ClSlice extends SliceBase {
    private final ClArena arena;

    ClSlice(ClArena arena, long offset, String name, Shape shape, DType type) {
        super(offset, name, shape, type);
        this.arena = arena;
    }

    static ClSlice of(Slice slice, ClDevice device) {
        if (slice instanceof ClSlice s && s.arena.device() == device) {
            return s;
        }
        throw ofAnotherDevice(slice);
    }

    @Override
    public ClSlice part(String partName, long first, Shape partShape) {
        return new ClSlice(arena, offsetOf(partName, first, partShape), partName, partShape, type());
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
        return arena.part(offset(), bytes());
    }

    /** The arena, for what lies outside the slice. */
    ClArena arena() {
        return arena;
    }
}

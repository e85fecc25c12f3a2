package org.jengine.runtime.cuda;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Slice;
import org.jengine.runtime.spi.SliceBase;

/** A range of a {@link CudaArena}. */
final class CudaSlice extends SliceBase {
    private final CudaArena arena;

    CudaSlice(CudaArena arena, long offset, String name, Shape shape, DType type) {
        super(offset, name, shape, type);
        this.arena = arena;
    }

    static CudaSlice of(Slice slice, CudaDevice device) {
        if (slice instanceof CudaSlice s && s.arena.device() == device) {
            return s;
        }
        throw ofAnotherDevice(slice);
    }

    @Override
    public CudaSlice part(String partName, long first, Shape partShape) {
        return new CudaSlice(arena, offsetOf(partName, first, partShape), partName, partShape, type());
    }

    /**
     * Where it begins.
     *
     * @throws IllegalStateException if the arena is not sealed or is closed
     */
    Cu.Memory memory() {
        return arena.at(offset());
    }

    /** The arena, for what lies outside the slice. */
    CudaArena arena() {
        return arena;
    }
}

package org.jengine.runtime.host;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Slice;
import org.jengine.runtime.spi.SliceBase;
import org.lwjgl.system.MemoryUtil;

/** A range of a {@link HostArena}. */
final class HostSlice extends SliceBase {
    private final HostArena arena;
    private final boolean temporary;

    HostSlice(HostArena arena, long offset, String name, Shape shape, DType type, boolean temporary) {
        super(offset, name, shape, type);
        this.arena = arena;
        this.temporary = temporary;
    }

    static HostSlice of(Slice slice) {
        if (slice instanceof HostSlice s) {
            return s;
        }
        throw ofAnotherDevice(slice);
    }

    @Override
    public HostSlice part(String partName, long first, Shape partShape) {
        return new HostSlice(arena, offsetOf(partName, first, partShape), partName, partShape, type(), temporary);
    }

    boolean temporary() {
        return temporary;
    }

    boolean overlaps(HostSlice other) {
        return arena == other.arena && offset() < other.offset() + other.bytes() && other.offset() < offset() + bytes();
    }

    boolean sameMemory(HostSlice other) {
        return arena == other.arena && offset() == other.offset() && bytes() == other.bytes();
    }

    /** Bytes of one image, the first dimension being the batch. */
    long rowBytes() {
        return bytes() / shape().dim(0);
    }

    /** @throws IllegalStateException if the arena is not sealed or is closed */
    long address() {
        return arena.base() + offset();
    }

    ByteBuffer byteBuffer() {
        return MemoryUtil.memByteBuffer(address(), Math.toIntExact(bytes()));
    }

    FloatBuffer floats() {
        return MemoryUtil.memFloatBuffer(address(), Math.toIntExact(count()));
    }

    ShortBuffer shorts() {
        return MemoryUtil.memShortBuffer(address(), Math.toIntExact(count()));
    }

    IntBuffer ints() {
        return MemoryUtil.memIntBuffer(address(), Math.toIntExact(count()));
    }
}

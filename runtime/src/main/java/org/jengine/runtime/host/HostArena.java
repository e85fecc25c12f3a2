package org.jengine.runtime.host;

import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.spi.ArenaBase;
import org.lwjgl.system.MemoryUtil;

/** One aligned allocation outside the Java heap. */
final class HostArena extends ArenaBase<HostSlice> {
    /** Slices start on pages' fractions that suit every vector unit; the same as on other devices. */
    private static final long BASE_ALIGNMENT = 4096;

    private final HostDevice device;
    private long base;
    private long size;

    HostArena(HostDevice device, String name, boolean debug) {
        super("host", name, debug);
        this.device = device;
    }

    @Override
    protected HostSlice slice(long offset, String sliceName, Shape shape, DType type, boolean temporary) {
        return new HostSlice(this, offset, sliceName, shape, type, temporary);
    }

    @Override
    protected void allocate(long bytes, byte fill) {
        device.checkMemory(name(), bytes);
        long address = MemoryUtil.nmemAlignedAlloc(BASE_ALIGNMENT, (bytes + BASE_ALIGNMENT - 1) / BASE_ALIGNMENT * BASE_ALIGNMENT);
        if (address == MemoryUtil.NULL) {
            throw device.outOfMemory(name(), bytes);
        }
        MemoryUtil.memSet(address, fill & 0xff, bytes);
        base = address;
        size = bytes;
        device.allocated(size);
    }

    @Override
    protected void set(long offset, long length, byte value) {
        MemoryUtil.memSet(base + offset, value & 0xff, length);
    }

    @Override
    protected void get(long offset, byte[] to, int length) {
        for (int i = 0; i < length; i++) {
            to[i] = MemoryUtil.memGetByte(base + offset + i);
        }
    }

    @Override
    protected void drain() {
        device.drain();
    }

    @Override
    protected void free() {
        device.forget(this);
        if (base != 0) {
            MemoryUtil.nmemAlignedFree(base);
            base = 0;
            device.allocated(-size);
        }
    }

    long base() {
        requireSealed();
        return base;
    }
}

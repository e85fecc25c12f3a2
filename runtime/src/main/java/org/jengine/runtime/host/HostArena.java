package org.jengine.runtime.host;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.Slice;
import org.lwjgl.system.MemoryUtil;

/** One aligned allocation outside the Java heap. */
final class HostArena implements Arena {
    /** Slices start on pages' fractions that suit every vector unit; the same as on other devices. */
    private static final long BASE_ALIGNMENT = 4096;
    private static final byte GUARD = (byte) 0xa5;

    private final HostDevice device;
    private final String name;
    private final boolean debug;
    private final List<HostSlice> slices = new ArrayList<>();
    private long bytes;
    private long base;
    private boolean closed;

    HostArena(HostDevice device, String name, boolean debug) {
        this.device = device;
        this.name = name;
        this.debug = debug;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public HostSlice take(String sliceName, Shape shape, DType type) {
        return take(sliceName, shape, type, false);
    }

    @Override
    public HostSlice temporary(String sliceName, Shape shape, DType type) {
        return take(sliceName, shape, type, true);
    }

    private HostSlice take(String sliceName, Shape shape, DType type, boolean temporary) {
        if (base != 0 || closed) {
            throw new IllegalStateException("arena " + name + " is " + (closed ? "closed" : "sealed") + ": cannot take " + sliceName);
        }
        HostSlice slice = new HostSlice(this, bytes, sliceName, shape, type, temporary);
        slices.add(slice);
        bytes = Math.addExact(bytes, padded(slice.bytes()));
        return slice;
    }

    /** Up to the next alignment, and in debug mode a guard band more. */
    private long padded(long n) {
        return (n + Slice.ALIGNMENT - 1) / Slice.ALIGNMENT * Slice.ALIGNMENT + (debug ? Slice.ALIGNMENT : 0);
    }

    @Override
    public void seal() {
        if (base != 0 || closed) {
            throw new IllegalStateException("arena " + name + " is " + (closed ? "closed" : "sealed already"));
        }
        long size = Math.max(bytes, Slice.ALIGNMENT);
        device.checkMemory(name, size);
        long address = MemoryUtil.nmemAlignedAlloc(BASE_ALIGNMENT, (size + BASE_ALIGNMENT - 1) / BASE_ALIGNMENT * BASE_ALIGNMENT);
        if (address == MemoryUtil.NULL) {
            throw device.outOfMemory(name, size);
        }
        MemoryUtil.memSet(address, debug ? 0xff : 0, size);
        base = address;
        for (HostSlice s : debug ? slices : List.<HostSlice>of()) {
            MemoryUtil.memSet(s.address() + s.bytes(), GUARD & 0xff, padded(s.bytes()) - s.bytes());
        }
        device.allocated(size);
    }

    @Override
    public long bytes() {
        return bytes;
    }

    long base() {
        if (base == 0) {
            throw new IllegalStateException("arena " + name + " is " + (closed ? "closed" : "not sealed yet"));
        }
        return base;
    }

    /** @throws DeviceException naming the first slice behind whose end something was written */
    void checkGuards() {
        for (HostSlice s : debug && base != 0 ? slices : List.<HostSlice>of()) {
            for (long at = s.bytes(); at < padded(s.bytes()); at++) {
                if (MemoryUtil.memGetByte(s.address() + at) != GUARD) {
                    throw new DeviceException("host: byte " + (at - s.bytes()) + " behind the end of slice " + s + " in arena " + name
                            + " was overwritten");
                }
            }
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        device.drain();
        closed = true;
        device.forget(this);
        if (base == 0) {
            return;
        }
        try {
            checkGuards();
        } finally {
            MemoryUtil.nmemAlignedFree(base);
            base = 0;
            device.allocated(-Math.max(bytes, Slice.ALIGNMENT));
        }
    }
}

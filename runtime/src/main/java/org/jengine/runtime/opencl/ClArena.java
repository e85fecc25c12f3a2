package org.jengine.runtime.opencl;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.spi.ArenaBase;

/** One buffer, and a sub-buffer for each range that is used: a kernel's argument cannot begin inside a buffer otherwise. */
final class ClArena extends ArenaBase<ClSlice> {
    private final ClDevice device;
    private final Map<Range, Cl.Memory> parts = new HashMap<>();
    private final Set<ClLaunch> launches = Collections.newSetFromMap(new IdentityHashMap<>());
    private Cl.Memory whole;
    private long size;

    private record Range(long offset, long bytes) {
    }

    ClArena(ClDevice device, String name, boolean debug) {
        super(device.info().id(), name, debug);
        this.device = device;
    }

    ClDevice device() {
        return device;
    }

    @Override
    protected ClSlice slice(long offset, String sliceName, Shape shape, DType type, boolean temporary) {
        return new ClSlice(this, offset, sliceName, shape, type);
    }

    @Override
    protected void allocate(long bytes, byte fill) {
        // Drivers allocate when the memory is touched first, so it may be the fill that finds too little of it.
        whole = device.allocate(name(), bytes, made -> fill(made, 0, bytes, fill));
        size = bytes;
    }

    @Override
    protected void set(long offset, long length, byte value) {
        fill(whole, offset, length, value);
    }

    private void fill(Cl.Memory memory, long offset, long length, byte value) {
        device.cl().fill(device.queue(), memory, Transfer.pattern(value, offset | length), offset, length, name());
        device.cl().finish(device.queue());
    }

    @Override
    protected void get(long offset, byte[] to, int length) {
        byte[] bytes = new byte[length];
        device.cl().read(device.queue(), bytes, whole, offset);
        System.arraycopy(bytes, 0, to, 0, length);
    }

    /** Takes a launch that is of no use without this memory. */
    void bound(ClLaunch launch) {
        synchronized (launches) {
            launches.add(launch);
        }
    }

    /** Lets go of a launch that ended with other memory. */
    void unbound(ClLaunch launch) {
        synchronized (launches) {
            launches.remove(launch);
        }
    }

    void requireMemory() {
        requireSealed();
    }

    /** A range of the memory; the same buffer each time. */
    Cl.Memory part(long offset, long bytes) {
        requireSealed();
        synchronized (parts) {
            return parts.computeIfAbsent(new Range(offset, bytes), r -> device.cl().part(whole, r.offset, r.bytes));
        }
    }

    @Override
    protected void drain() {
        device.drain();
    }

    @Override
    protected void free() {
        device.resources().forget(this);
        List<ClLaunch> ending;
        synchronized (launches) {
            ending = List.copyOf(launches);
        }
        ending.forEach(ClLaunch::end);
        if (whole != null) {
            parts.values().forEach(device.cl()::release);
            device.free(whole, size);
            whole = null;
        }
    }
}

package org.jengine.runtime.cuda;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.spi.ArenaBase;

/** One piece of device memory; a slice is an address in it. */
final class CudaArena extends ArenaBase<CudaSlice> implements Touched {
    private final CudaDevice device;
    private final Set<Dependent> dependents = Collections.newSetFromMap(new IdentityHashMap<>());
    private Cu.Memory whole;
    private long size;

    CudaArena(CudaDevice device, String name, boolean debug) {
        super(device.info().id(), name, debug);
        this.device = device;
    }

    static CudaArena of(Arena arena, CudaDevice device) {
        if (arena instanceof CudaArena a && a.device == device) {
            return a;
        }
        throw new IllegalArgumentException("arena " + arena.name() + " belongs to another device");
    }

    CudaDevice device() {
        return device;
    }

    @Override
    protected CudaSlice slice(long offset, String sliceName, Shape shape, DType type, boolean temporary) {
        return new CudaSlice(this, offset, sliceName, shape, type);
    }

    @Override
    protected void allocate(long bytes, byte fill) {
        whole = device.allocate("arena " + name(), bytes, made -> fill(made, bytes, fill));
        size = bytes;
    }

    @Override
    protected void set(long offset, long length, byte value) {
        fill(whole.at(offset), length, value);
    }

    private void fill(Cu.Memory memory, long length, byte value) {
        device.cu().fill(device.own(), memory, value, length, name());
        device.cu().synchronize(device.own(), name());
    }

    @Override
    protected boolean readable() {
        return !device.cu().isLost();
    }

    @Override
    protected void get(long offset, byte[] to, int length) {
        System.arraycopy(device.cu().read(device.own(), whole.at(offset), length, name()), 0, to, 0, length);
    }

    /** Takes what is of no use without this memory. */
    void bound(Dependent work) {
        synchronized (dependents) {
            dependents.add(work);
        }
    }

    /** Lets go of what ended with other memory. */
    void unbound(Dependent work) {
        synchronized (dependents) {
            dependents.remove(work);
        }
    }

    @Override
    public void requireThere() {
        requireSealed();
    }

    /** A place in the memory. */
    Cu.Memory at(long offset) {
        requireSealed();
        return whole.at(offset);
    }

    @Override
    protected void drain() {
        device.drain();
    }

    @Override
    protected void free() {
        device.resources().forget(this);
        List<Dependent> ending;
        synchronized (dependents) {
            ending = List.copyOf(dependents);
        }
        ending.forEach(Dependent::end);
        if (whole != null) {
            device.free(whole, size);
            whole = null;
        }
    }
}

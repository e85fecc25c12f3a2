package org.jengine.runtime.spi;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.Slice;

/**
 * An arena but for its memory: the places of the slices, the guard bands behind them in debug mode, and the order of take, seal, use and
 * close.
 *
 * @param <S> the device's own slices
 */
public abstract class ArenaBase<S extends Slice> implements Arena {
    /** What guard bands are filled with. */
    protected static final byte GUARD = (byte) 0xa5;

    private final String device;
    private final String name;
    private final boolean debug;
    private final List<Placed<S>> slices = new ArrayList<>();
    /** Takes what stands behind a slice when it is checked, which in debug mode may be after every step. */
    private final byte[] band = new byte[2 * Slice.ALIGNMENT];
    private long bytes;
    private volatile State state = State.OPEN;

    private enum State { OPEN, SEALED, CLOSED }

    private record Placed<S>(S slice, long offset) {
    }

    /** @param device its id, for messages */
    protected ArenaBase(String device, String name, boolean debug) {
        this.device = device;
        this.name = name;
        this.debug = debug;
    }

    /** A slice that begins {@code offset} bytes behind the start of the memory. */
    protected abstract S slice(long offset, String sliceName, Shape shape, DType type, boolean temporary);

    /**
     * Makes the memory, every byte of it {@code fill}; makes nothing if it fails.
     *
     * @throws org.jengine.runtime.OutOfDeviceMemory if there is not enough
     */
    protected abstract void allocate(long size, byte fill);

    /** Sets bytes of the memory; done when it returns. */
    protected abstract void set(long offset, long length, byte value);

    /** Reads bytes of the memory to the front of {@code to}. */
    protected abstract void get(long offset, byte[] to, int length);

    /** Whether the memory can be read; that of a device that failed cannot. */
    protected boolean readable() {
        return true;
    }

    /** Waits for all work that is queued on the device, which may use the memory. */
    protected abstract void drain();

    /** Frees the memory if it was made. */
    protected abstract void free();

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final S take(String sliceName, Shape shape, DType type) {
        return take(sliceName, shape, type, false);
    }

    @Override
    public final S temporary(String sliceName, Shape shape, DType type) {
        return take(sliceName, shape, type, true);
    }

    private S take(String sliceName, Shape shape, DType type, boolean temporary) {
        if (state != State.OPEN) {
            throw new IllegalStateException("arena " + name + " is " + (state == State.CLOSED ? "closed" : "sealed") + ": cannot take "
                    + sliceName);
        }
        S slice = slice(bytes, sliceName, shape, type, temporary);
        slices.add(new Placed<>(slice, bytes));
        bytes = Math.addExact(bytes, padded(slice.bytes()));
        return slice;
    }

    /** Up to the next alignment, and in debug mode a guard band more. */
    private long padded(long n) {
        return (n + Slice.ALIGNMENT - 1) / Slice.ALIGNMENT * Slice.ALIGNMENT + (debug ? Slice.ALIGNMENT : 0);
    }

    @Override
    public final synchronized void seal() {
        if (state != State.OPEN) {
            throw new IllegalStateException("arena " + name + " is " + (state == State.CLOSED ? "closed" : "sealed already"));
        }
        allocate(Math.max(bytes, Slice.ALIGNMENT), (byte) (debug ? 0xff : 0));
        state = State.SEALED;
        for (Placed<S> p : debug ? slices : List.<Placed<S>>of()) {
            set(p.offset + p.slice.bytes(), padded(p.slice.bytes()) - p.slice.bytes(), GUARD);
        }
    }

    @Override
    public final long bytes() {
        return bytes;
    }

    /** @throws IllegalStateException unless the memory is there */
    protected final void requireSealed() {
        if (state != State.SEALED) {
            throw new IllegalStateException("arena " + name + " is " + (state == State.CLOSED ? "closed" : "not sealed yet"));
        }
    }

    /** @throws DeviceException naming the first slice behind whose end something was written, in debug mode */
    public final void checkGuards() {
        for (Placed<S> p : debug && state == State.SEALED && readable() ? slices : List.<Placed<S>>of()) {
            int length = (int) (padded(p.slice.bytes()) - p.slice.bytes());
            get(p.offset + p.slice.bytes(), band, length);
            for (int at = 0; at < length; at++) {
                if (band[at] != GUARD) {
                    throw new DeviceException(device + ": byte " + at + " behind the end of slice " + p.slice + " in arena " + name
                            + " was overwritten");
                }
            }
        }
    }

    /** By one thread of several: whoever made the arena, or the device that is closed with it. */
    @Override
    public final synchronized void close() {
        if (state == State.CLOSED) {
            return;
        }
        try {
            drain();
            checkGuards();
        } finally {
            state = State.CLOSED;
            free();
        }
    }
}

package org.jengine.runtime;

import java.util.Set;
import org.jengine.kernels.KernelDef;

/**
 * One opened device. It owns all it makes and frees what is left in reverse order when closed; each leftover is reported as a leak
 * through {@link System.Logger}. Any thread may use a device; use after close throws {@link IllegalStateException}.
 */
public interface Device extends AutoCloseable {
    DeviceInfo info();

    /** What the device can do beyond the least; asked when planning. */
    Set<Capability> capabilities();

    /** An empty arena; take slices from it, then seal it. */
    Arena arena(String name);

    /** Host memory that asynchronous copies may use. */
    HostBuffer pinned(String name, long bytes);

    /** A new, empty queue of work; the name stands in messages. */
    Stream stream(String name);

    Event event();

    /**
     * One of our kernels. A device with a compiler runs the kernel's portable text; the host runs a body made for it or, where it has
     * none, the declaration's reference.
     *
     * @throws IllegalArgumentException if the device needs the kernel's text and there is none, which is a fault of the build
     */
    Kernel kernel(KernelDef def);

    /**
     * The operations that a vendor library does. What they need between their launches is laid out in {@code scratch} when they are bound,
     * so before it is sealed. The operations of one library share that memory: they are for one stream at a time.
     *
     * @param numerics how they may compute; a device that cannot round to TF32 computes exactly
     */
    Library library(Arena scratch, Numerics numerics);

    /** What can be had of the device's memory now; a plan is held against it before anything is made. */
    default DeviceMemory memory() {
        return DeviceMemory.UNKNOWN;
    }

    /** Bytes of device memory that this object holds now. */
    long allocatedBytes();

    @Override
    void close();
}

package org.jengine.runtime.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jengine.runtime.HostBuffer;
import org.lwjgl.system.MemoryUtil;

/** Host memory that the driver gave, so that it can copy it without the CPU; mapped as long as it is open. */
final class ClBuffer implements HostBuffer {
    private final ClDevice device;
    private final String name;
    private final long bytes;
    private final Cl.Memory memory;
    private final ByteBuffer mapped;
    private final long address;
    private volatile boolean closed;

    ClBuffer(ClDevice device, String name, long bytes) {
        if (bytes < 1 || bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("host buffer " + name + " of " + bytes + " bytes: must be 1 to 2^31-1");
        }
        this.device = device;
        this.name = name;
        this.bytes = bytes;
        memory = device.cl().hostBuffer("host buffer " + name, bytes);
        try {
            mapped = device.cl().map(device.queue(), memory, bytes);
        } catch (RuntimeException e) {
            device.cl().release(memory);
            throw e;
        }
        // Asked for once: on newer Javas the question allocates.
        address = MemoryUtil.memAddress0(mapped);
        MemoryUtil.memSet(address, 0, bytes);
    }

    static ClBuffer of(HostBuffer buffer, ClDevice device) {
        if (buffer instanceof ClBuffer b && b.device == device) {
            return b;
        }
        throw new IllegalArgumentException("host buffer " + buffer.name() + " belongs to another device");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ByteBuffer bytes() {
        requireOpen();
        return mapped.duplicate().order(ByteOrder.nativeOrder());
    }

    long address() {
        requireOpen();
        return address;
    }

    long length() {
        return bytes;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("host buffer " + name + " is closed");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        device.resources().forget(this);
        try {
            device.drain();
            device.cl().unmap(device.queue(), memory, address);
            device.cl().finish(device.queue());
        } finally {
            device.cl().release(memory);
        }
    }
}

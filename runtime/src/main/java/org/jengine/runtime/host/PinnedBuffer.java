package org.jengine.runtime.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jengine.runtime.HostBuffer;
import org.lwjgl.system.MemoryUtil;

/** Host memory for copies; on this device all memory is the host's. */
final class PinnedBuffer implements HostBuffer {
    private final HostDevice device;
    private final String name;
    private final long bytes;
    private long address;

    PinnedBuffer(HostDevice device, String name, long bytes) {
        if (bytes < 1 || bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("host buffer " + name + " of " + bytes + " bytes: must be 1 to 2^31-1");
        }
        this.device = device;
        this.name = name;
        this.bytes = bytes;
        device.checkMemory(name, bytes);
        address = MemoryUtil.nmemCallocChecked(1, bytes);
        device.allocated(bytes);
    }

    static PinnedBuffer of(HostBuffer buffer) {
        if (buffer instanceof PinnedBuffer b) {
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
        return MemoryUtil.memByteBuffer(address(), (int) bytes).order(ByteOrder.nativeOrder());
    }

    long address() {
        if (address == 0) {
            throw new IllegalStateException("host buffer " + name + " is closed");
        }
        return address;
    }

    long length() {
        return bytes;
    }

    @Override
    public void close() {
        if (address != 0) {
            device.drain();
            device.forget(this);
            MemoryUtil.nmemFree(address);
            address = 0;
            device.allocated(-bytes);
        }
    }
}

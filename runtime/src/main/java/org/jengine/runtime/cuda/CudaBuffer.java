package org.jengine.runtime.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jengine.runtime.HostBuffer;
import org.lwjgl.system.MemoryUtil;

/** Page-locked host memory, so that the GPU can copy it without the CPU. */
final class CudaBuffer implements HostBuffer, Touched {
    private final CudaDevice device;
    private final String name;
    private final long bytes;
    private final Cu.HostMemory memory;
    private volatile boolean closed;

    CudaBuffer(CudaDevice device, String name, long bytes) {
        if (bytes < 1 || bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("host buffer " + name + " of " + bytes + " bytes: must be 1 to 2^31-1");
        }
        this.device = device;
        this.name = name;
        this.bytes = bytes;
        memory = device.cu().allocateHost("host buffer " + name, bytes);
        MemoryUtil.memSet(memory.bytes(), 0);
    }

    static CudaBuffer of(HostBuffer buffer, CudaDevice device) {
        if (buffer instanceof CudaBuffer b && b.device == device) {
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
        requireThere();
        return memory.bytes().duplicate().order(ByteOrder.nativeOrder());
    }

    Cu.HostMemory memory() {
        requireThere();
        return memory;
    }

    long length() {
        return bytes;
    }

    @Override
    public void requireThere() {
        if (closed) {
            throw new IllegalStateException("host buffer " + name + " is closed");
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        device.resources().forget(this);
        try {
            device.drain();
        } finally {
            device.cu().free(memory);
        }
    }
}

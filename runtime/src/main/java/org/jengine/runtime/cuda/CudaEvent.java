package org.jengine.runtime.cuda;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jengine.runtime.Event;

/**
 * An event of the driver's; whoever uses it keeps it from being closed. What is recorded in a graph goes to an event of its own: that one
 * only orders the graph's branches, and has neither a time nor an end.
 */
final class CudaEvent implements Event {
    private final CudaDevice device;
    private final Cu.Event handle;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile boolean recorded;
    /** The stream that it was recorded on last, or null. */
    private volatile CudaStream latest;
    private Cu.Event branch;
    private volatile Capture branchOf;
    private boolean closed;

    CudaEvent(CudaDevice device) {
        this.device = device;
        handle = device.cu().event();
    }

    static CudaEvent of(Event event, CudaDevice device) {
        if (event instanceof CudaEvent e && e.device == device) {
            return e;
        }
        throw new IllegalArgumentException("an event of another device cannot be used on " + device.info().id());
    }

    /**
     * Records it.
     *
     * @param behind  the stream
     * @param stream  its handle
     * @param capture what the stream is part of, or null
     */
    void record(CudaStream behind, Cu.Stream stream, Capture capture) {
        Lock held = use();
        try {
            if (capture == null) {
                device.cu().record(handle, stream);
                recorded = true;
                latest = behind;
            } else {
                device.cu().record(branch(), stream);
                branchOf = capture;
            }
        } finally {
            held.unlock();
        }
    }

    private synchronized Cu.Event branch() {
        if (branch == null) {
            branch = device.cu().event();
        }
        return branch;
    }

    /**
     * Makes a stream wait.
     *
     * @param capture what the thread records, or null
     */
    void await(Cu.Stream stream, Capture capture) {
        Lock held = use();
        try {
            if (capture == null) {
                device.cu().await(stream, handle);
            } else if (branchOf == capture) {
                device.cu().await(stream, branch());
            } else {
                throw new IllegalStateException("the event that stream " + stream.name() + " shall await was not recorded in the graph;"
                        + " await it before the graph is launched");
            }
        } finally {
            held.unlock();
        }
    }

    @Override
    public boolean done() {
        Lock held = use();
        try {
            return device.cu().isDone(handle, about());
        } finally {
            held.unlock();
        }
    }

    @Override
    public void synchronize() {
        Lock held = use();
        try {
            device.cu().synchronize(handle, about());
        } finally {
            held.unlock();
        }
    }

    @Override
    public double secondsSince(Event earlier) {
        CudaEvent from = of(earlier, device);
        Lock held = use();
        try {
            if (!recorded || !from.recorded || !done() || !from.done()) {
                throw new IllegalStateException("an event has no time before it is recorded and passed");
            }
            return device.cu().seconds(from.handle, handle);
        } finally {
            held.unlock();
        }
    }

    private String about() {
        CudaStream stream = latest;
        return stream == null ? "" : stream.queued();
    }

    private Lock use() {
        Lock held = lock.readLock();
        held.lock();
        if (closed) {
            held.unlock();
            throw new IllegalStateException("the event is closed");
        }
        return held;
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                device.resources().forget(this);
                device.cu().release(handle);
                if (branch != null) {
                    device.cu().release(branch);
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}

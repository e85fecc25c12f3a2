package org.jengine.runtime.opencl;

import org.jengine.runtime.Event;

/** A marker in a queue; each record makes a new one. */
final class ClEvent implements Event {
    private final ClDevice device;
    private Cl.Marker marker;
    private boolean closed;

    ClEvent(ClDevice device) {
        this.device = device;
    }

    static ClEvent of(Event event, ClDevice device) {
        if (event instanceof ClEvent e && e.device == device) {
            return e;
        }
        throw new IllegalArgumentException("an event of another device cannot be used on " + device.info().id());
    }

    synchronized void record(ClStream stream) {
        requireOpen();
        Cl.Marker earlier = marker;
        marker = stream.mark();
        if (earlier != null) {
            device.cl().release(earlier);
        }
    }

    synchronized void await(ClStream stream) {
        requireOpen();
        if (marker != null) {
            stream.await(marker);
        }
    }

    @Override
    public synchronized boolean done() {
        requireOpen();
        return marker == null || device.cl().isDone(marker);
    }

    @Override
    public void synchronize() {
        Cl.Marker awaited;
        synchronized (this) {
            requireOpen();
            if (marker == null) {
                return;
            }
            // Another thread may record again meanwhile.
            awaited = marker;
            device.cl().retain(awaited);
        }
        try {
            device.cl().await(awaited);
        } finally {
            device.cl().release(awaited);
        }
    }

    @Override
    public double secondsSince(Event earlier) {
        return (nanos() - of(earlier, device).nanos()) * 1e-9;
    }

    private synchronized long nanos() {
        if (marker == null || !done()) {
            throw new IllegalStateException("an event has no time before it is recorded and passed");
        }
        return device.cl().nanos(marker);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the event is closed");
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            device.resources().forget(this);
            if (marker != null) {
                device.cl().release(marker);
            }
        }
    }
}

package org.jengine.runtime.opencl;

import java.util.List;
import org.jengine.runtime.Event;
import org.jengine.runtime.Graph;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/**
 * An in-order queue. What cannot be queued throws at once; what fails on the device is told by {@link #synchronize}, as far as the driver
 * tells it.
 */
final class ClStream implements Stream {
    private final ClDevice device;
    private final String name;
    private final Cl.Queue queue;
    /** Who waits for the queue now. */
    private int waiting;
    private boolean closed;

    ClStream(ClDevice device, String name) {
        this.device = device;
        this.name = name;
        queue = device.cl().queue("stream " + name);
    }

    static ClStream of(Stream stream, ClDevice device) {
        if (stream instanceof ClStream s && s.device == device) {
            return s;
        }
        throw new IllegalArgumentException("stream " + stream.name() + " belongs to another device");
    }

    @Override
    public String name() {
        return name;
    }

    boolean isRecording() {
        return device.recorder().current() != null;
    }

    /** Queues a command, or records it if this thread records a graph. */
    void submit(Command command) {
        command.prepare();
        List<Command> recording = device.recorder().current();
        if (recording != null) {
            recording.add(command);
        } else {
            enqueue(command);
        }
    }

    private synchronized void enqueue(Command command) {
        requireOpen();
        command.enqueue(queue);
    }

    /** Queues prepared commands with nothing of other threads between them, and sets the device to work. */
    synchronized void enqueue(Command[] commands) {
        requireOpen();
        for (Command c : commands) {
            c.enqueue(queue);
        }
        device.cl().flush(queue);
    }

    @Override
    public void copyIn(Slice d, HostBuffer s) {
        submit(Transfer.in(device.cl(), ClSlice.of(d, device), ClBuffer.of(s, device)));
    }

    @Override
    public void copyOut(HostBuffer d, Slice s) {
        submit(Transfer.out(device.cl(), ClBuffer.of(d, device), ClSlice.of(s, device)));
    }

    @Override
    public void fill(Slice d, int v) {
        submit(Transfer.fill(device.cl(), ClSlice.of(d, device), v));
    }

    @Override
    public void record(Event e) {
        if (!isRecording()) {
            ClEvent.of(e, device).record(this);
        }
    }

    @Override
    public void await(Event e) {
        if (!isRecording()) {
            ClEvent.of(e, device).await(this);
        }
    }

    /** Marks what is queued so far, and sets the device to work: another queue may wait for it. */
    synchronized Cl.Marker mark() {
        requireOpen();
        Cl.Marker marker = device.cl().marker(queue);
        device.cl().flush(queue);
        return marker;
    }

    synchronized void await(Cl.Marker marker) {
        requireOpen();
        device.cl().barrier(queue, marker);
    }

    synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("stream " + name + " is closed");
        }
    }

    @Override
    public void synchronize() {
        if (isRecording()) {
            throw new IllegalStateException("stream " + name + " cannot be waited for while a graph is recorded");
        }
        requireOpen();
        finishQueued();
    }

    /** Waits, while others may go on to queue and even close the stream; nothing is left to wait for when it is closed. */
    void finishQueued() {
        synchronized (this) {
            if (closed) {
                return;
            }
            waiting++;
        }
        finish();
    }

    /** Waits for the queue; the last who waits for a closed one lets it go. */
    private void finish() {
        try {
            device.cl().finish(queue);
        } finally {
            boolean last;
            synchronized (this) {
                waiting--;
                last = closed && waiting == 0;
            }
            if (last) {
                device.cl().release(queue);
            }
        }
    }

    @Override
    public Graph capture(String graphName, Runnable work) {
        requireOpen();
        return device.own(new ClGraph(device, graphName, device.recorder().record(work)), "graph " + graphName);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            waiting++;
        }
        device.resources().forget(this);
        finish();
    }
}

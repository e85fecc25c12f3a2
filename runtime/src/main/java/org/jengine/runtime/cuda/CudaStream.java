package org.jengine.runtime.cuda;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.Event;
import org.jengine.runtime.Graph;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/**
 * A stream of the driver's; whoever uses it keeps it from being closed. While a thread records a graph, the stream that it records on
 * takes the work down, and so does each stream that awaited an event recorded in the graph; they must be awaited in turn before the graph
 * ends.
 */
final class CudaStream implements Stream {
    private final CudaDevice device;
    private final boolean sync;
    private final Cu.Stream stream;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile Capture capture;
    /** The graph that was queued last, or null: what is waited for may be its. */
    private volatile Cu.Executable latest;
    private boolean closed;

    /** @param sync whether to wait for each piece of work */
    CudaStream(CudaDevice device, String name, boolean sync) {
        this.device = device;
        this.sync = sync;
        stream = device.cu().stream(name);
    }

    static CudaStream of(Stream stream, CudaDevice device) {
        if (stream instanceof CudaStream s && s.device == device) {
            return s;
        }
        throw new IllegalArgumentException("stream " + stream.name() + " belongs to another device");
    }

    @Override
    public String name() {
        return stream.name();
    }

    /** Queues work, or takes it down in the graph that this thread records. */
    void submit(Command command) {
        Capture recording = device.capture();
        Lock held = use(recording);
        try {
            enqueue(command, recording);
            if (recording != null) {
                recording.took(command);
            } else if (sync) {
                device.cu().synchronize(stream, command.name());
            }
        } finally {
            held.unlock();
        }
    }

    private void enqueue(Command command, Capture recording) {
        try {
            command.enqueue(device.cu(), stream);
        } catch (Cu.Failure e) {
            throw recording == null ? e : new DeviceException(e.getMessage() + "\nThat was while graph " + recording.name()
                    + " was recorded.", e);
        }
    }

    /** Queues a graph. */
    void launch(Cu.Executable graph) {
        if (device.capture() != null) {
            throw new IllegalStateException("graph " + graph.name() + " cannot be launched into a recording");
        }
        Lock held = use(null);
        try {
            device.cu().launch(graph, stream);
            latest = graph;
            if (sync) {
                device.cu().synchronize(stream, graph.name());
            }
        } finally {
            held.unlock();
        }
    }

    @Override
    public void copyIn(Slice d, HostBuffer s) {
        submit(Transfer.in(CudaSlice.of(d, device), CudaBuffer.of(s, device)));
    }

    @Override
    public void copyOut(HostBuffer d, Slice s) {
        submit(Transfer.out(CudaBuffer.of(d, device), CudaSlice.of(s, device)));
    }

    @Override
    public void fill(Slice d, int v) {
        submit(Transfer.fill(CudaSlice.of(d, device), v));
    }

    @Override
    public void record(Event e) {
        Capture recording = device.capture();
        CudaEvent event = CudaEvent.of(e, device);
        Lock held = use(recording);
        try {
            event.record(this, stream, recording);
        } finally {
            held.unlock();
        }
    }

    @Override
    public void await(Event e) {
        Capture recording = device.capture();
        CudaEvent event = CudaEvent.of(e, device);
        // A stream joins a recording by this.
        Lock held = use(capture == null ? null : recording);
        try {
            event.await(stream, recording);
            if (recording != null && capture == null) {
                join(recording);
            }
        } finally {
            held.unlock();
        }
    }

    private void join(Capture recording) {
        capture = recording;
        recording.joined(this);
    }

    /** Keeps the stream from being closed, and refuses what would mix up work that is done and work that is recorded. */
    private Lock use(Capture recording) {
        Lock held = lock.readLock();
        held.lock();
        String fault = closed ? " is closed"
                : capture == recording ? ""
                : recording == null ? " records a graph for another thread"
                : " is no part of the graph that is recorded; let it await an event that was recorded in the graph";
        if (!fault.isEmpty()) {
            held.unlock();
            throw new IllegalStateException("stream " + name() + fault);
        }
        return held;
    }

    @Override
    public void synchronize() {
        if (device.capture() != null) {
            throw new IllegalStateException("stream " + name() + " cannot be waited for while a graph is recorded");
        }
        Lock held = use(null);
        try {
            device.cu().synchronize(stream, queued());
        } finally {
            held.unlock();
        }
    }

    /** What is under way, for messages. */
    String queued() {
        Cu.Executable graph = latest;
        return graph == null ? name() : name() + ", graph " + graph.name();
    }

    /** Waits where there is something to wait for: work that is recorded is not done, and a device that failed does none. */
    void finishQueued() {
        lock.readLock().lock();
        try {
            if (!closed && capture == null && !device.cu().isLost()) {
                device.cu().synchronize(stream, name());
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public Graph capture(String graphName, Runnable work) {
        if (device.capture() != null) {
            throw new IllegalStateException("this thread is recording a graph already");
        }
        Capture recording = begin(graphName);
        try {
            record(work);
            return graph(device.cu().endCapture(stream, graphName), recording);
        } finally {
            device.capturing(null);
            recording.streams().forEach(s -> s.capture = null);
        }
    }

    private void record(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            abandon(e);
            throw e;
        }
    }

    private Capture begin(String graphName) {
        Lock held = use(null);
        try {
            device.cu().beginCapture(stream);
            Capture recording = new Capture(graphName);
            join(recording);
            device.capturing(recording);
            return recording;
        } finally {
            held.unlock();
        }
    }

    private Graph graph(Cu.Executable made, Capture recording) {
        try {
            device.cu().upload(made, stream);
            return device.own(new CudaGraph(device, made, recording), "graph " + made.name());
        } catch (RuntimeException e) {
            device.cu().release(made);
            throw e;
        }
    }

    private void abandon(Throwable first) {
        try {
            device.cu().abandonCapture(stream);
        } catch (DeviceException e) {
            first.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            if (capture != null) {
                throw new IllegalStateException("stream " + name() + " cannot be closed while a graph is recorded");
            }
            closed = true;
            device.resources().forget(this);
            finish();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void finish() {
        try {
            if (!device.cu().isLost()) {
                device.cu().synchronize(stream, name());
            }
        } finally {
            device.cu().release(stream);
        }
    }
}

package org.jengine.runtime.host;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.jengine.runtime.DeviceException;
import org.jengine.runtime.Event;
import org.jengine.runtime.Graph;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/** A thread that works off a queue. A call waits only if {@value #QUEUE} pieces of work are queued already. */
final class HostStream implements Stream {
    private static final int QUEUE = 8192;

    /** Something in the queue; {@code failed} tells that the stream already has a failure to report and nothing should be done. */
    interface Command {
        void execute(Lanes lanes, boolean failed);
    }

    private final HostDevice device;
    private final String name;
    private final ArrayBlockingQueue<Command> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Thread worker;
    private final Object state = new Object();
    private long submitted;
    private long finished;
    private RuntimeException failure;
    private boolean closed;

    HostStream(HostDevice device, String name) {
        this.device = device;
        this.name = name;
        worker = new Thread(this::work, "jengine-host-stream-" + name);
        worker.setDaemon(true);
        worker.start();
    }

    static HostStream of(Stream stream) {
        if (stream instanceof HostStream s) {
            return s;
        }
        throw new IllegalArgumentException("stream " + stream.name() + " belongs to another device");
    }

    @Override
    public String name() {
        return name;
    }

    /** Queues an operation, or records it if this thread records a graph. */
    void submit(List<Op> ops, Command eager) {
        List<Op> recording = device.recorder().current();
        if (recording != null) {
            recording.addAll(ops);
        } else {
            enqueue(eager);
        }
    }

    boolean isRecording() {
        return device.recorder().current() != null;
    }

    void enqueue(Command command) {
        synchronized (state) {
            if (closed) {
                throw new IllegalStateException("stream " + name + " is closed");
            }
            submitted++;
        }
        boolean interrupted = false;
        while (true) {
            try {
                queue.put(command);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        device.dnnl().useOneThread();
        while (true) {
            Command command;
            try {
                command = queue.take();
            } catch (InterruptedException e) {
                return;
            }
            boolean failed;
            synchronized (state) {
                failed = failure != null;
            }
            RuntimeException thrown = null;
            try {
                command.execute(device.lanes(), failed);
            } catch (RuntimeException e) {
                thrown = e;
            } catch (Error e) {
                thrown = new DeviceException("host: queued work failed: " + e, e);
            }
            synchronized (state) {
                if (thrown != null && failure == null) {
                    failure = thrown;
                }
                finished++;
                state.notifyAll();
            }
        }
    }

    @Override
    public void copyIn(Slice d, HostBuffer s) {
        copy(CopyOp.in(HostSlice.of(d), PinnedBuffer.of(s)));
    }

    @Override
    public void copyOut(HostBuffer d, Slice s) {
        copy(CopyOp.out(PinnedBuffer.of(d), HostSlice.of(s)));
    }

    @Override
    public void fill(Slice d, int v) {
        copy(CopyOp.fill(HostSlice.of(d), v));
    }

    private void copy(CopyOp op) {
        submit(List.of(op), op);
    }

    @Override
    public void record(Event e) {
        if (!isRecording()) {
            enqueue(HostEvent.of(e).queued());
        }
    }

    @Override
    public void await(Event e) {
        if (!isRecording()) {
            enqueue(HostEvent.of(e).waiting());
        }
    }

    @Override
    public Graph capture(String graphName, Runnable work) {
        return device.build(graphName, device.recorder().record(work));
    }

    /** Waits without reporting a failure. */
    void finishQueued() {
        boolean interrupted = false;
        synchronized (state) {
            long until = submitted;
            while (finished < until) {
                try {
                    state.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void synchronize() {
        if (isRecording()) {
            throw new IllegalStateException("stream " + name + " cannot be waited for while a graph is recorded");
        }
        finishQueued();
        synchronized (state) {
            if (failure != null) {
                RuntimeException thrown = failure;
                failure = null;
                throw thrown;
            }
        }
    }

    @Override
    public void close() {
        synchronized (state) {
            if (closed) {
                return;
            }
            closed = true;
        }
        finishQueued();
        worker.interrupt();
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        device.forget(this);
    }
}

package org.jengine.runtime.cuda;

import org.jengine.runtime.Graph;
import org.jengine.runtime.Stream;

/** A graph of the driver's. A launch is one call, however much is in it. */
final class CudaGraph implements Graph {
    private final CudaDevice device;
    private final Cu.Executable executable;
    private final Touched[] touched;
    private final int nodes;
    private boolean closed;

    CudaGraph(CudaDevice device, Cu.Executable executable, Capture capture) {
        this.device = device;
        this.executable = executable;
        touched = capture.touched();
        nodes = capture.nodes();
    }

    @Override
    public String name() {
        return executable.name();
    }

    @Override
    public synchronized void launch(Stream stream) {
        if (closed) {
            throw new IllegalStateException("graph " + name() + " is closed");
        }
        // The graph holds bare addresses.
        for (Touched t : touched) {
            t.requireThere();
        }
        CudaStream.of(stream, device).launch(executable);
    }

    @Override
    public int nodes() {
        return nodes;
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    /** Waits for the work that is queued, which may be a launch of it. */
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
            device.cu().release(executable);
        }
    }
}

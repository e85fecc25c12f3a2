package org.jengine.runtime.cuda;

import java.nio.file.Path;
import java.util.function.Function;

/** cuDNN on one device: a handle, on whichever stream it was used last. Several threads may use it. */
final class DnnSession implements AutoCloseable {
    private final Cu cu;
    private final String device;
    private final Dnn dnn;
    private final Dnn.Handle handle;
    private Cu.Stream stream;
    private boolean closed;

    /**
     * Starts cuDNN, which takes memory and time.
     *
     * @param file   the library
     * @param device its id, for messages
     */
    DnnSession(Cu cu, Path file, String device) {
        this.cu = cu;
        this.device = device;
        dnn = Dnn.load(file);
        try {
            cu.enter();
            handle = dnn.handle();
        } catch (RuntimeException e) {
            dnn.close();
            throw e;
        }
    }

    Dnn dnn() {
        return dnn;
    }

    /** Plans something for the device. */
    synchronized <T> T plan(Function<DnnTarget, T> work) {
        enter();
        return work.apply(DnnTarget.of(dnn, handle));
    }

    /**
     * Queues a plan.
     *
     * @param pack  its tensors
     * @param about names the operation in messages
     */
    synchronized void execute(Cu.Stream on, DnnPlan plan, Dnn.Descriptor pack, String about) {
        enter();
        if (on != stream) {
            dnn.stream(handle, on);
            stream = on;
        }
        dnn.execute(handle, plan.plan(), pack, about + " by " + plan + " on " + device);
    }

    private void enter() {
        if (closed) {
            throw new IllegalStateException("cuDNN is closed on " + device);
        }
        cu.enter();
    }

    /** Lets go of the handle, whose work must be done. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            try {
                if (cu.enterToRelease()) {
                    dnn.release(handle);
                }
            } finally {
                dnn.close();
            }
        }
    }
}

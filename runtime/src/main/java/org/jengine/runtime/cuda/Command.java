package org.jengine.runtime.cuda;

import java.util.List;

/** Work that can be queued, at once or into a graph that is recorded. */
interface Command {
    /** What messages call it. */
    String name();

    /** What must be there, and stay for as long as a graph holds the work. */
    List<? extends Touched> touches();

    /**
     * Queues it.
     *
     * @throws IllegalStateException if what it touches is not there
     */
    void enqueue(Cu cu, Cu.Stream stream);
}

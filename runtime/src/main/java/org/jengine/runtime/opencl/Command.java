package org.jengine.runtime.opencl;

/** Work that can be queued any number of times, at once or from a graph. */
interface Command {
    /**
     * Takes hold of the memory that it works on, the first time.
     *
     * @throws IllegalStateException if the memory is not there yet or not any more
     */
    void prepare();

    /** Queues it; to be prepared before. A launch allocates nothing by it. */
    void enqueue(Cl.Queue queue);
}

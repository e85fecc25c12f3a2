package org.jengine.runtime;

/**
 * A queue of work on a device, done in order; work on two streams is ordered by events only. Calls return at once. A failure of
 * queued work is thrown by the next {@link #synchronize} of its stream.
 */
public interface Stream extends AutoCloseable {
    String name();

    /** Copies the whole buffer to the start of the slice. */
    void copyIn(Slice d, HostBuffer s);

    /** Copies the whole slice to the start of the buffer. */
    void copyOut(HostBuffer d, Slice s);

    /** Sets every byte of the slice to the low byte of {@code v}. */
    void fill(Slice d, int v);

    /** The event happens when all that was queued so far is done; an earlier record of it no longer counts. */
    void record(Event e);

    /** Work queued after this waits for what was queued before the event's last record. */
    void await(Event e);

    /** Waits until all queued work is done. */
    void synchronize();

    /**
     * Records what {@code work} queues on this stream, without doing it, as a graph that can be launched any number of times. Whatever
     * the device decides about the whole (order, tiling, scratch memory) it decides here.
     */
    Graph capture(String name, Runnable work);

    /** Waits for the queued work, then ends the queue. */
    @Override
    void close();
}

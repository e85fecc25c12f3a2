package org.jengine.runtime.spi;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes what a thread queues while it records a graph, on whichever stream of the device: the order it is queued in is an order that
 * events allow.
 *
 * @param <T> a piece of work
 */
public final class Recorder<T> {
    private final ThreadLocal<List<T>> recording = new ThreadLocal<>();

    /** Runs {@code work} and returns what it queued. */
    public List<T> record(Runnable work) {
        if (recording.get() != null) {
            throw new IllegalStateException("this thread is recording a graph already");
        }
        List<T> taken = new ArrayList<>();
        recording.set(taken);
        try {
            work.run();
        } finally {
            recording.remove();
        }
        return taken;
    }

    /** What this thread records into, or null if it does not record. */
    public List<T> current() {
        return recording.get();
    }
}

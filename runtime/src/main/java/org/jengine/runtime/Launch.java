package org.jengine.runtime;

/** A kernel or library operation with its arguments bound: ready to be queued any number of times. */
@FunctionalInterface
public interface Launch {
    /** Queues it; does not wait. */
    void on(Stream stream);

    /** Both, this one first. */
    default Launch then(Launch next) {
        return stream -> {
            on(stream);
            next.on(stream);
        };
    }
}

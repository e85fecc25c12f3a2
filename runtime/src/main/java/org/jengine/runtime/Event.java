package org.jengine.runtime;

/** A point in a stream's work. */
public interface Event extends AutoCloseable {
    /** Whether the work before the last record is done; true for an event never recorded. */
    boolean done();

    /** Waits for the work before the last record. */
    void synchronize();

    /** Seconds on the device's clock between two recorded, finished events. */
    double secondsSince(Event earlier);

    @Override
    void close();
}

package org.jengine.runtime;

/** Recorded work; keeps the plans and arenas it touches from being of no use, but not open: close it before them. */
public interface Graph extends AutoCloseable {
    String name();

    /** Queues one execution. Allocates nothing, chooses nothing, waits for nothing. */
    void launch(Stream stream);

    /** Kernel and library launches in it. */
    int nodes();

    /** Bytes of scratch memory that the graph holds for itself. */
    long scratchBytes();

    @Override
    void close();
}

package org.jengine.runtime;

import java.nio.ByteBuffer;

/** Host memory for asynchronous copies, in native byte order; not to be touched between a copy and the next synchronisation. */
public interface HostBuffer extends AutoCloseable {
    String name();

    /** The memory itself; position 0, limit its length; a new view each time. */
    ByteBuffer bytes();

    @Override
    void close();
}

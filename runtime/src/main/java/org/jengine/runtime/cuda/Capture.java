package org.jengine.runtime.cuda;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A graph while it is recorded, by one thread: the streams that take part, and what its work touches. */
final class Capture {
    private final String name;
    private final List<CudaStream> streams = new ArrayList<>();
    private final Set<Touched> touched = new LinkedHashSet<>();
    private int nodes;

    /** @param name the graph's */
    Capture(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Takes a stream that joined. */
    void joined(CudaStream stream) {
        streams.add(stream);
    }

    void took(Command command) {
        nodes++;
        touched.addAll(command.touches());
    }

    List<CudaStream> streams() {
        return streams;
    }

    Touched[] touched() {
        return touched.toArray(Touched[]::new);
    }

    int nodes() {
        return nodes;
    }
}

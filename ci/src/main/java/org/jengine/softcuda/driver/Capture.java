package org.jengine.softcuda.driver;

import java.util.LinkedHashSet;
import java.util.Set;

/** Streams that write a graph instead of running: the one that began it, and those that joined it by events. */
final class Capture {
    /** Which calls a capture forbids to whom. */
    enum Mode { GLOBAL, THREAD_LOCAL, RELAXED }

    private final Stream origin;
    private final Mode mode;
    private final int thread;
    private final Graph graph;
    private final Set<Stream> streams = new LinkedHashSet<>();
    private boolean valid = true;

    Capture(Stream origin, Mode mode, int thread, Graph graph) {
        this.origin = origin;
        this.mode = mode;
        this.thread = thread;
        this.graph = graph;
        join(origin);
    }

    Stream origin() {
        return origin;
    }

    Mode mode() {
        return mode;
    }

    /** The thread that began it. */
    int thread() {
        return thread;
    }

    Graph graph() {
        return graph;
    }

    boolean valid() {
        return valid;
    }

    /** A call that is not allowed has spoilt it: it can only be ended. */
    void spoil() {
        valid = false;
    }

    void join(Stream stream) {
        streams.add(stream);
        stream.capture(this);
    }

    /** Streams whose last captured work the origin does not wait for. */
    Set<Stream> unjoined() {
        Set<GraphNode> reached = new LinkedHashSet<>();
        for (GraphNode node : origin.captured()) {
            node.collect(reached);
        }
        Set<Stream> apart = new LinkedHashSet<>();
        for (Stream stream : streams) {
            if (!reached.containsAll(stream.captured())) {
                apart.add(stream);
            }
        }
        return apart;
    }

    /** The streams run again. */
    void end() {
        for (Stream stream : streams) {
            stream.capture(null);
        }
        streams.clear();
    }
}

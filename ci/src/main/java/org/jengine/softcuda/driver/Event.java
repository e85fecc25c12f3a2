package org.jengine.softcuda.driver;

import java.util.Set;

/** A mark in a stream. */
final class Event {
    private final Context context;
    private final boolean timed;
    private final String name;
    private Task record;
    private boolean recorded;
    private Capture capture;
    private Set<GraphNode> nodes = Set.of();

    Event(Context context, boolean timed, String name) {
        this.context = context;
        this.timed = timed;
        this.name = name;
    }

    Context context() {
        return context;
    }

    /** Whether it notes the time. */
    boolean timed() {
        return timed;
    }

    String name() {
        return name;
    }

    /** Where it was recorded last; null if that was nowhere, or into a graph. */
    Task record() {
        return record;
    }

    boolean recorded() {
        return recorded;
    }

    void record(Task task) {
        record = task;
        recorded = true;
        capture = null;
        nodes = Set.of();
    }

    /** The capture in which it was recorded last; null if that was none. */
    Capture capture() {
        return capture;
    }

    Set<GraphNode> nodes() {
        return nodes;
    }

    void captured(Capture by, Set<GraphNode> after) {
        capture = by;
        nodes = Set.copyOf(after);
    }
}

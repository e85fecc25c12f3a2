package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A queue of work. What it holds is in the scheduler; the stream knows its last piece, and what the next one has to wait for. */
final class Stream {
    /** How it and the null stream wait for each other. */
    enum Kind { LEGACY, BLOCKING, NON_BLOCKING }

    /** CUsynchronizationPolicy: the driver chooses how threads wait. */
    private static final int AUTOMATIC = 1;

    private final long handle;
    private final Context context;
    private final int chain;
    private final Kind kind;
    private final int priority;
    private final String name;
    private final List<Task> waits = new ArrayList<>();
    private final Set<GraphNode> captured = new LinkedHashSet<>();
    private Task last;
    private Capture capture;
    private int policy = AUTOMATIC;

    Stream(long handle, Context context, int chain, Kind kind, int priority, String name) {
        this.handle = handle;
        this.context = context;
        this.chain = chain;
        this.kind = kind;
        this.priority = priority;
        this.name = name;
    }

    long handle() {
        return handle;
    }

    Context context() {
        return context;
    }

    int chain() {
        return chain;
    }

    Kind kind() {
        return kind;
    }

    int priority() {
        return priority;
    }

    /** As reports have it. */
    String name() {
        return name;
    }

    /** The piece of work that was asked for last; null if none was. */
    Task last() {
        return last;
    }

    void last(Task task) {
        last = task;
    }

    /** What the next piece waits for beside the last one. */
    List<Task> waits() {
        return waits;
    }

    /** The capture that takes what is asked of the stream; null while it runs. */
    Capture capture() {
        return capture;
    }

    void capture(Capture value) {
        capture = value;
        captured.clear();
    }

    /** How threads wait for it, as the program asked; kept, without effect. */
    int policy() {
        return policy;
    }

    void policy(int value) {
        policy = value;
    }

    /** The nodes that the next captured one depends on. */
    Set<GraphNode> captured() {
        return captured;
    }

    @Override
    public String toString() {
        return name;
    }
}

package org.jengine.softcuda.driver;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jengine.softcuda.work.Operation;

/** A node of a graph: what it does, and the nodes that must have ended before. */
final class GraphNode {
    /** The kinds, with CUgraphNodeType's numbers. */
    enum Type {
        KERNEL(0), MEMCPY(1), MEMSET(2), HOST(3), GRAPH(4), EMPTY(5), WAIT_EVENT(6), EVENT_RECORD(7), MEM_ALLOC(10), MEM_FREE(11),
        BATCH_MEM_OP(12);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    private final long handle;
    private final Graph graph;
    private final Type type;
    private final Set<GraphNode> after = new LinkedHashSet<>();
    private Operation operation;
    private Graph child;
    private Event event;

    GraphNode(long handle, Graph graph, Type type) {
        this.handle = handle;
        this.graph = graph;
        this.type = type;
    }

    long handle() {
        return handle;
    }

    Graph graph() {
        return graph;
    }

    Type type() {
        return type;
    }

    Set<GraphNode> after() {
        return after;
    }

    /** What it does; null for a node that only joins, holds a graph or an event. */
    Operation operation() {
        return operation;
    }

    GraphNode operation(Operation value) {
        operation = value;
        return this;
    }

    Graph child() {
        return child;
    }

    GraphNode child(Graph value) {
        child = value;
        return this;
    }

    Event event() {
        return event;
    }

    GraphNode event(Event value) {
        event = value;
        return this;
    }

    /** Adds the node and all that come before it. */
    void collect(Set<GraphNode> to) {
        Deque<GraphNode> open = new ArrayDeque<>();
        open.add(this);
        while (!open.isEmpty()) {
            GraphNode node = open.pop();
            if (to.add(node)) {
                open.addAll(node.after);
            }
        }
    }
}

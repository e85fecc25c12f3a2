package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jengine.softcuda.wire.CudaError;

/** Work and its order, written down. */
final class Graph {
    private final long handle;
    private final Set<GraphNode> nodes = new LinkedHashSet<>();
    /** For a copy: from a node of what it was copied from to its own. */
    private final Map<GraphNode, GraphNode> copies = new HashMap<>();
    private boolean instantiated;

    Graph(long handle) {
        this.handle = handle;
    }

    long handle() {
        return handle;
    }

    Set<GraphNode> nodes() {
        return nodes;
    }

    /** The copy of a node of the graph that this is a copy of, or null. */
    GraphNode copyOf(GraphNode original) {
        return copies.get(original);
    }

    GraphNode add(GraphNode.Type type, Collection<GraphNode> after, Handles handles) {
        long number = handles.number();
        GraphNode node = new GraphNode(number, this, type);
        node.after().addAll(after);
        nodes.add(node);
        handles.put(number, node);
        return node;
    }

    void remove(GraphNode node) {
        nodes.remove(node);
        nodes.forEach(other -> other.after().remove(node));
    }

    /** The nodes in an order in which each comes after those it depends on; null if some depend on themselves. */
    List<GraphNode> sorted() {
        List<GraphNode> order = new ArrayList<>();
        Set<GraphNode> done = new HashSet<>();
        Map<GraphNode, Integer> missing = new HashMap<>();
        Map<GraphNode, List<GraphNode>> followers = new HashMap<>();
        for (GraphNode node : nodes) {
            missing.put(node, node.after().size());
            node.after().forEach(earlier -> followers.computeIfAbsent(earlier, key -> new ArrayList<>()).add(node));
            if (node.after().isEmpty()) {
                order.add(node);
            }
        }
        for (int i = 0; i < order.size(); i++) {
            done.add(order.get(i));
            for (GraphNode follower : followers.getOrDefault(order.get(i), List.of())) {
                if (missing.merge(follower, -1, Integer::sum) == 0) {
                    order.add(follower);
                }
            }
        }
        return done.size() == nodes.size() ? order : null;
    }

    /** What nodes of it take, and what they free. */
    List<GraphMemory.Change> memory() {
        List<GraphMemory.Change> found = new ArrayList<>();
        for (GraphNode node : nodes) {
            if (node.operation() instanceof GraphMemory.Change change) {
                found.add(change);
            }
        }
        return found;
    }

    /** Refuses what graphs that take or free memory cannot be used for: there is one of each address. */
    void requireNoMemory(String call) {
        if (!memory().isEmpty()) {
            throw new CudaError(Status.NOT_SUPPORTED, call + " of a graph whose nodes take or free memory");
        }
    }

    /** Whether a graph that can run was made of it and is not destroyed. */
    boolean instantiated() {
        return instantiated;
    }

    void instantiated(boolean value) {
        instantiated = value;
    }

    /** A copy that shares nothing with this one but what the nodes do. */
    Graph copy(long number, Handles handles) {
        Graph copy = new Graph(number);
        handles.put(number, copy);
        for (GraphNode node : nodes) {
            GraphNode twin = copy.add(node.type(), List.of(), handles);
            Graph inside = node.child() == null ? null : node.child().copy(handles.number(), handles);
            copy.copies.put(node, twin.operation(node.operation()).event(node.event()).child(inside));
        }
        for (GraphNode node : nodes) {
            node.after().forEach(earlier -> copy.copies.get(node).after().add(copy.copies.get(earlier)));
        }
        return copy;
    }

    /** Destroys the graph: its nodes' handles stand for nothing any more. */
    void destroy(Handles handles) {
        for (GraphNode node : nodes) {
            handles.remove(node.handle(), "a node of a destroyed graph");
            if (node.child() != null) {
                node.child().destroy(handles);
            }
        }
        handles.remove(handle, "a destroyed graph");
    }
}

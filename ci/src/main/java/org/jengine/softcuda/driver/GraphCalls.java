package org.jengine.softcuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** Graphs as a whole: life, nodes and edges. */
final class GraphCalls {
    private final Driver driver;

    GraphCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuGraphCreate", (request, reply) -> {
            if (request.i32() != 0) {
                throw new CudaError(Status.INVALID_VALUE, "cuGraphCreate takes no flags");
            }
            long handle = driver.handles().number();
            driver.handles().put(handle, new Graph(handle));
            reply.i64(handle);
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphDestroy", (request, reply) -> {
            find(request).destroy(driver.handles());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphClone", (request, reply) -> {
            Graph graph = find(request);
            graph.requireNoMemory(request.name());
            reply.i64(graph.copy(driver.handles().number(), driver.handles()).handle());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphNodeFindInClone", (request, reply) -> {
            GraphNode original = node(request);
            GraphNode copy = find(request).copyOf(original);
            if (copy == null) {
                throw new CudaError(Status.INVALID_VALUE, "the graph is no copy of the one that has the node");
            }
            reply.i64(copy.handle());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphDestroyNode", (request, reply) -> {
            GraphNode node = node(request);
            node.graph().remove(node);
            driver.handles().remove(node.handle(), "a destroyed node");
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphNodeGetType", (request, reply) -> {
            reply.i32(node(request).type().number());
            return Status.SUCCESS;
        });
        provideLists(calls);
        driver.add(calls, "cuGraphAddDependencies", (request, reply) -> edges(request, true));
        driver.add(calls, "cuGraphRemoveDependencies", (request, reply) -> edges(request, false));
    }

    private void provideLists(CallTable calls) {
        driver.add(calls, "cuGraphGetNodes", (request, reply) -> list(reply, find(request).nodes()));
        driver.add(calls, "cuGraphGetRootNodes", (request, reply) -> list(reply, find(request).nodes().stream()
                .filter(node -> node.after().isEmpty()).toList()));
        driver.add(calls, "cuGraphGetEdges", (request, reply) -> {
            List<GraphNode> from = new ArrayList<>();
            List<GraphNode> to = new ArrayList<>();
            for (GraphNode node : find(request).nodes()) {
                node.after().forEach(earlier -> {
                    from.add(earlier);
                    to.add(node);
                });
            }
            list(reply, from);
            return list(reply, to);
        });
        driver.add(calls, "cuGraphNodeGetDependencies", (request, reply) -> list(reply, node(request).after()));
        driver.add(calls, "cuGraphNodeGetDependentNodes", (request, reply) -> {
            GraphNode node = node(request);
            return list(reply, node.graph().nodes().stream().filter(other -> other.after().contains(node)).toList());
        });
    }

    private Graph find(Request request) {
        return driver.handles().get(request.name(), request.i64(), Graph.class);
    }

    private GraphNode node(Request request) {
        return driver.handles().get(request.name(), request.i64(), GraphNode.class);
    }

    /** Nodes that a call gives as an array of handles; all belong to the graph. */
    static List<GraphNode> nodes(Driver driver, String call, Graph graph, byte[] handles) {
        List<GraphNode> found = new ArrayList<>();
        if (handles != null) {
            ByteBuffer in = ByteBuffer.wrap(handles).order(ByteOrder.LITTLE_ENDIAN);
            while (in.hasRemaining()) {
                GraphNode node = driver.handles().get(call, in.getLong(), GraphNode.class);
                if (node.graph() != graph) {
                    throw new CudaError(Status.INVALID_VALUE, "a node of another graph");
                }
                found.add(node);
            }
        }
        return found;
    }

    private int edges(Request request, boolean add) {
        Graph graph = find(request);
        List<GraphNode> from = nodes(driver, request.name(), graph, request.bytes());
        List<GraphNode> to = nodes(driver, request.name(), graph, request.bytes());
        for (int i = 0; i < to.size(); i++) {
            boolean changed = add ? to.get(i).after().add(from.get(i)) : to.get(i).after().remove(from.get(i));
            if (!changed) {
                throw new CudaError(Status.INVALID_VALUE, add ? "the edge is there already" : "there is no such edge");
            }
        }
        return Status.SUCCESS;
    }

    private static int list(Reply reply, Collection<GraphNode> nodes) {
        ByteBuffer out = ByteBuffer.allocate(nodes.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        nodes.forEach(node -> out.putLong(node.handle()));
        reply.bytes(out.array());
        return Status.SUCCESS;
    }
}

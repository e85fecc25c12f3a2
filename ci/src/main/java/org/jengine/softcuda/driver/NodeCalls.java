package org.jengine.softcuda.driver;

import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;
import org.jengine.softcuda.work.Operation;

/** The nodes of graphs: adding them, and what they do. */
final class NodeCalls {
    private final Driver driver;

    NodeCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuGraphAddEmptyNode", (request, reply) -> added(reply, add(request, GraphNode.Type.EMPTY)));
        driver.add(calls, "cuGraphAddKernelNode_v2", this::addKernel);
        driver.add(calls, "cuGraphAddMemcpyNode", (request, reply) -> {
            GraphNode node = add(request, GraphNode.Type.MEMCPY);
            return operate(reply, node, () -> copy(driver, request));
        });
        driver.add(calls, "cuGraphAddMemsetNode", (request, reply) -> {
            GraphNode node = add(request, GraphNode.Type.MEMSET);
            return operate(reply, node, () -> fill(driver, request));
        });
        driver.add(calls, "cuGraphAddHostNode", (request, reply) -> {
            GraphNode node = add(request, GraphNode.Type.HOST);
            return operate(reply, node, () -> host(driver, request));
        });
        driver.add(calls, "cuGraphAddChildGraphNode", (request, reply) -> {
            GraphNode node = add(request, GraphNode.Type.GRAPH);
            Graph child = driver.handles().get(request.name(), request.i64(), Graph.class);
            child.requireNoMemory(request.name());
            return added(reply, node.child(child.copy(driver.handles().number(), driver.handles())));
        });
        driver.add(calls, "cuGraphAddEventRecordNode", (request, reply) -> {
            GraphNode node = add(request, GraphNode.Type.EVENT_RECORD);
            return added(reply, node.event(event(driver, request)));
        });
        driver.add(calls, "cuGraphAddEventWaitNode", (request, reply) -> {
            GraphNode node = add(request, GraphNode.Type.WAIT_EVENT);
            return added(reply, node.event(event(driver, request)));
        });
        provideParameters(calls);
    }

    private void provideParameters(CallTable calls) {
        driver.add(calls, "cuGraphChildGraphNodeGetGraph", (request, reply) -> {
            reply.i64(node(driver, request, GraphNode.Type.GRAPH).child().handle());
            return Status.SUCCESS;
        });
        for (GraphNode.Type type : new GraphNode.Type[] {GraphNode.Type.EVENT_RECORD, GraphNode.Type.WAIT_EVENT}) {
            String name = type == GraphNode.Type.EVENT_RECORD ? "cuGraphEventRecordNode" : "cuGraphEventWaitNode";
            driver.add(calls, name + "GetEvent", (request, reply) -> {
                reply.i64(driver.handles().of(node(driver, request, type).event()));
                return Status.SUCCESS;
            });
            driver.add(calls, name + "SetEvent", (request, reply) -> {
                node(driver, request, type).event(event(driver, request));
                return Status.SUCCESS;
            });
        }
        driver.add(calls, "cuGraphHostNodeGetParams", (request, reply) -> {
            reply.bytes(operation(request, GraphNode.Type.HOST, HostOperation.class).toStruct());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphHostNodeSetParams", (request, reply) -> {
            node(driver, request, GraphNode.Type.HOST).operation(host(driver, request));
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphMemcpyNodeGetParams", (request, reply) -> {
            reply.bytes(operation(request, GraphNode.Type.MEMCPY, CopyOperation.class).copy().toStruct());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphMemcpyNodeSetParams", (request, reply) -> {
            node(driver, request, GraphNode.Type.MEMCPY).operation(copy(driver, request));
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphMemsetNodeGetParams", (request, reply) -> {
            reply.bytes(operation(request, GraphNode.Type.MEMSET, FillOperation.class).toStruct());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphKernelNodeGetParams_v2", this::kernel);
        driver.add(calls, "cuGraphKernelNodeSetParams_v2", (request, reply) -> {
            GraphNode node = node(driver, request, GraphNode.Type.KERNEL);
            // Attributes stay when parameters change.
            node.operation(LaunchCalls.read(driver, request, KernelOperation.isCooperative(node.operation())));
            return Status.SUCCESS;
        });
    }

    /** Reads the graph and what comes before the node. */
    private GraphNode add(Request request, GraphNode.Type type) {
        Graph graph = driver.handles().get(request.name(), request.i64(), Graph.class);
        byte[] after = request.bytes();
        request.i64();
        return graph.add(type, GraphCalls.nodes(driver, request.name(), graph, after), driver.handles());
    }

    private int addKernel(Request request, Reply reply) {
        Graph graph = driver.handles().get(request.name(), request.i64(), Graph.class);
        var after = GraphCalls.nodes(driver, request.name(), graph, request.bytes());
        KernelOperation operation = LaunchCalls.read(driver, request, false);
        return added(reply, graph.add(GraphNode.Type.KERNEL, after, driver.handles()).operation(operation));
    }

    /** A node whose parameters are refused is not in the graph. */
    private int operate(Reply reply, GraphNode node, java.util.function.Supplier<Operation> operation) {
        try {
            return added(reply, node.operation(operation.get()));
        } catch (CudaError e) {
            node.graph().remove(node);
            throw e;
        }
    }

    private static int added(Reply reply, GraphNode node) {
        reply.i64(node.handle());
        return Status.SUCCESS;
    }

    static GraphNode node(Driver driver, Request request, GraphNode.Type type) {
        GraphNode node = driver.handles().get(request.name(), request.i64(), GraphNode.class);
        if (node.type() != type) {
            throw new CudaError(Status.INVALID_VALUE, "the node is of type " + node.type() + ", not " + type);
        }
        return node;
    }

    private <T> T operation(Request request, GraphNode.Type type, Class<T> kind) {
        Operation found = node(driver, request, type).operation();
        if (!kind.isInstance(found)) {
            throw new CudaError(Status.NOT_SUPPORTED, "the node holds " + found.name() + ", which has no parameters to show");
        }
        return kind.cast(found);
    }

    static Operation copy(Driver driver, Request request) {
        Copy copy = Copy.of3d(request.bytes(), driver.memory());
        CopyCalls.require(driver, request.name(), copy);
        return CopyOperation.later("a copy node", copy, driver.memory());
    }

    static Operation fill(Driver driver, Request request) {
        FillOperation fill = FillOperation.of("a fill node", driver.memory(), request.bytes());
        FillCalls.require(driver, request.name(), fill);
        return fill;
    }

    static Operation host(Driver driver, Request request) {
        return HostOperation.of("a host node", driver.setup().host(), request.bytes());
    }

    static Event event(Driver driver, Request request) {
        return driver.handles().get(request.name(), request.i64(), Event.class);
    }

    private int kernel(Request request, Reply reply) {
        KernelOperation operation = operation(request, GraphNode.Type.KERNEL, KernelOperation.class);
        Launch launch = operation.launch();
        reply.i64(operation.function().handle()).i32(launch.gridX()).i32(launch.gridY()).i32(launch.gridZ()).i32(launch.blockX())
                .i32(launch.blockY()).i32(launch.blockZ()).i32(launch.dynamicShared()).bytes(launch.arguments());
        return Status.SUCCESS;
    }
}

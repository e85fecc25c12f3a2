package org.jengine.softcuda.driver;

import java.util.List;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;
import org.jengine.softcuda.work.Operation;

/** Graphs that run: making them ready, launching them, changing what their nodes do. */
final class ExecCalls {
    private final Driver driver;
    private int graphs;

    ExecCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuGraphInstantiateWithFlags", this::instantiate);
        driver.add(calls, "cuGraphUpload", (request, reply) -> {
            find(request);
            driver.stream(request, request.i64());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphLaunch", this::launch);
        driver.add(calls, "cuGraphExecDestroy", (request, reply) -> {
            GraphExec exec = find(request);
            exec.close();
            driver.handles().remove(exec.handle(), exec.name() + ", which was destroyed");
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphExecKernelNodeSetParams_v2", (request, reply) -> {
            GraphExec exec = find(request);
            GraphNode node = node(request, exec, GraphNode.Type.KERNEL);
            return change(exec, node, LaunchCalls.read(driver, request, false));
        });
        driver.add(calls, "cuGraphExecMemcpyNodeSetParams", (request, reply) -> {
            GraphExec exec = find(request);
            GraphNode node = node(request, exec, GraphNode.Type.MEMCPY);
            return change(exec, node, NodeCalls.copy(driver, request));
        });
        driver.add(calls, "cuGraphExecMemsetNodeSetParams", (request, reply) -> {
            GraphExec exec = find(request);
            GraphNode node = node(request, exec, GraphNode.Type.MEMSET);
            return change(exec, node, NodeCalls.fill(driver, request));
        });
        driver.add(calls, "cuGraphExecHostNodeSetParams", (request, reply) -> {
            GraphExec exec = find(request);
            GraphNode node = node(request, exec, GraphNode.Type.HOST);
            return change(exec, node, NodeCalls.host(driver, request));
        });
        driver.add(calls, "cuGraphExecEventRecordNodeSetEvent", (request, reply) -> event(request, GraphNode.Type.EVENT_RECORD));
        driver.add(calls, "cuGraphExecEventWaitNodeSetEvent", (request, reply) -> event(request, GraphNode.Type.WAIT_EVENT));
        driver.add(calls, "cuGraphExecChildGraphNodeSetParams", this::child);
    }

    private GraphExec find(Request request) {
        driver.context(request);
        return driver.handles().get(request.name(), request.i64(), GraphExec.class);
    }

    private GraphNode node(Request request, GraphExec exec, GraphNode.Type type) {
        GraphNode node = NodeCalls.node(driver, request, type);
        if (!exec.has(node)) {
            throw new CudaError(Status.INVALID_VALUE, "the node is not of the graph that " + exec.name() + " was made of");
        }
        return node;
    }

    private static int change(GraphExec exec, GraphNode node, Operation operation) {
        exec.change(node, operation, null);
        return Status.SUCCESS;
    }

    private int event(Request request, GraphNode.Type type) {
        GraphExec exec = find(request);
        GraphNode node = node(request, exec, type);
        exec.change(node, null, NodeCalls.event(driver, request));
        return Status.SUCCESS;
    }

    private int instantiate(Request request, Reply reply) {
        Context context = driver.context(request);
        Graph graph = driver.handles().get(request.name(), request.i64(), Graph.class);
        if (!whole(graph)) {
            throw new CudaError(Status.INVALID_VALUE, "nodes of the graph wait for each other");
        }
        long handle = driver.handles().number();
        driver.handles().put(handle, new GraphExec(handle, "graph " + ++graphs, context, graph, driver.clocks()));
        reply.i64(handle);
        return Status.SUCCESS;
    }

    private static boolean whole(Graph graph) {
        return graph.sorted() != null && graph.nodes().stream().allMatch(node -> node.child() == null || whole(node.child()));
    }

    private int launch(Request request, Reply reply) {
        GraphExec exec = find(request);
        Stream stream = driver.stream(request, request.i64());
        if (driver.streams().capturing(request.name(), stream) != null) {
            GraphNode node = driver.streams().captured(stream, GraphNode.Type.GRAPH);
            node.child(exec.source().copy(driver.handles().number(), driver.handles()));
            return Status.SUCCESS;
        }
        stream.last(exec.launch(driver.scheduler(), stream.chain(), stream.name(), driver.streams().before(stream)));
        driver.setup().counts().graph(exec.name(), exec.nodes(), exec.depth());
        driver.scheduler().mayPerform();
        return Status.SUCCESS;
    }

    /** Another graph of the same shape takes the place of a node's own. */
    private int child(Request request, Reply reply) {
        GraphExec exec = find(request);
        GraphNode node = node(request, exec, GraphNode.Type.GRAPH);
        Graph other = driver.handles().get(request.name(), request.i64(), Graph.class);
        List<GraphNode> own = node.child().sorted();
        List<GraphNode> theirs = other.sorted();
        boolean same = theirs != null && own.size() == theirs.size();
        for (int i = 0; same && i < own.size(); i++) {
            same = own.get(i).type() == theirs.get(i).type() && own.get(i).after().size() == theirs.get(i).after().size();
        }
        if (!same) {
            throw new CudaError(Status.GRAPH_EXEC_UPDATE_FAILURE, "the graph has another shape than the node's");
        }
        for (int i = 0; i < own.size(); i++) {
            exec.change(own.get(i), theirs.get(i).operation(), theirs.get(i).event());
        }
        return Status.SUCCESS;
    }
}

package org.jengine.softcuda.driver;

import java.util.List;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;
import org.jengine.softcuda.work.Operation;

/** Graphs that run: making them ready, launching them, changing what their nodes do. */
final class ExecCalls {
    private static final long AUTO_FREE_ON_LAUNCH = 1;

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
            exec.source().instantiated(false);
            driver.handles().remove(exec.handle(), exec.name() + ", which was destroyed");
            return Status.SUCCESS;
        });
        driver.add(calls, "cuGraphExecKernelNodeSetParams_v2", (request, reply) -> {
            GraphExec exec = find(request);
            GraphNode node = node(request, exec, GraphNode.Type.KERNEL);
            return change(exec, node, LaunchCalls.read(driver, request, exec.cooperative(node)));
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
        requireRoom(graph, context.device().profile());
        boolean frees = (request.i64() & AUTO_FREE_ON_LAUNCH) != 0;
        if (graph.instantiated()) {
            graph.requireNoMemory("a second " + request.name());
        }
        graph.instantiated(true);
        long handle = driver.handles().number();
        driver.handles().put(handle, new GraphExec(handle, "graph " + ++graphs, context, graph, frees, driver.clocks()));
        reply.i64(handle);
        return Status.SUCCESS;
    }

    /** A node may have been made cooperative after its grid was checked. */
    private static void requireRoom(Graph graph, GpuProfile gpu) {
        for (GraphNode node : graph.nodes()) {
            if (node.operation() instanceof KernelOperation kernel && kernel.launch().cooperative()) {
                Launch launch = kernel.launch();
                Limits.requireCooperative(kernel.function(), new int[] {launch.gridX(), launch.gridY(), launch.gridZ()}, launch.threads(),
                        launch.dynamicShared(), gpu);
            }
            if (node.child() != null) {
                requireRoom(node.child(), gpu);
            }
        }
    }

    private static boolean whole(Graph graph) {
        return graph.sorted() != null && graph.nodes().stream().allMatch(node -> node.child() == null || whole(node.child()));
    }

    private int launch(Request request, Reply reply) {
        GraphExec exec = find(request);
        Stream stream = driver.stream(request, request.i64());
        if (driver.streams().capturing(request.name(), stream) != null) {
            exec.source().requireNoMemory(request.name());
            GraphNode node = driver.streams().captured(stream, GraphNode.Type.GRAPH);
            node.child(exec.source().copy(driver.handles().number(), driver.handles()));
            return Status.SUCCESS;
        }
        hold(request, exec, stream);
        stream.last(exec.launch(driver.scheduler(), stream.chain(), stream.name(), driver.streams().before(stream)));
        driver.setup().counts().graph(exec.name(), exec.nodes(), exec.depth());
        driver.scheduler().mayPerform();
        return Status.SUCCESS;
    }

    /** What the launch takes must not be held from an earlier one, and what it frees must be. */
    private void hold(Request request, GraphExec exec, Stream stream) {
        for (GraphMemory.Change change : exec.memory()) {
            GraphMemory memory = change.of();
            if (change.takes() && memory.held() && exec.frees()) {
                memory.held(false);
                driver.submit(request, stream, GraphNode.Type.MEM_FREE, new GraphMemory.Change(memory, false, request.name()));
            }
            if (change.takes() == memory.held()) {
                throw new CudaError(Status.INVALID_VALUE, exec.name() + (change.takes() ? " takes " + memory.allocation()
                        + ", which nobody has freed since its last launch" : " frees " + memory.allocation() + ", which nobody holds"));
            }
            memory.held(change.takes());
        }
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

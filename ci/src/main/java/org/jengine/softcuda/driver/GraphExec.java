package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.work.Operation;

/** A graph made ready to run: what its nodes did then, in an order, on as few chains as its branches need. */
final class GraphExec {
    /** A node's work. What it waits for are earlier steps; -1 is the launch itself. */
    private static final class Step {
        private final GraphNode.Type type;
        private final List<Integer> after = new ArrayList<>();
        private Operation operation;
        private Event event;
        private int chain;

        private Step(GraphNode.Type type) {
            this.type = type;
        }
    }

    private static final int LAUNCH = -1;
    private static final String BRANCH = ", branch ";

    private final long handle;
    private final String name;
    private final Context context;
    private final Graph source;
    private final List<Step> steps = new ArrayList<>();
    private final Map<GraphNode, Integer> ofNode = new HashMap<>();
    private final List<Integer> leaves = new ArrayList<>();
    private final List<Integer> chains = new ArrayList<>();
    private final List<GraphMemory.Change> memory;
    private final boolean frees;
    private final Clocks clocks;
    private Task last;

    GraphExec(long handle, String name, Context context, Graph graph, boolean frees, Clocks clocks) {
        this.handle = handle;
        this.name = name;
        this.context = context;
        source = graph;
        this.frees = frees;
        this.clocks = clocks;
        memory = graph.memory();
        leaves.addAll(flatten(graph, List.of(LAUNCH)));
        assignChains();
    }

    long handle() {
        return handle;
    }

    String name() {
        return name;
    }

    /** What it was made of. */
    Graph source() {
        return source;
    }

    /** The graph's name in what its work has for a stream's; null if that is a plain stream. */
    static String graphOf(String stream) {
        int end = stream.indexOf(BRANCH);
        return end < 0 ? null : stream.substring(0, end);
    }

    int nodes() {
        return steps.size();
    }

    /** Nodes on the longest chain. */
    int depth() {
        int[] depths = new int[steps.size()];
        int most = 0;
        for (int i = 0; i < depths.length; i++) {
            for (int earlier : steps.get(i).after) {
                depths[i] = Math.max(depths[i], earlier == LAUNCH ? 0 : depths[earlier]);
            }
            most = Math.max(most, ++depths[i]);
        }
        return most;
    }

    /** What its nodes take and free. */
    List<GraphMemory.Change> memory() {
        return memory;
    }

    /** Whether a launch frees what the launch before took and nobody has freed. */
    boolean frees() {
        return frees;
    }

    boolean has(GraphNode node) {
        return ofNode.containsKey(node);
    }

    /** Whether all blocks of the node's kernel run at once. */
    boolean cooperative(GraphNode node) {
        return KernelOperation.isCooperative(steps.get(ofNode.get(node)).operation);
    }

    /** Changes what a node does from the next launch on. */
    void change(GraphNode node, Operation operation, Event event) {
        Step step = steps.get(ofNode.get(node));
        step.operation = operation;
        step.event = event;
    }

    /** Adds the graph's work behind these tasks; returns the task that ends it. */
    Task launch(Scheduler scheduler, int chain, String stream, List<Task> after) {
        List<Task> before = new ArrayList<>(after);
        if (last != null) {
            before.add(last);
        }
        Task start = scheduler.add(null, context, stream, chain, before);
        List<Task> tasks = new ArrayList<>(steps.size());
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            List<Task> earlier = new ArrayList<>();
            for (int one : step.after) {
                earlier.add(one == LAUNCH ? start : tasks.get(one));
            }
            if (step.type == GraphNode.Type.WAIT_EVENT && step.event.record() != null) {
                earlier.add(step.event.record());
            }
            Task task = scheduler.add(step.operation, context, name + BRANCH + chains.indexOf(step.chain) + ", in " + stream,
                    step.chain, earlier);
            if (step.type == GraphNode.Type.EVENT_RECORD) {
                step.event.record(task);
            }
            tasks.add(task);
        }
        List<Task> ends = new ArrayList<>(List.of(start));
        leaves.forEach(leaf -> ends.add(leaf == LAUNCH ? start : tasks.get(leaf)));
        last = scheduler.add(null, context, stream, chain, ends);
        return last;
    }

    void close() {
        chains.forEach(clocks::close);
    }

    /** Appends a graph's nodes; returns the steps that nothing of it waits for. */
    private List<Integer> flatten(Graph graph, List<Integer> entry) {
        List<Integer> ends = new ArrayList<>();
        Map<GraphNode, Integer> own = new HashMap<>();
        for (GraphNode node : graph.sorted()) {
            List<Integer> after = new ArrayList<>();
            node.after().forEach(earlier -> after.add(own.get(earlier)));
            if (after.isEmpty()) {
                after.addAll(entry);
            }
            if (node.child() != null) {
                List<Integer> inside = flatten(node.child(), after);
                after.clear();
                after.addAll(inside);
            }
            Step step = new Step(node.type());
            step.after.addAll(after);
            step.operation = node.operation();
            step.event = node.event();
            own.put(node, steps.size());
            ofNode.put(node, steps.size());
            steps.add(step);
        }
        for (GraphNode node : graph.nodes()) {
            if (graph.nodes().stream().noneMatch(other -> other.after().contains(node))) {
                ends.add(own.get(node));
            }
        }
        return ends.isEmpty() ? entry : ends;
    }

    /** A step goes on with the chain of one it waits for, unless another has done so already. */
    private void assignChains() {
        Map<Integer, Integer> tails = new HashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            Integer found = null;
            for (int earlier : step.after) {
                if (found == null && earlier != LAUNCH && tails.containsKey(earlier)) {
                    found = tails.remove(earlier);
                }
            }
            if (found == null) {
                found = clocks.open();
                chains.add(found);
            }
            step.chain = found;
            tails.put(i, found);
        }
    }
}

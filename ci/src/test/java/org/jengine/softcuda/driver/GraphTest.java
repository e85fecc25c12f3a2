package org.jengine.softcuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs of random shapes run in orders that their edges allow, and know what comes before what. */
class GraphTest {
    private static final int NODES = 30;

    private static GraphExec exec(Rig rig, Graph graph) {
        return new GraphExec(rig.handles.number(), "graph 1", rig.context, graph, false, rig.clocks);
    }

    private static void launch(Rig rig, GraphExec exec, Stream stream) {
        stream.last(exec.launch(rig.scheduler, stream.chain(), stream.name(), rig.streams.before(stream)));
        rig.scheduler.mayPerform();
    }

    private static Graph graph(Rig rig) {
        return new Graph(rig.handles.number());
    }

    private static GraphNode add(Rig rig, Graph graph, Rig.Note note, GraphNode... after) {
        return graph.add(GraphNode.Type.KERNEL, List.of(after), rig.handles).operation(note);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nodesComeAfterThoseTheyDependOnInEveryLaunch(long seed) {
        Random random = new Random(seed);
        Rig rig = new Rig(seed);
        Graph graph = graph(rig);
        List<GraphNode> nodes = new ArrayList<>();
        List<Rig.Note> notes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            Set<GraphNode> after = new HashSet<>();
            for (int k = random.nextInt(3); k > 0 && i > 0; k--) {
                after.add(nodes.get(random.nextInt(i)));
            }
            notes.add(rig.note("node " + i));
            nodes.add(add(rig, graph, notes.get(i), after.toArray(new GraphNode[0])));
        }
        GraphExec exec = exec(rig, graph);
        Stream stream = rig.stream(Stream.Kind.NON_BLOCKING);
        Rig.Note earlier = rig.submit(stream, "earlier");
        launch(rig, exec, stream);
        launch(rig, exec, rig.stream(Stream.Kind.NON_BLOCKING));
        Rig.Note later = rig.submit(stream, "later");
        rig.streams.finish(rig.context);
        assertEquals(2 * NODES + 2, rig.order.size());
        // All of the first launch before any of the second, though in another stream: a graph runs once at a time.
        List<Rig.Note> inGraphs = rig.order.stream().filter(note -> note != earlier && note != later).toList();
        assertEquals(NODES, new HashSet<>(inGraphs.subList(0, NODES)).size());
        for (int i = 0; i < NODES; i++) {
            Set<GraphNode> all = new HashSet<>();
            nodes.get(i).collect(all);
            for (int k = 0; k < NODES; k++) {
                boolean before = i != k && all.contains(nodes.get(k));
                if (i != k) {
                    assertEquals(before, notes.get(i).turn().order().after(notes.get(k).turn().number()), k + " before " + i);
                }
                assertTrue(!before || notes.get(k).turn().number() < notes.get(i).turn().number(), k + " before " + i);
            }
            assertTrue(notes.get(i).turn().order().after(earlier.turn().number()));
        }
    }

    @Test
    void nodesThatWaitForEachOtherHaveNoOrder() {
        Rig rig = new Rig(0);
        Graph graph = graph(rig);
        GraphNode one = add(rig, graph, rig.note("one"));
        GraphNode two = add(rig, graph, rig.note("two"), one);
        assertEquals(List.of(one, two), graph.sorted());
        one.after().add(two);
        assertNull(graph.sorted());
    }

    @Test
    void aChildRunsWhereItsNodeStands() {
        Rig rig = new Rig(3);
        Graph child = graph(rig);
        GraphNode inner = add(rig, child, rig.note("inner"));
        add(rig, child, rig.note("innermost"), inner);
        Graph graph = graph(rig);
        GraphNode first = add(rig, graph, rig.note("first"));
        GraphNode middle = graph.add(GraphNode.Type.GRAPH, List.of(first), rig.handles).child(child);
        add(rig, graph, rig.note("last"), middle);
        GraphExec exec = exec(rig, graph);
        assertEquals(4, exec.depth() - 1, "the node of the child stands for its end");
        launch(rig, exec, rig.stream(Stream.Kind.BLOCKING));
        rig.streams.finish(rig.context);
        assertEquals("[first, inner, innermost, last]", rig.order.toString());
    }

    @Test
    void aCopyIsItsOwn() {
        Rig rig = new Rig(0);
        Graph graph = graph(rig);
        GraphNode one = add(rig, graph, rig.note("one"));
        GraphNode two = add(rig, graph, rig.note("two"), one);
        Graph copy = graph.copy(rig.handles.number(), rig.handles);
        graph.remove(one);
        assertEquals(Set.of(), two.after());
        assertEquals(Set.of(copy.copyOf(one)), copy.copyOf(two).after());
        assertNotSame(two, copy.copyOf(two));
        graph.destroy(rig.handles);
        assertTrue(rig.handles.is(copy.copyOf(two).handle(), GraphNode.class));
        assertTrue(rig.handles.wasDestroyed(two.handle()));
    }

    @Test
    void aReadyGraphKeepsWhatItWasMadeOf() {
        Rig rig = new Rig(0);
        Graph graph = graph(rig);
        GraphNode node = add(rig, graph, rig.note("before"));
        GraphExec exec = exec(rig, graph);
        node.operation(rig.note("not yet"));
        Stream stream = rig.stream(Stream.Kind.BLOCKING);
        launch(rig, exec, stream);
        exec.change(node, rig.note("after"), null);
        launch(rig, exec, stream);
        rig.streams.finish(stream);
        assertEquals("[before, after]", rig.order.toString());
    }
}

package org.jengine.softcuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.wire.CudaError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What captures write down, and what they forbid. */
class CaptureTest {
    private static final int THREAD = 1;
    private static final String CALL = "a call";

    private final Rig rig = new Rig(0);
    private final Stream main = rig.stream(Stream.Kind.NON_BLOCKING);
    private final Stream side = rig.stream(Stream.Kind.BLOCKING);
    private final Event event = new Event(rig.context, true, "the event");
    private final Event other = new Event(rig.context, true, "the other event");

    private void begin(Stream stream) {
        rig.streams.begin(CALL, stream, Capture.Mode.GLOBAL, THREAD);
    }

    private void refused(int status, Executable call) {
        int before = rig.told.size();
        assertEquals(status, assertThrows(CudaError.class, call).status());
        assertEquals(before + 1, rig.told.size(), "a capture's fault is told");
        assertEquals(Report.Rule.CAPTURE, rig.told.get(before).rule());
    }

    @Test
    void forksAndJoinsBecomeEdges() {
        begin(main);
        Rig.Note first = rig.submit(main, "first");
        rig.streams.record(CALL, event, main);
        rig.streams.await(CALL, side, event);
        Rig.Note left = rig.submit(main, "left");
        Rig.Note right = rig.submit(side, "right");
        rig.streams.record(CALL, other, side);
        rig.streams.await(CALL, main, other);
        Rig.Note last = rig.submit(main, "last");
        Graph graph = rig.streams.end(CALL, main, THREAD);
        assertFalse(first.done() || left.done() || right.done() || last.done(), "a capture performs nothing");
        assertNull(side.capture(), "the side runs again");
        List<GraphNode> nodes = graph.sorted();
        assertEquals(4, nodes.size());
        for (GraphNode node : nodes) {
            Set<String> after = node.after().stream().map(one -> one.operation().name())
                    .collect(java.util.stream.Collectors.toSet());
            Set<String> expected = node.operation() == last ? Set.of("left", "right") : Set.of("first");
            assertEquals(node.operation() == first ? Set.of() : expected, after);
        }
        assertEquals(List.of(), rig.told);
    }

    @Test
    void theNullStreamIsNotCapturedNorUsedBesideABlockingOne() {
        refused(Status.CAPTURE_UNSUPPORTED, () -> begin(rig.context.legacy()));
        begin(side);
        refused(Status.CAPTURE_IMPLICIT, () -> rig.submit(rig.context.legacy(), "one"));
        assertEquals(Status.CAPTURE_INVALIDATED, assertThrows(CudaError.class, () -> rig.submit(side, "two")).status());
        assertEquals(Status.CAPTURE_INVALIDATED, assertThrows(CudaError.class, () -> rig.streams.end(CALL, side, THREAD)).status());
        rig.submit(side, "three");
        begin(main);
        rig.submit(rig.context.legacy(), "four");
        assertTrue(main.capture().valid(), "a stream that does not block is no affair of the null stream's");
    }

    @Test
    void workFromOutsideDoesNotComeIn() {
        rig.streams.record(CALL, event, side);
        begin(main);
        refused(Status.CAPTURE_ISOLATION, () -> rig.streams.await(CALL, main, event));
        assertFalse(main.capture().valid());
    }

    @Test
    void capturesDoNotMerge() {
        begin(main);
        begin(side);
        rig.streams.record(CALL, event, side);
        refused(Status.CAPTURE_MERGE, () -> rig.streams.await(CALL, main, event));
        assertFalse(main.capture().valid() || side.capture().valid());
    }

    @Test
    void whatIsCapturedIsNotWaitedFor() {
        begin(main);
        rig.streams.record(CALL, event, main);
        refused(Status.CAPTURED_EVENT, () -> rig.streams.notCapturing("cuEventSynchronize", event));
        rig.streams.begin(CALL, side, Capture.Mode.RELAXED, THREAD);
        refused(Status.CAPTURE_UNSUPPORTED, () -> rig.streams.notCapturing("cuStreamSynchronize", side));
        Rig another = new Rig(0);
        another.streams.begin(CALL, another.stream(Stream.Kind.BLOCKING), Capture.Mode.RELAXED, THREAD);
        assertEquals(Status.CAPTURE_UNSUPPORTED, assertThrows(CudaError.class,
                () -> another.streams.notCapturing("cuCtxSynchronize", another.context)).status());
    }

    @Test
    void aCaptureEndsWhereAndAsItBegan() {
        begin(main);
        refused(Status.CAPTURE_WRONG_THREAD, () -> rig.streams.end(CALL, main, THREAD + 1));
        rig.streams.record(CALL, event, main);
        rig.streams.await(CALL, side, event);
        refused(Status.CAPTURE_UNMATCHED, () -> rig.streams.end(CALL, side, THREAD));
        assertEquals(Status.CAPTURE_INVALIDATED, assertThrows(CudaError.class, () -> rig.streams.end(CALL, main, THREAD)).status());
        assertNull(main.capture());
        refused(Status.ILLEGAL_STATE, () -> rig.streams.end(CALL, main, THREAD));
    }

    @Test
    void aForkMustBeJoined() {
        begin(main);
        rig.submit(main, "first");
        rig.streams.record(CALL, event, main);
        rig.streams.await(CALL, side, event);
        rig.submit(side, "astray");
        refused(Status.CAPTURE_UNJOINED, () -> rig.streams.end(CALL, main, THREAD));
        assertNull(side.capture());
    }

    @Test
    void modesBindThreads() {
        Threads threads = new Threads();
        rig.streams.begin(CALL, main, Capture.Mode.THREAD_LOCAL, THREAD);
        rig.streams.unsafe("cuMemAlloc", THREAD + 1, threads);
        threads.mode(THREAD, Capture.Mode.RELAXED);
        rig.streams.unsafe("cuMemAlloc", THREAD, threads);
        assertTrue(main.capture().valid());
        threads.mode(THREAD, Capture.Mode.GLOBAL);
        refused(Status.CAPTURE_UNSUPPORTED, () -> rig.streams.unsafe("cuMemAlloc", THREAD, threads));
        rig.streams.begin(CALL, side, Capture.Mode.GLOBAL, THREAD);
        refused(Status.CAPTURE_UNSUPPORTED, () -> rig.streams.unsafe("cuMemFree", THREAD + 1, threads));
    }
}

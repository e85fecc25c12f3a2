package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.work.Operation;

/** The rules of streams, events and captures: what waits for what, and which calls are refused. */
final class Streams {
    private final Scheduler scheduler;
    private final Clocks clocks;
    private final Handles handles;
    private final Reports reports;
    private final Set<Capture> captures = new LinkedHashSet<>();
    private int streams;

    Streams(Scheduler scheduler, Clocks clocks, Handles handles, Reports reports) {
        this.scheduler = scheduler;
        this.clocks = clocks;
        this.handles = handles;
        this.reports = reports;
    }

    Stream create(Context context, Stream.Kind kind, int priority) {
        long handle = handles.number();
        Stream made = new Stream(handle, context, clocks.open(), kind, priority, "stream " + ++streams);
        handles.put(handle, made);
        context.streams().add(made);
        return made;
    }

    /** The stream that a handle of a call means: 0 and 1 the null stream, 2 the thread's own. */
    Stream find(String call, Context context, int thread, long handle) {
        if (handle == 0 || handle == 1) {
            return context.legacy();
        }
        if (handle == 2) {
            return context.ofThread().computeIfAbsent(thread, key -> new Stream(2, context, clocks.open(), Stream.Kind.BLOCKING, 0,
                    "the own stream of thread " + thread));
        }
        return handles.get(call, handle, Stream.class);
    }

    /** Puts work into the stream, or into the graph that it is captured into: then the answer is null. */
    Task submit(String call, Stream stream, GraphNode.Type type, Operation operation) {
        Capture capture = capturing(call, stream);
        if (capture != null) {
            captured(stream, type).operation(operation);
            return null;
        }
        Task task = scheduler.add(operation, stream.context(), stream.name(), stream.chain(), before(stream));
        stream.last(task);
        return task;
    }

    /** The capture that takes the stream's work; null if it runs. */
    Capture capturing(String call, Stream stream) {
        Capture capture = stream.capture();
        if (capture != null && !capture.valid()) {
            throw new CudaError(Status.CAPTURE_INVALIDATED, stream + " belongs to a capture that an earlier call has spoilt");
        }
        if (stream.kind() == Stream.Kind.LEGACY) {
            for (Stream other : stream.context().allStreams()) {
                if (other.capture() != null && other.kind() == Stream.Kind.BLOCKING) {
                    throw illegal(call, other.capture(), Status.CAPTURE_IMPLICIT, "the null stream would wait for " + other
                            + ", which is being captured");
                }
            }
        }
        return capture;
    }

    /** A new node behind what the stream has captured so far. */
    GraphNode captured(Stream stream, GraphNode.Type type) {
        GraphNode node = stream.capture().graph().add(type, stream.captured(), handles);
        stream.captured().clear();
        stream.captured().add(node);
        return node;
    }

    /** What the stream's next work waits for; events that it was told to wait for count once. */
    List<Task> before(Stream stream) {
        List<Task> before = new ArrayList<>(stream.waits());
        stream.waits().clear();
        add(before, stream.last());
        if (stream.kind() == Stream.Kind.LEGACY) {
            for (Stream other : stream.context().allStreams()) {
                if (other.kind() == Stream.Kind.BLOCKING) {
                    add(before, other.last());
                }
            }
        } else if (stream.kind() == Stream.Kind.BLOCKING) {
            add(before, stream.context().legacy().last());
        }
        return before;
    }

    private static void add(List<Task> to, Task task) {
        if (task != null) {
            to.add(task);
        }
    }

    /** Performs all that is in the stream. The null stream waits for those that wait for it. */
    void finish(Stream stream) {
        for (Task task : ends(stream)) {
            scheduler.finish(task);
        }
    }

    /** Whether all that is in the stream has been performed; if so the program knows. */
    boolean finished(Stream stream) {
        if (!ends(stream).stream().allMatch(Task::done)) {
            return false;
        }
        ends(stream).forEach(scheduler::know);
        return true;
    }

    private static List<Task> ends(Stream stream) {
        List<Task> ends = new ArrayList<>(stream.waits());
        add(ends, stream.last());
        if (stream.kind() == Stream.Kind.LEGACY) {
            stream.context().allStreams().stream().filter(other -> other.kind() == Stream.Kind.BLOCKING)
                    .forEach(other -> add(ends, other.last()));
        }
        return ends;
    }

    /** Performs all that the context has; the program knows no more than before. */
    void perform(Context context) {
        for (Stream stream : context.allStreams()) {
            ends(stream).forEach(scheduler::performUntil);
        }
    }

    /** Performs all that the context has. */
    void finish(Context context) {
        for (Stream stream : context.allStreams()) {
            finish(stream);
        }
    }

    void record(String call, Event event, Stream stream) {
        if (capturing(call, stream) != null) {
            event.captured(stream.capture(), stream.captured());
        } else {
            Task mark = scheduler.add(null, stream.context(), stream.name(), stream.chain(), before(stream));
            stream.last(mark);
            event.record(mark);
        }
    }

    /** What the stream gets from now on waits for the event. */
    void await(String call, Stream stream, Event event) {
        Capture mine = capturing(call, stream);
        Capture its = event.capture();
        if (its == null && mine == null) {
            if (event.record() != null) {
                stream.waits().add(event.record());
            }
        } else if (its == null) {
            if (event.recorded()) {
                throw illegal(call, mine, Status.CAPTURE_ISOLATION, stream + " is being captured, and " + event.name()
                        + " was recorded outside of that");
            }
        } else if (!its.valid() || !captures.contains(its)) {
            throw new CudaError(Status.CAPTURE_INVALIDATED, event.name() + " was recorded in a capture that is over or spoilt");
        } else if (mine != null && mine != its) {
            mine.spoil();
            throw illegal(call, its, Status.CAPTURE_MERGE, stream + " and " + event.name() + " belong to different captures");
        } else {
            if (mine == null) {
                its.join(stream);
            }
            stream.captured().addAll(event.nodes());
        }
    }

    void begin(String call, Stream stream, Capture.Mode mode, int thread) {
        if (stream.kind() == Stream.Kind.LEGACY) {
            throw refuse(call, Status.CAPTURE_UNSUPPORTED, "the null stream cannot be captured");
        }
        if (stream.capture() != null) {
            throw refuse(call, Status.ILLEGAL_STATE, stream + " is being captured already");
        }
        long handle = handles.number();
        Graph graph = new Graph(handle);
        handles.put(handle, graph);
        captures.add(new Capture(stream, mode, thread, graph));
    }

    /** Ends the capture that began in the stream; whatever comes of it, its streams run again. */
    Graph end(String call, Stream stream, int thread) {
        Capture capture = stream.capture();
        if (capture == null) {
            throw refuse(call, Status.ILLEGAL_STATE, stream + " is not being captured");
        }
        if (capture.origin() != stream) {
            capture.spoil();
            throw refuse(call, Status.CAPTURE_UNMATCHED, "the capture began in " + capture.origin() + ", not in " + stream);
        }
        if (capture.mode() != Capture.Mode.RELAXED && capture.thread() != thread) {
            throw refuse(call, Status.CAPTURE_WRONG_THREAD, "another thread began the capture of " + stream);
        }
        Set<Stream> unjoined = capture.unjoined();
        captures.remove(capture);
        capture.end();
        if (!capture.valid()) {
            capture.graph().destroy(handles);
            throw new CudaError(Status.CAPTURE_INVALIDATED, "an earlier call has spoilt the capture of " + stream);
        }
        if (!unjoined.isEmpty()) {
            capture.graph().destroy(handles);
            throw refuse(call, Status.CAPTURE_UNJOINED, stream + " does not wait for " + unjoined);
        }
        return capture.graph();
    }

    /**
     * Refuses a call that may not come while the thread is bound by a capture: it might touch what the capture is about. A capture is
     * taken to end with its context; what real drivers do then is written nowhere.
     */
    void unsafe(String call, int thread, Threads threads) {
        Capture.Mode own = threads.mode(thread);
        for (Capture capture : captures) {
            boolean bound = switch (own) {
                case GLOBAL -> capture.mode() == Capture.Mode.GLOBAL || capture.mode() == Capture.Mode.THREAD_LOCAL
                        && capture.thread() == thread;
                case THREAD_LOCAL -> capture.thread() == thread && capture.mode() != Capture.Mode.RELAXED;
                case RELAXED -> false;
            };
            if (bound && capture.origin().context().broken() == Status.SUCCESS) {
                throw illegal(call, capture, Status.CAPTURE_UNSUPPORTED, call + " while " + capture.origin() + " is being captured");
            }
        }
    }

    /** Refuses to wait for a context one of whose streams is being captured. */
    void notCapturing(String call, Context context) {
        for (Stream stream : context.allStreams()) {
            if (stream.capture() != null) {
                throw illegal(call, stream.capture(), Status.CAPTURE_UNSUPPORTED, call + " while " + stream + " is being captured");
            }
        }
    }

    /** Refuses to wait for a stream that is being captured. */
    void notCapturing(String call, Stream stream) {
        if (capturing(call, stream) != null) {
            throw illegal(call, stream.capture(), Status.CAPTURE_UNSUPPORTED, call + " on " + stream + ", which is being captured");
        }
    }

    /** Refuses to wait for an event that was recorded in a capture. */
    void notCapturing(String call, Event event) {
        if (event.capture() != null) {
            throw illegal(call, event.capture(), Status.CAPTURED_EVENT, call + " on " + event.name() + ", which was recorded in a capture");
        }
    }

    private CudaError illegal(String call, Capture capture, int status, String message) {
        capture.spoil();
        return refuse(call, status, message);
    }

    private CudaError refuse(String call, int status, String message) {
        reports.add(new Report(Report.Rule.CAPTURE, message, "in " + Driver.plain(call)), call + message);
        return new CudaError(status, message);
    }

    void destroy(Stream stream) {
        if (stream.capture() != null) {
            stream.capture().spoil();
        }
        stream.context().streams().remove(stream);
        handles.remove(stream.handle(), stream.name() + ", which was destroyed");
        clocks.close(stream.chain());
    }
}

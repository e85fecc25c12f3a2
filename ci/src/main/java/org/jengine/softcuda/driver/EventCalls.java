package org.jengine.softcuda.driver;

import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** Events: marks in streams, and the time between them by the cost model. */
final class EventCalls {
    private static final int NO_TIMING = 2;
    private static final int FLAGS = 7;
    private static final double MILLIS = 1e3;

    private final Driver driver;
    private int events;

    EventCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuEventCreate", (request, reply) -> {
            Context context = driver.context(request);
            int flags = request.i32();
            if ((flags & ~FLAGS) != 0) {
                throw new CudaError(Status.INVALID_VALUE, "there are no such flags for an event: " + flags);
            }
            reply.i64(driver.handles().add(new Event(context, (flags & NO_TIMING) == 0, "event " + ++events)));
            return Status.SUCCESS;
        });
        driver.add(calls, "cuEventDestroy_v2", (request, reply) -> {
            driver.context(request);
            long handle = request.i64();
            Event event = driver.handles().get(request.name(), handle, Event.class);
            driver.handles().remove(handle, event.name() + ", which was destroyed");
            return Status.SUCCESS;
        });
        driver.add(calls, "cuEventRecord", (request, reply) -> record(request));
        driver.add(calls, "cuEventRecordWithFlags", (request, reply) -> record(request));
        driver.add(calls, "cuEventQuery", (request, reply) -> {
            Event event = find(request);
            driver.scheduler().mayPerform();
            Task record = event.record();
            if (record != null && record.done()) {
                driver.scheduler().know(record);
            }
            Driver.requireWhole(event.context());
            return record == null || record.done() ? Status.SUCCESS : Status.NOT_READY;
        });
        driver.add(calls, "cuEventSynchronize", (request, reply) -> {
            Event event = find(request);
            if (event.record() != null) {
                driver.scheduler().givingWay(() -> driver.scheduler().finish(event.record()));
            }
            Driver.requireWhole(event.context());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuEventElapsedTime", this::elapsed);
    }

    private Event find(Request request) {
        driver.context(request);
        Event event = driver.handles().get(request.name(), request.i64(), Event.class);
        driver.streams().notCapturing(request.name(), event);
        return event;
    }

    private int record(Request request) {
        driver.context(request);
        Event event = driver.handles().get(request.name(), request.i64(), Event.class);
        Stream stream = driver.stream(request, request.i64());
        if (stream.context() != event.context()) {
            throw new CudaError(Status.INVALID_HANDLE, event.name() + " belongs to another context than " + stream);
        }
        driver.streams().record(request.name(), event, stream);
        return Status.SUCCESS;
    }

    private int elapsed(Request request, Reply reply) {
        Event start = find(request);
        Event end = find(request);
        if (!start.timed() || !end.timed() || start.record() == null || end.record() == null) {
            throw new CudaError(Status.INVALID_HANDLE, "time is measured between events that were made for that and recorded");
        }
        if (!start.record().done() || !end.record().done()) {
            return Status.NOT_READY;
        }
        reply.f32((float) ((end.record().end() - start.record().end()) * MILLIS));
        return Status.SUCCESS;
    }
}

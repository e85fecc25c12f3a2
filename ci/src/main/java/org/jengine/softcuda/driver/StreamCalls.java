package org.jengine.softcuda.driver;

import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** Streams: life, waiting, callbacks, capture. */
final class StreamCalls {
    private static final int NON_BLOCKING = 1;
    private static final int GREATEST_PRIORITY = -5;

    private final Driver driver;

    StreamCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuStreamCreate", (request, reply) -> create(request, reply, request.i32(), 0));
        driver.add(calls, "cuStreamCreateWithPriority", (request, reply) -> {
            int flags = request.i32();
            return create(request, reply, flags, request.i32());
        });
        driver.add(calls, "cuStreamDestroy_v2", this::destroy);
        driver.add(calls, "cuStreamGetPriority", (request, reply) -> {
            reply.i32(find(request).priority());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuStreamGetFlags", (request, reply) -> {
            reply.i32(find(request).kind() == Stream.Kind.NON_BLOCKING ? NON_BLOCKING : 0);
            return Status.SUCCESS;
        });
        driver.add(calls, "cuStreamGetId", (request, reply) -> {
            Stream stream = find(request);
            reply.i64(stream.chain() + 1);
            return Status.SUCCESS;
        });
        driver.add(calls, "cuStreamGetCtx", (request, reply) -> {
            reply.i64(find(request).context().handle());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuStreamQuery", this::query);
        driver.add(calls, "cuStreamSynchronize", this::synchronise);
        driver.add(calls, "cuStreamWaitEvent", (request, reply) -> {
            Stream stream = find(request);
            Event event = driver.handles().get(request.name(), request.i64(), Event.class);
            if ((request.i32() & ~1) != 0) {
                throw new CudaError(Status.INVALID_VALUE, "there are no such flags for waiting");
            }
            driver.streams().await(request.name(), stream, event);
            return Status.SUCCESS;
        });
        driver.add(calls, "cuStreamAddCallback", this::callback);
        provideCapture(calls);
    }

    private void provideCapture(CallTable calls) {
        driver.add(calls, "cuStreamBeginCapture_v2", (request, reply) -> {
            Stream stream = find(request);
            driver.streams().begin(request.name(), stream, mode(request.i32()), request.thread());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuStreamEndCapture", (request, reply) -> {
            reply.i64(driver.streams().end(request.name(), find(request), request.thread()).handle());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuStreamIsCapturing", (request, reply) -> {
            Capture capture = find(request).capture();
            reply.i32(capture == null ? 0 : capture.valid() ? 1 : 2);
            return Status.SUCCESS;
        });
        driver.add(calls, "cuThreadExchangeStreamCaptureMode", (request, reply) -> {
            Capture.Mode before = driver.threads().mode(request.thread());
            driver.threads().mode(request.thread(), mode(request.i32()));
            reply.i32(before.ordinal());
            return Status.SUCCESS;
        });
    }

    private Stream find(Request request) {
        return driver.stream(request, request.i64());
    }

    private static Capture.Mode mode(int number) {
        if (number < 0 || number >= Capture.Mode.values().length) {
            throw new CudaError(Status.INVALID_VALUE, "there is no capture mode " + number);
        }
        return Capture.Mode.values()[number];
    }

    private int create(Request request, Reply reply, int flags, int priority) {
        Context context = driver.context(request);
        if ((flags & ~NON_BLOCKING) != 0) {
            throw new CudaError(Status.INVALID_VALUE, "there are no such flags for a stream: " + flags);
        }
        reply.i64(driver.streams().create(context, flags == 0 ? Stream.Kind.BLOCKING : Stream.Kind.NON_BLOCKING,
                Math.max(GREATEST_PRIORITY, Math.min(0, priority))).handle());
        return Status.SUCCESS;
    }

    /** What is in the stream is still done. */
    private int destroy(Request request, Reply reply) {
        Stream stream = find(request);
        if (stream.handle() <= 2) {
            throw new CudaError(Status.INVALID_HANDLE, stream + " cannot be destroyed");
        }
        driver.streams().destroy(stream);
        return Status.SUCCESS;
    }

    private int query(Request request, Reply reply) {
        Stream stream = find(request);
        driver.streams().notCapturing(request.name(), stream);
        driver.scheduler().mayPerform();
        boolean done = driver.streams().finished(stream);
        Driver.requireWhole(stream.context());
        return done ? Status.SUCCESS : Status.NOT_READY;
    }

    private int synchronise(Request request, Reply reply) {
        Stream stream = find(request);
        driver.streams().notCapturing(request.name(), stream);
        driver.scheduler().givingWay(() -> driver.streams().finish(stream));
        Driver.requireWhole(stream.context());
        return Status.SUCCESS;
    }

    /** The callback gets the stream, the status and the program's own value. */
    private int callback(Request request, Reply reply) {
        long handle = request.i64();
        Stream stream = driver.stream(request, handle);
        long function = request.i64();
        long data = request.i64();
        if (request.i32() != 0) {
            throw new CudaError(Status.INVALID_VALUE, "cuStreamAddCallback takes no flags");
        }
        if (driver.streams().capturing(request.name(), stream) != null) {
            driver.streams().notCapturing(request.name(), stream);
        }
        driver.submit(request, stream, GraphNode.Type.HOST, new HostOperation("a callback", driver.setup().host(), function,
                new long[] {handle, Status.SUCCESS, data}));
        return Status.SUCCESS;
    }
}

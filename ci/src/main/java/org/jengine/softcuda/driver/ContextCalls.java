package org.jengine.softcuda.driver;

import java.util.Map;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** Contexts: making them, having them current, waiting for all that they have. */
final class ContextCalls {
    private static final int API_VERSION = 3020;
    private static final int MOST_FLAGS = 0xff;
    private static final int GREATEST_PRIORITY = -5;
    /** What a fresh context answers for CUlimit: stack, printf, heap, depth of synchronising, pending launches, L2 fetch, L2 persisting. */
    private static final Map<Integer, Long> LIMITS = Map.of(0, 1024L, 1, 7340032L, 2, 8388608L, 3, 2L, 4, 2048L, 5, 64L, 6, 0L);

    private final Driver driver;

    ContextCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuCtxCreate_v2", this::create);
        driver.add(calls, "cuCtxDestroy_v2", (request, reply) -> destroy(request));
        driver.add(calls, "cuCtxAttach", (request, reply) -> handle(reply, driver.context(request)));
        driver.add(calls, "cuCtxDetach", (request, reply) -> destroy(request));
        driver.add(calls, "cuCtxPushCurrent_v2", (request, reply) -> {
            driver.threads().push(request.thread(), find(request, request.i64()));
            return Status.SUCCESS;
        });
        driver.add(calls, "cuCtxPopCurrent_v2", (request, reply) -> {
            Context popped = driver.threads().pop(request.thread());
            if (popped == null) {
                throw new CudaError(Status.INVALID_CONTEXT, "no context is current to the thread");
            }
            return handle(reply, popped);
        });
        driver.add(calls, "cuCtxSetCurrent", (request, reply) -> {
            long handle = request.i64();
            driver.threads().set(request.thread(), handle == 0 ? null : find(request, handle));
            return Status.SUCCESS;
        });
        driver.add(calls, "cuCtxGetCurrent", (request, reply) -> handle(reply, driver.threads().current(request.thread())));
        driver.add(calls, "cuCtxGetDevice", (request, reply) -> value(reply, driver.context(request).device().ordinal()));
        driver.add(calls, "cuCtxGetFlags", (request, reply) -> value(reply, driver.context(request).flags()));
        driver.add(calls, "cuCtxGetId", (request, reply) -> {
            reply.i64(of(request).handle() >>> 4);
            return Status.SUCCESS;
        });
        driver.add(calls, "cuCtxGetApiVersion", (request, reply) -> {
            of(request);
            return value(reply, API_VERSION);
        });
        driver.add(calls, "cuCtxSynchronize", (request, reply) -> {
            Context context = driver.context(request);
            driver.streams().notCapturing(request.name(), context);
            driver.scheduler().givingWay(() -> driver.streams().finish(context));
            Driver.requireWhole(context);
            return Status.SUCCESS;
        });
        provideSettings(calls);
        providePeers(calls);
        providePrimary(calls);
    }

    private void provideSettings(CallTable calls) {
        driver.add(calls, "cuCtxGetLimit", (request, reply) -> {
            Context context = driver.context(request);
            int limit = known(request.i32());
            reply.i64(context.limits().getOrDefault(limit, LIMITS.get(limit)));
            return Status.SUCCESS;
        });
        driver.add(calls, "cuCtxSetLimit", (request, reply) -> {
            driver.context(request).limits().put(known(request.i32()), request.i64());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuCtxGetCacheConfig", (request, reply) -> value(reply, driver.context(request).cacheConfig()));
        driver.add(calls, "cuCtxSetCacheConfig", (request, reply) -> {
            driver.context(request).cacheConfig(request.i32());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuCtxGetSharedMemConfig", (request, reply) -> value(reply, Math.max(1, driver.context(request).sharedConfig())));
        driver.add(calls, "cuCtxSetSharedMemConfig", (request, reply) -> {
            driver.context(request).sharedConfig(request.i32());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuCtxGetStreamPriorityRange", (request, reply) -> {
            driver.context(request);
            reply.i32(0);
            return value(reply, GREATEST_PRIORITY);
        });
        driver.add(calls, "cuProfilerInitialize", (request, reply) -> Status.NOT_SUPPORTED);
        driver.add(calls, "cuProfilerStart", (request, reply) -> Status.SUCCESS);
        driver.add(calls, "cuProfilerStop", (request, reply) -> Status.SUCCESS);
    }

    private void providePeers(CallTable calls) {
        driver.add(calls, "cuCtxEnablePeerAccess", (request, reply) -> {
            Context context = driver.context(request);
            Context peer = find(request, request.i64());
            if (request.i32() != 0 || peer.device() == context.device()) {
                throw new CudaError(Status.INVALID_DEVICE, "peers are contexts of different devices");
            }
            if (!context.peers().add(peer)) {
                throw new CudaError(Status.PEER_ACCESS_ALREADY_ENABLED, "the contexts are peers already");
            }
            return Status.SUCCESS;
        });
        driver.add(calls, "cuCtxDisablePeerAccess", (request, reply) -> {
            if (!driver.context(request).peers().remove(find(request, request.i64()))) {
                throw new CudaError(Status.PEER_ACCESS_NOT_ENABLED, "the contexts are no peers");
            }
            return Status.SUCCESS;
        });
    }

    private void providePrimary(CallTable calls) {
        driver.add(calls, "cuDevicePrimaryCtxRetain", (request, reply) -> {
            Device device = driver.device(request.i32());
            if (device.primary() == null) {
                device.primary(driver.create(device, device.primaryFlags()), 0);
            }
            device.primary(device.primary(), device.primaryUsers() + 1);
            return handle(reply, device.primary());
        });
        driver.add(calls, "cuDevicePrimaryCtxRelease_v2", (request, reply) -> {
            Device device = driver.device(request.i32());
            if (device.primary() == null) {
                throw new CudaError(Status.INVALID_CONTEXT, "nobody has the primary context of " + device);
            }
            device.primary(device.primary(), device.primaryUsers() - 1);
            return device.primaryUsers() > 0 ? Status.SUCCESS : end(request, device);
        });
        driver.add(calls, "cuDevicePrimaryCtxReset_v2", (request, reply) -> {
            Device device = driver.device(request.i32());
            return device.primary() == null ? Status.SUCCESS : end(request, device);
        });
        driver.add(calls, "cuDevicePrimaryCtxSetFlags_v2", (request, reply) -> {
            Device device = driver.device(request.i32());
            device.primaryFlags(request.i32());
            if (device.primary() != null) {
                device.primary().flags(device.primaryFlags());
            }
            return Status.SUCCESS;
        });
        driver.add(calls, "cuDevicePrimaryCtxGetState", (request, reply) -> {
            Device device = driver.device(request.i32());
            reply.i32(device.primaryFlags());
            return value(reply, device.primary() == null ? 0 : 1);
        });
    }

    private int end(Request request, Device device) {
        driver.destroy(device.primary(), request.name());
        device.primary(null, 0);
        return Status.SUCCESS;
    }

    private int create(Request request, Reply reply) {
        int flags = request.i32();
        Device device = driver.device(request.i32());
        if ((flags & ~MOST_FLAGS) != 0) {
            throw new CudaError(Status.INVALID_VALUE, "there are no such flags for a context: " + flags);
        }
        Context made = driver.create(device, flags);
        driver.threads().push(request.thread(), made);
        return handle(reply, made);
    }

    /** A context that was ended by a fault can be destroyed like any other. */
    private int destroy(Request request) {
        Context context = find(request, request.i64());
        if (context.device().primary() == context) {
            throw new CudaError(Status.INVALID_CONTEXT, "the primary context is released, not destroyed");
        }
        driver.destroy(context, request.name());
        if (driver.threads().current(request.thread()) == context) {
            driver.threads().pop(request.thread());
        }
        return Status.SUCCESS;
    }

    private Context find(Request request, long handle) {
        return driver.handles().get(request.name(), handle, Context.class);
    }

    /** The context of a handle, or the current one where the handle is null. */
    private Context of(Request request) {
        long handle = request.i64();
        return handle == 0 ? driver.context(request) : find(request, handle);
    }

    private static int known(int limit) {
        if (!LIMITS.containsKey(limit)) {
            throw new CudaError(Status.UNSUPPORTED_LIMIT, "there is no limit " + limit);
        }
        return limit;
    }

    private static int handle(Reply reply, Context context) {
        reply.i64(context == null ? 0 : context.handle());
        return Status.SUCCESS;
    }

    private static int value(Reply reply, int value) {
        reply.i32(value);
        return Status.SUCCESS;
    }
}

package org.jengine.softcuda.driver;

import java.util.function.Consumer;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/** Device memory: at once, and in the order of streams. */
final class MemoryCalls {
    /** Rows start at multiples of it, as the texture alignment asks. */
    private static final long PITCH = 512;
    private static final int ATTACH_FLAGS = 3;

    /** A pool that the program made; it holds nothing back, so only its life matters. */
    private record Pool(Device device) {
    }

    private final Driver driver;

    MemoryCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuMemGetInfo_v2", (request, reply) -> {
            Device device = driver.context(request).device();
            reply.i64(device.free()).i64(device.profile().memory());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuMemAlloc_v2", (request, reply) -> {
            reply.i64(allocate(request, Allocation.Kind.DEVICE, request.i64()).base());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuMemAllocPitch_v2", this::pitched);
        driver.add(calls, "cuMemAllocManaged", this::managed);
        driver.add(calls, "cuMemFree_v2", this::free);
        driver.add(calls, "cuMemAllocAsync", (request, reply) -> {
            long bytes = request.i64();
            return allocateIn(request, reply, bytes, request.i64());
        });
        driver.add(calls, "cuMemAllocFromPoolAsync", (request, reply) -> {
            long bytes = request.i64();
            driver.handles().get(request.name(), request.i64(), Pool.class);
            return allocateIn(request, reply, bytes, request.i64());
        });
        driver.add(calls, "cuMemFreeAsync", this::freeIn);
        driver.add(calls, "cuMemPoolCreate", (request, reply) -> {
            reply.i64(driver.handles().add(new Pool(driver.context(request).device())));
            return Status.SUCCESS;
        });
        driver.add(calls, "cuMemPoolDestroy", (request, reply) -> {
            long handle = request.i64();
            driver.handles().get(request.name(), handle, Pool.class);
            driver.handles().remove(handle, "a destroyed pool");
            return Status.SUCCESS;
        });
        driver.add(calls, "cuMemPoolTrimTo", (request, reply) -> {
            driver.handles().get(request.name(), request.i64(), Pool.class);
            return Status.SUCCESS;
        });
    }

    private Allocation allocate(Request request, Allocation.Kind kind, long bytes) {
        Context context = driver.context(request);
        driver.streams().unsafe(request.name(), request.thread(), driver.threads());
        return driver.memory().allocate(context, kind, bytes, request.name());
    }

    private int pitched(Request request, Reply reply) {
        long width = request.i64();
        long height = request.i64();
        int element = request.i32();
        if (width <= 0 || height <= 0 || element != 4 && element != 8 && element != 16) {
            throw new CudaError(Status.INVALID_VALUE, "rows of " + width + " bytes with elements of " + element);
        }
        long pitch = (width + PITCH - 1) / PITCH * PITCH;
        reply.i64(allocate(request, Allocation.Kind.DEVICE, Math.multiplyExact(pitch, height)).base()).i64(pitch);
        return Status.SUCCESS;
    }

    private int managed(Request request, Reply reply) {
        Context context = driver.context(request);
        long bytes = request.i64();
        int flags = request.i32();
        if (flags <= 0 || flags > ATTACH_FLAGS) {
            throw new CudaError(Status.INVALID_VALUE, "managed memory is attached globally (1) or to the host (2), not " + flags);
        }
        driver.streams().unsafe(request.name(), request.thread(), driver.threads());
        reply.i64(driver.memory().share(context, Allocation.Kind.MANAGED, bytes, flags, true, request.name()).base());
        return Status.SUCCESS;
    }

    /** Waits for all that the device has to do, as drivers do, but programs should not rely on it. */
    private int free(Request request, Reply reply) {
        Context context = driver.context(request);
        long address = request.i64();
        if (address == 0) {
            return Status.SUCCESS;
        }
        driver.streams().unsafe(request.name(), request.thread(), driver.threads());
        GraphMemory ofGraph = driver.memory().ofGraph(address);
        if (ofGraph != null) {
            // The launch that takes it may still be queued.
            driver.streams().perform(context);
            ofGraph.held(false);
        }
        Memory.Owned one = require(request, address);
        if (one.allocation().kind() == Allocation.Kind.PINNED) {
            throw new CudaError(Status.INVALID_VALUE, one.allocation() + " is freed by cuMemFreeHost");
        }
        driver.freed(request.name(), one);
        Driver.requireWhole(context);
        driver.memory().free(one, request.name());
        return Status.SUCCESS;
    }

    /** The allocation that starts at an address; what else there may be is told as a fault. */
    private Memory.Owned require(Request request, long address) {
        Memory.Owned one = driver.memory().owner(address);
        if (one == null) {
            driver.memory().requireDevice(request.name(), address, 1, true);
        }
        if (one == null || one.allocation().base() != address) {
            throw new CudaError(Status.INVALID_VALUE, "no allocation of the program's starts at 0x" + Long.toHexString(address));
        }
        return one;
    }

    private int allocateIn(Request request, Reply reply, long bytes, long handle) {
        Stream stream = driver.stream(request, handle);
        if (driver.streams().capturing(request.name(), stream) != null) {
            GraphMemory made = driver.memory().reserve(stream.context(), bytes, request.name());
            driver.submit(request, stream, GraphNode.Type.MEM_ALLOC, new GraphMemory.Change(made, true, request.name()));
            reply.i64(made.allocation().base());
            return Status.SUCCESS;
        }
        Allocation made = driver.memory().allocate(stream.context(), Allocation.Kind.ASYNC, bytes, request.name());
        driver.submit(request, stream, GraphNode.Type.EMPTY, change(request.name(), at -> {
            if (made.live()) {
                driver.memory().view().begun(at, made);
            } else {
                driver.setup().reports().add(new Report(Report.Rule.FREED_WHILE_QUEUED, made + " was freed by " + made.freedBy()
                        + ", and nothing orders that after its allocation", "in " + request.name() + " in " + stream), made.label());
            }
        }));
        reply.i64(made.base());
        return Status.SUCCESS;
    }

    private static Operation change(String name, Consumer<Turn> what) {
        return new Operation() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void perform(Turn at) {
                what.accept(at);
            }
        };
    }

    private int freeIn(Request request, Reply reply) {
        Context context = driver.context(request);
        long address = request.i64();
        Stream stream = driver.stream(request, request.i64());
        GraphMemory ofGraph = driver.memory().ofGraph(address);
        boolean captured = driver.streams().capturing(request.name(), stream) != null;
        if (captured && ofGraph == null) {
            throw new CudaError(Status.INVALID_VALUE, "a captured " + request.name() + " frees what a captured call allocated");
        }
        if (ofGraph != null) {
            if (!captured && !ofGraph.held()) {
                throw new CudaError(Status.INVALID_VALUE, ofGraph.allocation() + " is held by no launch of its graph");
            }
            ofGraph.held(ofGraph.held() && captured);
            driver.submit(request, stream, GraphNode.Type.MEM_FREE, new GraphMemory.Change(ofGraph, false, request.name()));
            return Status.SUCCESS;
        }
        Memory.Owned one = require(request, address);
        Driver.requireWhole(context);
        driver.submit(request, stream, GraphNode.Type.EMPTY, change(request.name(), at -> {
            if (one.allocation().live()) {
                driver.memory().view().freed(at, one.allocation());
                driver.memory().free(one, request.name() + " in " + stream);
            }
        }));
        return Status.SUCCESS;
    }
}

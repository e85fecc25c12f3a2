package org.jengine.softcuda.driver;

import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** The program's memory that the device may reach. */
final class HostMemoryCalls {
    private static final int PORTABLE = 1;
    private static final int DEVICE_MAP = 2;
    private static final int WRITE_COMBINED = 4;
    private static final int REGISTER_FLAGS = 0xf;

    private final Driver driver;

    HostMemoryCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuMemAllocHost_v2", (request, reply) -> allocate(request, reply, request.i64(), 0));
        driver.add(calls, "cuMemHostAlloc", (request, reply) -> {
            long bytes = request.i64();
            return allocate(request, reply, bytes, request.i32());
        });
        driver.add(calls, "cuMemFreeHost", this::free);
        driver.add(calls, "cuMemHostRegister_v2", (request, reply) -> {
            Context context = driver.context(request);
            long address = request.i64();
            long bytes = request.i64();
            int flags = request.i32();
            if ((flags & ~REGISTER_FLAGS) != 0) {
                throw new CudaError(Status.INVALID_VALUE, "there are no such flags: " + flags);
            }
            driver.streams().unsafe(request.name(), request.thread(), driver.threads());
            driver.memory().register(context, address, bytes, flags, request.name());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuMemHostUnregister", (request, reply) -> {
            Context context = driver.context(request);
            driver.streams().unsafe(request.name(), request.thread(), driver.threads());
            driver.streams().finish(context);
            driver.memory().unregister(request.i64());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuMemHostGetDevicePointer_v2", (request, reply) -> {
            long address = request.i64();
            Memory.Owned one = pinned(request, address);
            driver.memory().map(one);
            reply.i64(one.allocation().base() + address - one.hostAddress());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuMemHostGetFlags", (request, reply) -> {
            reply.i32(pinned(request, request.i64()).flags());
            return Status.SUCCESS;
        });
    }

    private Memory.Owned pinned(Request request, long address) {
        driver.context(request);
        Memory.Owned one = driver.memory().pinned(address, 1);
        if (one == null || one.allocation().kind() != Allocation.Kind.PINNED) {
            throw new CudaError(Status.INVALID_VALUE, "0x" + Long.toHexString(address) + " is no pinned memory");
        }
        return one;
    }

    private int allocate(Request request, Reply reply, long bytes, int flags) {
        Context context = driver.context(request);
        if ((flags & ~(PORTABLE | DEVICE_MAP | WRITE_COMBINED)) != 0) {
            throw new CudaError(Status.INVALID_VALUE, "there are no such flags: " + flags);
        }
        driver.streams().unsafe(request.name(), request.thread(), driver.threads());
        reply.i64(driver.memory().share(context, Allocation.Kind.PINNED, bytes, flags, (flags & DEVICE_MAP) != 0, request.name()).base());
        return Status.SUCCESS;
    }

    private int free(Request request, Reply reply) {
        Context context = driver.context(request);
        long address = request.i64();
        driver.streams().unsafe(request.name(), request.thread(), driver.threads());
        Memory.Owned one = pinned(request, address);
        if (one.hostAddress() != address || one.allocation().base() != address) {
            throw new CudaError(Status.INVALID_VALUE, "no pinned allocation starts at 0x" + Long.toHexString(address));
        }
        driver.freed(request.name(), one);
        Driver.requireWhole(context);
        driver.memory().free(one, request.name());
        return Status.SUCCESS;
    }
}

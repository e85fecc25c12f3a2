package org.jengine.softcuda.driver;

import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Request;

/** Streams that write a value to memory or wait for one: "Stream Memory Operations" of the CUDA driver API. */
final class ValueCalls {
    private static final int FLUSH = 1 << 30;
    private static final int NO_MEMORY_BARRIER = 1;

    private final Driver driver;

    ValueCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        for (int width : new int[] {Integer.BYTES, Long.BYTES}) {
            int bits = width * Byte.SIZE;
            driver.add(calls, "cuStreamWaitValue" + bits + "_v2", (request, reply) -> {
                Stream stream = driver.stream(request, request.i64());
                return put(request, stream, waiting(request, width));
            });
            driver.add(calls, "cuStreamWriteValue" + bits + "_v2", (request, reply) -> {
                Stream stream = driver.stream(request, request.i64());
                return put(request, stream, writing(request, width));
            });
        }
    }

    private int put(Request request, Stream stream, ValueOperation operation) {
        driver.submit(request, stream, GraphNode.Type.BATCH_MEM_OP, operation);
        return Status.SUCCESS;
    }

    private ValueOperation waiting(Request request, int width) {
        long address = address(request, width, false);
        long value = value(request, width);
        int flags = request.i32();
        int condition = flags & ~FLUSH;
        ValueOperation.Wait.Condition[] conditions = ValueOperation.Wait.Condition.values();
        if (condition < 0 || condition >= conditions.length) {
            throw new CudaError(Status.INVALID_VALUE, "there are no such flags for waiting: " + flags);
        }
        if (condition != flags) {
            throw new CudaError(Status.NOT_SUPPORTED, "the device cannot flush remote writes (CAN_FLUSH_REMOTE_WRITES)");
        }
        return new ValueOperation.Wait(Driver.plain(request.name()), driver.memory(), address, width, value, conditions[condition]);
    }

    private ValueOperation writing(Request request, int width) {
        long address = address(request, width, true);
        long value = value(request, width);
        int flags = request.i32();
        if ((flags & ~NO_MEMORY_BARRIER) != 0) {
            throw new CudaError(Status.INVALID_VALUE, "there are no such flags for writing: " + flags);
        }
        return new ValueOperation.Write(Driver.plain(request.name()), driver.memory(), address, width, value, flags == 0);
    }

    private static long value(Request request, int width) {
        return width == Integer.BYTES ? request.i32() : request.i64();
    }

    /** Values lie at multiples of their size, in memory that is not managed. */
    private long address(Request request, int width, boolean writes) {
        long address = request.i64();
        if (address % width != 0) {
            throw new CudaError(Status.INVALID_VALUE, "0x" + Long.toHexString(address) + " is no multiple of " + width);
        }
        driver.memory().requireDevice(request.name(), address, width, writes);
        Memory.Owned one = driver.memory().owner(address);
        if (one != null && one.allocation().kind() == Allocation.Kind.MANAGED) {
            throw new CudaError(Status.INVALID_VALUE, request.name() + " cannot be used with managed memory");
        }
        return address;
    }
}

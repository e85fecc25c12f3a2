package org.jengine.softcuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** What an address is. */
final class PointerCalls {
    private static final int CONTEXT = 1;
    private static final int MEMORY_TYPE = 2;
    private static final int DEVICE_POINTER = 3;
    private static final int HOST_POINTER = 4;
    private static final int SYNC_MEMOPS = 6;
    private static final int BUFFER_ID = 7;
    private static final int IS_MANAGED = 8;
    private static final int DEVICE_ORDINAL = 9;
    private static final int RANGE_START = 11;
    private static final int RANGE_SIZE = 12;
    private static final int MAPPED = 13;
    private static final int HOST = 1;
    private static final int DEVICE = 2;

    private final Driver driver;

    PointerCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuMemGetAddressRange_v2", (request, reply) -> {
            driver.context(request);
            long address = request.i64();
            Allocation found = driver.memory().space().find(address, 1);
            if (found == null) {
                throw new CudaError(Status.NOT_FOUND, "0x" + Long.toHexString(address) + " is in no allocation");
            }
            reply.i64(found.base()).i64(found.bytes());
            return Status.SUCCESS;
        });
        driver.add(calls, "cuPointerSetAttribute", this::set);
        driver.add(calls, "cuPointerGetAttribute", (request, reply) -> attribute(request, reply, true));
        driver.add(calls, "softcudaPointerAttribute", (request, reply) -> attribute(request, reply, false));
    }

    /** Only this attribute may be set. What is under way when it is set has ended when the call returns. */
    private int set(Request request, Reply reply) {
        Context context = driver.context(request);
        byte[] value = request.bytes();
        int attribute = request.i32();
        Memory.Owned one = driver.memory().owner(request.i64());
        if (value == null || attribute != SYNC_MEMOPS || one == null) {
            throw new CudaError(Status.INVALID_VALUE, "pointer attribute " + attribute + " cannot be set there");
        }
        int sync = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (sync != 0 && sync != 1) {
            throw new CudaError(Status.INVALID_VALUE, "the attribute is 0 or 1, not " + sync);
        }
        driver.streams().unsafe(request.name(), request.thread(), driver.threads());
        driver.memory().synchronous(one.allocation(), sync == 1);
        driver.streams().finish(context.legacy());
        return Status.SUCCESS;
    }

    private int attribute(Request request, Reply reply, boolean required) {
        int attribute = request.i32();
        long address = request.i64();
        boolean small = attribute == MEMORY_TYPE || attribute == SYNC_MEMOPS || attribute == IS_MANAGED || attribute == DEVICE_ORDINAL
                || attribute == MAPPED;
        if (!small && attribute != CONTEXT && attribute != DEVICE_POINTER && attribute != HOST_POINTER && attribute != BUFFER_ID
                && attribute != RANGE_START && attribute != RANGE_SIZE) {
            throw new CudaError(Status.NOT_SUPPORTED, "pointer attribute " + attribute + " is not provided");
        }
        Memory.Owned one = driver.memory().owner(address);
        Memory.Owned pinned = driver.memory().pinned(address, 1);
        one = one == null ? pinned : one;
        if (one == null && required) {
            throw new CudaError(Status.INVALID_VALUE, "0x" + Long.toHexString(address) + " is nothing that the driver knows");
        }
        long value = one == null ? attribute == DEVICE_ORDINAL ? -2 : 0 : value(attribute, address, one);
        ByteBuffer out = ByteBuffer.allocate(small ? Integer.BYTES : Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        reply.bytes((small ? out.putInt((int) value) : out.putLong(value)).array());
        return Status.SUCCESS;
    }

    private long value(int attribute, long address, Memory.Owned one) {
        Allocation allocation = one.allocation();
        boolean isDevice = address >= allocation.base() && allocation.holds(address, 1);
        long offset = address - (isDevice ? allocation.base() : one.hostAddress());
        return switch (attribute) {
            case CONTEXT -> one.context().handle();
            case MEMORY_TYPE -> allocation.kind() == Allocation.Kind.PINNED ? HOST : DEVICE;
            case DEVICE_POINTER -> allocation.base() + offset;
            case HOST_POINTER -> {
                if (one.hostAddress() == 0) {
                    throw new CudaError(Status.INVALID_VALUE, allocation + " is not in the program's reach");
                }
                yield one.hostAddress() + offset;
            }
            case SYNC_MEMOPS -> driver.memory().synchronous(allocation.base()) ? 1 : 0;
            case IS_MANAGED -> allocation.kind() == Allocation.Kind.MANAGED ? 1 : 0;
            case DEVICE_ORDINAL -> one.context().device().ordinal();
            case BUFFER_ID -> allocation.base() >>> 9;
            case RANGE_START -> isDevice ? allocation.base() : one.hostAddress();
            case RANGE_SIZE -> allocation.bytes();
            case MAPPED -> 1;
            default -> 0;
        };
    }
}

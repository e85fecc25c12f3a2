package org.jengine.softcuda.driver;

import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.HostMemoryException;
import org.jengine.softcuda.wire.Request;

/** Copies of all forms. */
final class CopyCalls {
    private final Driver driver;

    CopyCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        linear(calls, "cuMemcpyHtoD_v2", true, false, false);
        linear(calls, "cuMemcpyHtoDAsync_v2", true, false, true);
        linear(calls, "cuMemcpyDtoH_v2", false, true, false);
        linear(calls, "cuMemcpyDtoHAsync_v2", false, true, true);
        linear(calls, "cuMemcpyDtoD_v2", false, false, false);
        linear(calls, "cuMemcpyDtoDAsync_v2", false, false, true);
        driver.add(calls, "cuMemcpy", (request, reply) -> unified(request, false));
        driver.add(calls, "cuMemcpyAsync", (request, reply) -> unified(request, true));
        driver.add(calls, "cuMemcpyPeer", (request, reply) -> peer(request, false));
        driver.add(calls, "cuMemcpyPeerAsync", (request, reply) -> peer(request, true));
        driver.add(calls, "cuMemcpy2D_v2", (request, reply) -> copy(request, Copy.of2d(request.bytes(), driver.memory()), false));
        driver.add(calls, "cuMemcpy2DUnaligned_v2", (request, reply) -> copy(request, Copy.of2d(request.bytes(), driver.memory()), false));
        driver.add(calls, "cuMemcpy2DAsync_v2", (request, reply) -> copy(request, Copy.of2d(request.bytes(), driver.memory()), true));
        driver.add(calls, "cuMemcpy3D_v2", (request, reply) -> copy(request, Copy.of3d(request.bytes(), driver.memory()), false));
        driver.add(calls, "cuMemcpy3DAsync_v2", (request, reply) -> copy(request, Copy.of3d(request.bytes(), driver.memory()), true));
    }

    private void linear(CallTable calls, String name, boolean fromHost, boolean toHost, boolean later) {
        driver.add(calls, name, (request, reply) -> {
            long to = request.i64();
            long from = request.i64();
            return copy(request, Copy.linear(fromHost, from, toHost, to, request.i64()), later);
        });
    }

    /** Addresses say by themselves what they are. */
    private int unified(Request request, boolean later) {
        long to = request.i64();
        long from = request.i64();
        return copy(request, Copy.linear(isHost(from), from, isHost(to), to, request.i64()), later);
    }

    /** Pinned memory is the program's though the device has it at the same address. */
    private boolean isHost(long address) {
        Memory.Owned one = driver.memory().pinned(address, 1);
        return one == null ? !driver.memory().space().isDevice(address) : one.allocation().kind() == Allocation.Kind.PINNED;
    }

    private int peer(Request request, boolean later) {
        long to = request.i64();
        driver.handles().get(request.name(), request.i64(), Context.class);
        long from = request.i64();
        driver.handles().get(request.name(), request.i64(), Context.class);
        return copy(request, Copy.linear(false, from, false, to, request.i64()), later);
    }

    /** The request has nothing more than the stream, if the copy has one. */
    private int copy(Request request, Copy copy, boolean later) {
        Context context = driver.context(request);
        Stream stream = later ? driver.stream(request, request.i64()) : context.legacy();
        require(driver, request.name(), copy);
        if (!later) {
            driver.streams().unsafe(request.name(), request.thread(), driver.threads());
        }
        if (copy.bytes() == 0) {
            return Status.SUCCESS;
        }
        boolean fromPageable = pageable(copy, copy.from());
        boolean toPageable = pageable(copy, copy.to());
        boolean captured = stream.capture() != null;
        try {
            if (captured || later && !fromPageable && !toPageable) {
                driver.submit(request, stream, GraphNode.Type.MEMCPY, CopyOperation.later(request.name(), copy, driver.memory()));
            } else if (later && !toPageable) {
                driver.submit(request, stream, GraphNode.Type.MEMCPY, CopyOperation.staged(request.name(), copy, driver.memory()));
            } else if (!later && !copy.from().host() && !copy.to().host() && !driver.memory().synchronous(copy.to().address())
                    && !driver.memory().synchronous(copy.from().address())) {
                // Between places on the device no call waits.
                driver.submit(request, stream, GraphNode.Type.MEMCPY, CopyOperation.plain(request.name(), copy, driver.memory()));
            } else {
                driver.perform(request, stream, GraphNode.Type.MEMCPY, CopyOperation.plain(request.name(), copy, driver.memory()));
            }
        } catch (HostMemoryException e) {
            throw new CudaError(Status.INVALID_VALUE, request.name() + ": " + e.getMessage());
        }
        return Status.SUCCESS;
    }

    /** Whether a side is memory that the program has not pinned: no copy uses that after its call has returned. */
    private boolean pageable(Copy copy, Copy.Side side) {
        return side.host() && driver.memory().pinned(side.address(), copy.span(side)) == null;
    }

    /**
     * Refuses a copy that could not be done.
     *
     * @throws CudaError with the driver's status; a fault of the program was told
     */
    static void require(Driver driver, String call, Copy copy) {
        if (copy == null) {
            throw new CudaError(Status.NOT_SUPPORTED, call + " with CUDA arrays is not provided");
        }
        if (copy.width() < 0 || copy.height() < 0 || copy.depth() < 0 || copy.height() > 1 && (copy.from().pitch() < copy.width()
                || copy.to().pitch() < copy.width())) {
            throw new CudaError(Status.INVALID_VALUE, call + ": rows of " + copy.width() + " bytes at " + copy.from().pitch() + " and "
                    + copy.to().pitch() + " bytes from each other");
        }
        require(driver, call, copy, copy.from(), false);
        require(driver, call, copy, copy.to(), true);
    }

    private static void require(Driver driver, String call, Copy copy, Copy.Side side, boolean writes) {
        if (side.host()) {
            driver.memory().requireHost(call, side.address(), copy.span(side), writes);
        } else {
            driver.memory().requireDevice(call, side.address(), copy.span(side), writes);
        }
    }
}

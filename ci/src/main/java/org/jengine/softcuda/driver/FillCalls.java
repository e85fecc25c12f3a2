package org.jengine.softcuda.driver;

import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Request;

/** Fills with values of 8, 16 and 32 bits, of runs and of rows. None of them makes the program wait. */
final class FillCalls {
    private static final int BITS = 8;

    private final Driver driver;

    FillCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        for (int width = 1; width <= Integer.BYTES; width *= 2) {
            int bytes = width;
            String form = String.valueOf(bytes * BITS);
            driver.add(calls, "cuMemsetD" + form + "_v2", (request, reply) -> run(request, bytes, false));
            driver.add(calls, "cuMemsetD" + form + "Async", (request, reply) -> run(request, bytes, true));
            driver.add(calls, "cuMemsetD2D" + form + "_v2", (request, reply) -> rows(request, bytes, false));
            driver.add(calls, "cuMemsetD2D" + form + "Async", (request, reply) -> rows(request, bytes, true));
        }
    }

    private int run(Request request, int width, boolean inStream) {
        long address = request.i64();
        int value = request.i32();
        long count = request.i64();
        return fill(request, new FillOperation(Driver.plain(request.name()), driver.memory(), address, count * width, value, width, count,
                1), inStream);
    }

    private int rows(Request request, int width, boolean inStream) {
        long address = request.i64();
        long pitch = request.i64();
        int value = request.i32();
        long count = request.i64();
        return fill(request, new FillOperation(Driver.plain(request.name()), driver.memory(), address, pitch, value, width, count,
                request.i64()), inStream);
    }

    private int fill(Request request, FillOperation fill, boolean inStream) {
        Context context = driver.context(request);
        Stream stream = inStream ? driver.stream(request, request.i64()) : context.legacy();
        require(driver, request.name(), fill);
        if (!inStream && driver.memory().synchronous(fill.address())) {
            driver.perform(request, stream, GraphNode.Type.MEMSET, fill);
        } else if (fill.span() > 0) {
            driver.submit(request, stream, GraphNode.Type.MEMSET, fill);
        }
        return Status.SUCCESS;
    }

    /**
     * Refuses a fill that could not be done.
     *
     * @throws CudaError with the driver's status; a fault of the program was told
     */
    static void require(Driver driver, String call, FillOperation fill) {
        boolean width = fill.width() == 1 || fill.width() == 2 || fill.width() == 4;
        if (!width || fill.address() % fill.width() != 0 || fill.count() < 0 || fill.rows() < 0 || fill.rows() > 1
                && (fill.pitch() % fill.width() != 0 || fill.pitch() < fill.count() * fill.width())) {
            throw new CudaError(Status.INVALID_VALUE, call + " of values of " + fill.width() + " bytes at 0x"
                    + Long.toHexString(fill.address()) + ", rows at " + fill.pitch() + " bytes");
        }
        driver.memory().requireDevice(call, fill.address(), fill.span(), true);
    }
}

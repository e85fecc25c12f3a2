package org.jengine.softcuda.blas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;
import org.jengine.softcuda.work.Cost;
import org.jengine.softcuda.work.Submitter;
import org.jengine.softcuda.work.Turn;

/** The arguments of one call that has a handle, read in the order of the C signature, and ways to end the call. */
final class Arguments {
    private static final int HOST_SCALAR = 1;
    private static final int DEVICE_SCALAR = 2;

    private final Request request;
    private final Reply reply;
    private final Handle handle;
    private final View view;
    private final Submitter submitter;

    Arguments(Request request, Reply reply, Handle handle, View view, Submitter submitter) {
        this.request = request;
        this.reply = reply;
        this.handle = handle;
        this.view = view;
        this.submitter = submitter;
    }

    Handle handle() {
        return handle;
    }

    View view() {
        return view;
    }

    String name() {
        return request.name();
    }

    Reply reply() {
        return reply;
    }

    int i32() {
        return request.i32();
    }

    long i64() {
        return request.i64();
    }

    /** A size, a leading dimension or a step, which the _64 calls have with 64 bits. */
    int size() {
        long value = request.i64();
        if (value != (int) value) {
            throw Status.unsupported(name() + ": " + value + " is too large");
        }
        return (int) value;
    }

    /** cublasOperation_t: whether it transposes. */
    boolean transposed() {
        int operation = request.i32();
        require(operation >= 0 && operation <= 2, "operation " + operation);
        return operation != 0;
    }

    /** One of two values of an enum: whether it is the second. */
    boolean second(String what) {
        int value = request.i32();
        require(value == 0 || value == 1, what + " " + value);
        return value == 1;
    }

    /** A type of data that must be one that is provided. */
    DataType type() {
        return typed(request.i32());
    }

    DataType typed(int number) {
        DataType type = DataType.ofCuda(number);
        if (type == null) {
            throw Status.unsupported(name() + ": data type " + number);
        }
        return type;
    }

    /**
     * alpha or beta, as the C side sends it; null if the program passed a null pointer. Its type may be known only later: see
     * {@link #scalar(Object, DataType)}.
     */
    Object scalar() {
        int kind = request.i32();
        return switch (kind) {
            case HOST_SCALAR -> request.bytes();
            case DEVICE_SCALAR -> request.i64();
            default -> null;
        };
    }

    Scalar scalar(Object raw, DataType type) {
        require(raw != null, "a null scalar");
        if (raw instanceof Long address) {
            return new Scalar(0, address, type);
        }
        return new Scalar(type.decode((byte[]) raw, 0), 0, type);
    }

    Scalar scalar(DataType type) {
        return scalar(scalar(), type);
    }

    /** @throws CudaError if the value is not allowed */
    void require(boolean allowed, String what) {
        if (!allowed) {
            throw Status.invalid(name() + ": " + what);
        }
    }

    void support(boolean provided, String what) {
        if (!provided) {
            throw Status.unsupported(name() + ": " + what);
        }
    }

    /** Puts work into the handle's stream that takes a GPU next to nothing. */
    void submit(Consumer<Turn> body) {
        submit(body, Cost.NONE);
    }

    /**
     * Puts the work into the handle's stream.
     *
     * @param addresses of its operands
     */
    void submit(Consumer<Turn> body, Cost cost, long... addresses) {
        try {
            submitter.submit(request.thread(), handle.stream(), new Task(name(), body, cost, addresses));
        } catch (CudaError e) {
            throw new CudaError(Status.EXECUTION_FAILED, e.getMessage());
        }
    }

    /**
     * Puts work into the stream whose result goes where the program wants it: into device memory when the work is performed, or into host
     * memory, and then
     * the call waits.
     */
    void result(long address, Function<Turn, byte[]> body) {
        require(address != 0, "a null result");
        if (handle.devicePointers()) {
            submit(turn -> view.writeBytes(turn, address, body.apply(turn)));
            reply.bytes(new byte[0]);
            return;
        }
        byte[][] result = new byte[1][];
        submit(turn -> result[0] = body.apply(turn));
        try {
            submitter.await(request.thread(), handle.stream());
        } catch (CudaError e) {
            throw new CudaError(Status.EXECUTION_FAILED, e.getMessage());
        }
        if (result[0] == null) {
            throw new CudaError(Status.EXECUTION_FAILED, name() + " was not performed");
        }
        reply.bytes(result[0]);
    }

    /** A result that is known at once. */
    void answer(long address, int value) {
        require(address != 0, "a null result");
        reply.bytes(ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    void answer(long address, long value) {
        require(address != 0, "a null result");
        reply.bytes(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }
}

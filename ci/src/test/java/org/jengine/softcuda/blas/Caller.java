package org.jengine.softcuda.blas;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jengine.softcuda.wire.Call;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Submitter;
import org.jengine.softcuda.work.Turn;

/** Calls functions as the C side does, with one stream whose work is performed when somebody waits for it. */
public final class Caller implements Submitter {
    private final CallTable calls = new CallTable();
    private final Deque<Operation> queue = new ArrayDeque<>();
    private ByteBuffer answer = ByteBuffer.allocate(0);
    private String error = "";
    private int turns;

    public CallTable calls() {
        return calls;
    }

    /** A scalar as the C side sends one that lies in the program's memory. */
    public record HostScalar(byte[] bytes) {
    }

    /** A scalar as the C side sends one that lies in device memory. */
    public record DeviceScalar(long address) {
    }

    public static HostScalar scalar(float value) {
        return new HostScalar(DataType.F32.encode(value));
    }

    public static HostScalar scalar(DataType type, double value) {
        return new HostScalar(type.encode(value));
    }

    /** Calls; integers go as 32 bits, longs as 64, and so on. Returns the status. */
    public int call(String name, Object... arguments) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        put(message, 4, 1);
        put(message, 2, text.length);
        message.writeBytes(text);
        for (Object argument : arguments) {
            if (argument instanceof Integer number) {
                put(message, 4, number);
            } else if (argument instanceof Long number) {
                put(message, 8, number);
            } else if (argument instanceof Float number) {
                put(message, 4, Float.floatToRawIntBits(number));
            } else if (argument instanceof Double number) {
                put(message, 8, Double.doubleToRawLongBits(number));
            } else if (argument instanceof byte[] bytes) {
                put(message, 8, bytes.length);
                message.writeBytes(bytes);
            } else if (argument instanceof HostScalar scalar) {
                put(message, 4, 1);
                put(message, 8, scalar.bytes.length);
                message.writeBytes(scalar.bytes);
            } else if (argument instanceof DeviceScalar scalar) {
                put(message, 4, 2);
                put(message, 8, scalar.address);
            } else if (argument == null) {
                put(message, 8, -1);
            } else {
                throw new IllegalArgumentException("an argument of " + argument.getClass());
            }
        }
        Reply reply = new Reply();
        Call call = calls.find(name);
        if (call == null) {
            throw new IllegalArgumentException(name + " is not provided");
        }
        error = "";
        try {
            int status = call.answer(new Request(message.toByteArray()), reply);
            answer = ByteBuffer.wrap(reply.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
            return status;
        } catch (CudaError e) {
            answer = ByteBuffer.allocate(0);
            error = e.getMessage();
            return e.status();
        }
    }

    /** The next counted bytes of the last answer. */
    public byte[] bytes() {
        byte[] bytes = new byte[(int) answer.getLong()];
        answer.get(bytes);
        return bytes;
    }

    public long i64() {
        return (long) DataType.I64.decode(bytes(), 0);
    }

    public int i32() {
        return (int) DataType.I32.decode(bytes(), 0);
    }

    public ByteBuffer answer() {
        return answer;
    }

    /** What the last call complained of. */
    public String error() {
        return error;
    }

    @Override
    public void submit(int thread, long stream, Operation operation) {
        queue.add(operation);
    }

    @Override
    public void await(int thread, long stream) {
        while (!queue.isEmpty()) {
            Operation operation = queue.remove();
            operation.perform(new Turn(++turns, operation.name(), "test", earlier -> true));
        }
    }

    public void await() {
        await(1, 0);
    }

    /** What was queued last and waits. */
    public Operation last() {
        return queue.getLast();
    }

    private static void put(ByteArrayOutputStream message, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            message.write((int) (value >> 8 * i));
        }
    }
}

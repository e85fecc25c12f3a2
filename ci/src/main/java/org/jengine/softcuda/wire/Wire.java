package org.jengine.softcuda.wire;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads calls, answers them, and lets the device work on while the program asks nothing.
 *
 * <p>A request is {@code u32 length, u32 thread, u16 name length, name, arguments}, its answer {@code u32 length, i32 status, values}.
 * Calls arrive one
 * at a time: the C side lets one thread in. Everything here, and so the whole device, runs on the thread that called {@link #serve}.
 */
public final class Wire {
    /** Answered where a function is not provided; the C side knows which number its library has for that. */
    public static final int NOT_PROVIDED = Integer.MIN_VALUE;

    /** Answered where the C side is to let other threads in and then to ask once more. */
    private static final int AGAIN = Integer.MIN_VALUE + 1;

    /** What the C side takes for a device that has gone; here for a fault of the device's own. */
    private static final int BROKEN = 999;
    private static final long SPIN_NANOS = 30_000;
    private static final long IDLE_NANOS = 2_000_000;
    private static final long NAP_NANOS = 50_000;
    /** So long after a call the program's memory is looked at for what work waits for; the pipe's end shows only to who reads. */
    private static final long WATCH_NANOS = 20_000_000_000L;

    /** Work that may go on while the program asks nothing. */
    public interface Idle {
        /** Whether there is work that could be done now. */
        boolean waits();

        /** Whether work waits for something that the program may bring without a call. */
        boolean watches();

        /** Does a piece of it. */
        void step();

        /** A call of a function that is not provided. */
        void missing(String name);

        /** A call that ends with a status other than success; {@code message} says what was wrong. */
        void refused(String name, int status, String message);

        /** The device itself has a fault. */
        void broke(String name, RuntimeException fault);
    }

    private final DataInputStream in;
    private final OutputStream out;

    public Wire(InputStream in, OutputStream out) {
        this.in = new DataInputStream(new BufferedInputStream(in, 1 << 16));
        this.out = out;
    }

    /** Answers until the program ends. */
    public void serve(CallTable calls, Idle idle) throws IOException {
        Reply reply = new Reply();
        while (true) {
            Request request = next(idle);
            if (request == null) {
                return;
            }
            reply.clear();
            int status;
            Call call = calls.find(request.name());
            if (call == null) {
                idle.missing(request.name());
                status = NOT_PROVIDED;
            } else {
                try {
                    status = call.answer(request, reply);
                } catch (AskAgain e) {
                    reply.clear();
                    status = AGAIN;
                } catch (CudaError e) {
                    reply.clear();
                    status = e.status();
                    idle.refused(request.name(), status, e.getMessage());
                } catch (RuntimeException e) {
                    reply.clear();
                    status = BROKEN;
                    idle.broke(request.name(), e);
                }
            }
            byte[] values = reply.toBytes();
            out.write(ByteBuffer.allocate(2 * Integer.BYTES + values.length).order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(Integer.BYTES + values.length).putInt(status).put(values).array());
            out.flush();
        }
    }

    private Request next(Idle idle) throws IOException {
        long since = System.nanoTime();
        while (in.available() == 0) {
            long waited = System.nanoTime() - since;
            boolean works = idle.waits();
            if (!works && (waited > WATCH_NANOS || !idle.watches())) {
                break;
            }
            if (!works) {
                LockSupport.parkNanos(NAP_NANOS);
            } else if (waited < SPIN_NANOS) {
                Thread.onSpinWait();
            } else if (waited < IDLE_NANOS) {
                LockSupport.parkNanos(NAP_NANOS);
            } else {
                idle.step();
            }
        }
        try {
            byte[] message = new byte[Integer.reverseBytes(in.readInt())];
            in.readFully(message);
            return new Request(message);
        } catch (EOFException e) {
            return null;
        }
    }
}

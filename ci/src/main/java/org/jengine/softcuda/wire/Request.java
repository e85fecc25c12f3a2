package org.jengine.softcuda.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * One call of the program: the symbol's name, the thread, and the arguments in the order in which the C side wrote them. Whoever answers
 * reads them in the same order.
 */
public final class Request {
    private final ByteBuffer body;
    private final int thread;
    private final String name;

    /** @param message thread (u32), length of the name (u16), the name, the arguments; all little-endian */
    public Request(byte[] message) {
        body = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        thread = body.getInt();
        byte[] text = new byte[body.getShort() & 0xffff];
        body.get(text);
        name = new String(text, StandardCharsets.UTF_8);
    }

    /** The C symbol that the program called, as in cuMemAlloc_v2. */
    public String name() {
        return name;
    }

    /** A small number of the program's thread that calls; contexts are bound to it. */
    public int thread() {
        return thread;
    }

    public int i32() {
        return body.getInt();
    }

    /** A handle, a device address, a host address or a size. */
    public long i64() {
        return body.getLong();
    }

    public float f32() {
        return body.getFloat();
    }

    public double f64() {
        return body.getDouble();
    }

    /** A counted run of bytes; null where the program passed a null pointer. */
    public byte[] bytes() {
        long count = body.getLong();
        if (count < 0) {
            return null;
        }
        byte[] bytes = new byte[Math.toIntExact(count)];
        body.get(bytes);
        return bytes;
    }

    /** A C string without its final zero; null where the program passed a null pointer. */
    public String string() {
        byte[] bytes = bytes();
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
}

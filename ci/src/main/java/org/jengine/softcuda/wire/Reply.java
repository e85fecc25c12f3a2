package org.jengine.softcuda.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What goes back to the program beside the status: values in the order in which the C side reads them. */
public final class Reply {
    private ByteBuffer body = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

    public Reply i32(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    public Reply i64(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    public Reply f32(float value) {
        room(Float.BYTES).putFloat(value);
        return this;
    }

    public Reply f64(double value) {
        room(Double.BYTES).putDouble(value);
        return this;
    }

    /** A counted run of bytes. */
    public Reply bytes(byte[] value) {
        i64(value.length);
        room(value.length).put(value);
        return this;
    }

    /** A string as counted bytes, with a final zero so that the C side can hand it on. */
    public Reply string(String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return bytes(Arrays.copyOf(text, text.length + 1));
    }

    void clear() {
        body.clear();
    }

    /** The values written so far. */
    public byte[] toBytes() {
        return Arrays.copyOf(body.array(), body.position());
    }

    private ByteBuffer room(int bytes) {
        if (body.remaining() < bytes) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * body.capacity(), body.position() + bytes)).order(ByteOrder.LITTLE_ENDIAN);
            larger.put(body.flip());
            body = larger;
        }
        return body;
    }
}

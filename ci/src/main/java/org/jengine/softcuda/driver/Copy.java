package org.jengine.softcuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a copy moves: rows of {@code width} bytes, {@code height} rows a slice, {@code depth} slices. Every form of copy is one of these.
 */
record Copy(Side from, Side to, long width, long height, long depth) {
    /**
     * Where rows lie.
     *
     * @param host    whether it is the program's memory; else the device's
     * @param address of the first byte, offsets included
     * @param pitch   bytes from one row to the next
     * @param slice   bytes from one slice to the next
     */
    record Side(boolean host, long address, long pitch, long slice) {
    }

    private static final int HOST = 1;
    private static final int DEVICE = 2;
    private static final int UNIFIED = 4;

    /** A run of bytes. */
    static Copy linear(boolean fromHost, long from, boolean toHost, long to, long bytes) {
        return new Copy(new Side(fromHost, from, bytes, bytes), new Side(toHost, to, bytes, bytes), bytes, 1, 1);
    }

    /** A CUDA_MEMCPY2D; null if it is not one of those that are provided. */
    static Copy of2d(byte[] struct, Memory memory) {
        ByteBuffer in = ByteBuffer.wrap(struct).order(ByteOrder.LITTLE_ENDIAN);
        long width = in.getLong(112);
        long height = in.getLong(120);
        Side from = side(memory, in.getInt(16), in.getLong(24), in.getLong(32), in.getLong(0), in.getLong(8), 0, in.getLong(48), height,
                width);
        Side to = side(memory, in.getInt(72), in.getLong(80), in.getLong(88), in.getLong(56), in.getLong(64), 0, in.getLong(104), height,
                width);
        return from == null || to == null ? null : new Copy(from, to, width, height, 1);
    }

    /** A CUDA_MEMCPY3D; null if it is not one of those that are provided. */
    static Copy of3d(byte[] struct, Memory memory) {
        ByteBuffer in = ByteBuffer.wrap(struct).order(ByteOrder.LITTLE_ENDIAN);
        long width = in.getLong(176);
        long height = in.getLong(184);
        Side from = side(memory, in.getInt(32), in.getLong(40), in.getLong(48), in.getLong(0), in.getLong(8), in.getLong(16),
                in.getLong(72), in.getLong(80), width);
        Side to = side(memory, in.getInt(120), in.getLong(128), in.getLong(136), in.getLong(88), in.getLong(96), in.getLong(104),
                in.getLong(160), in.getLong(168), width);
        return from == null || to == null ? null : new Copy(from, to, width, height, in.getLong(192));
    }

    private static Side side(Memory memory, int type, long host, long device, long x, long y, long z, long pitch, long height, long width) {
        if (type != HOST && type != DEVICE && type != UNIFIED) {
            return null;
        }
        long step = pitch == 0 ? width : pitch;
        long slice = step * Math.max(1, height);
        boolean program = type == HOST || type == UNIFIED && !memory.space().isDevice(device);
        return new Side(program, (type == HOST ? host : device) + x + y * step + z * slice, step, slice);
    }

    /** As a CUDA_MEMCPY3D. */
    byte[] toStruct() {
        ByteBuffer out = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        put(out, from, 32, 40, 72);
        put(out, to, 120, 128, 160);
        return out.putLong(176, width).putLong(184, height).putLong(192, depth).array();
    }

    private static void put(ByteBuffer out, Side side, int type, int host, int pitch) {
        out.putInt(type, side.host ? HOST : DEVICE);
        out.putLong(side.host ? host : host + Long.BYTES, side.address);
        out.putLong(pitch, side.pitch);
        out.putLong(pitch + Long.BYTES, side.pitch == 0 ? 0 : side.slice / side.pitch);
    }

    /** Bytes from the first to the last that it touches on a side. */
    long span(Side side) {
        return bytes() == 0 ? 0 : (depth - 1) * side.slice + (height - 1) * side.pitch + width;
    }

    long bytes() {
        return width * height * depth;
    }

    /** Whether rows follow each other without a gap on both sides: then it is one run. */
    boolean dense() {
        return dense(from) && dense(to);
    }

    private boolean dense(Side side) {
        return (height <= 1 || side.pitch == width) && (depth <= 1 || side.slice == width * height);
    }
}

package org.jengine.runtime.host;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import org.jengine.kernels.DType;

/**
 * A slice of {@code real} elements read and written in tiles of floats on the Java heap. The virtual machine vectorises loops over heap
 * arrays but not over memory outside the heap, and a copy through a first-level cache costs less than a scalar loop. One object serves one
 * slice; it is bound to an address when linked and used by several lanes at once.
 */
final class Floats {
    private final HostSlice slice;
    /** Elements of a row if lanes keep their own rows of the slice, else 0. */
    private final int rowOfLane;
    private FloatBuffer wide;
    private IntBuffer wideBits;
    private ShortBuffer narrow;

    /** For a slice that is accessed in whole. */
    Floats(HostSlice slice) {
        this.slice = slice;
        rowOfLane = 0;
    }

    /** For a slice whose rows are accessed in a chain that {@code builder} plans. */
    Floats(HostSlice slice, GraphBuilder builder) {
        this.slice = slice;
        rowOfLane = builder.keptByLanes(slice) ? Math.toIntExact(slice.count() / slice.shape().dim(0)) : 0;
    }

    void link() {
        if (slice.type() == DType.F32) {
            wide = slice.floats();
            wideBits = slice.ints();
        } else {
            narrow = slice.shorts();
        }
    }

    /** Copies {@code count} elements from {@code at} on to the start of {@code tile}. */
    void load(int at, int count, float[] tile, Lane lane) {
        if (wide != null) {
            wide.get(place(at, lane), tile, 0, count);
            return;
        }
        narrow.get(place(at, lane), lane.half, 0, count);
        for (int i = 0; i < count; i++) {
            tile[i] = Float.intBitsToFloat(lane.half[i] << 16);
        }
    }

    /** Copies the start of {@code tile} to {@code count} elements from {@code at} on, rounded to the slice's type. */
    void store(int at, int count, float[] tile, Lane lane) {
        if (wide != null) {
            wide.put(place(at, lane), tile, 0, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            lane.half[i] = DType.toBf16(tile[i]);
        }
        narrow.put(place(at, lane), lane.half, 0, count);
    }

    /** As {@link #load}, the elements as the bits of floats. */
    void loadBits(int at, int count, int[] tile, Lane lane) {
        if (wideBits != null) {
            wideBits.get(place(at, lane), tile, 0, count);
            return;
        }
        narrow.get(place(at, lane), lane.half, 0, count);
        for (int i = 0; i < count; i++) {
            tile[i] = lane.half[i] << 16;
        }
    }

    /** As {@link #store}, from the bits of floats that the slice's type holds exactly. */
    void storeBits(int at, int count, int[] tile, Lane lane) {
        if (wideBits != null) {
            wideBits.put(place(at, lane), tile, 0, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            lane.half[i] = (short) (tile[i] >>> 16);
        }
        narrow.put(place(at, lane), lane.half, 0, count);
    }

    private int place(int at, Lane lane) {
        return at + rowOfLane * lane.rowShift;
    }
}

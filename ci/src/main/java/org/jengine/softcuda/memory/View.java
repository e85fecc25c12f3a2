package org.jengine.softcuda.memory;

import org.jengine.softcuda.work.Turn;

/**
 * Device memory as copies and library calls see it: ranges, each access checked for bounds, life, alignment, initialisation and order
 * against other
 * turns.
 */
public interface View {
    /** @throws org.jengine.softcuda.check.Fault if the range is not all in one live allocation */
    byte[] readBytes(Turn turn, long address, long count);

    void writeBytes(Turn turn, long address, byte[] from);

    /** Reads {@code count} floats of 4 bytes; the address must be a multiple of 4. */
    float[] readFloats(Turn turn, long address, int count);

    void writeFloats(Turn turn, long address, float[] from);

    /** Copies; bytes that nobody wrote stay so at the destination and are no fault here. */
    void copy(Turn turn, long to, long from, long count);

    /**
     * Memory comes into being in a turn; who uses it must come after.
     *
     * @param turn the allocation, in its place among the streams
     */
    default void begun(Turn turn, Allocation allocation) {
    }

    /**
     * Memory is about to be freed in a turn; nothing else may use it then.
     *
     * @param turn the free, in its place among the streams
     */
    default void freed(Turn turn, Allocation allocation) {
    }

    /** Writes a value that other turns may be waiting for: nothing needs to order that. */
    default void publish(Turn turn, long address, byte[] value) {
        writeBytes(turn, address, value);
    }

    /**
     * A turn has waited for a value that another may have published.
     *
     * @return the turn that wrote the first of the bytes last; 0 if none did, or the view does not know
     */
    default int await(Turn turn, long address, long count) {
        return 0;
    }

    /** Repeats the lowest {@code width} bytes of the value {@code count} times. */
    void fill(Turn turn, long address, int value, int width, long count);
}

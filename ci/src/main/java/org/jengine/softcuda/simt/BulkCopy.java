package org.jengine.softcuda.simt;

import org.jengine.softcuda.memory.Allocation;

/**
 * A copy that one thread has asked for by cp.async.bulk, and that something beside the threads makes.
 *
 * @param pc     the number of the instruction in its kernel
 * @param thread of the block
 */
public record BulkCopy(int pc, int thread, Span from, Span to) {
    /**
     * Bytes one behind the other.
     *
     * @param allocation of global memory, or null for the block's shared memory
     * @param start      in the allocation, or the address in shared memory
     */
    public record Span(Allocation allocation, long start, int bytes) {
        public boolean shared() {
            return allocation == null;
        }

        /** Whether some of {@code count} bytes from {@code at} on are among these. */
        public boolean meets(Allocation of, long at, int count) {
            return allocation == of && at < start + bytes && start < at + count;
        }
    }
}

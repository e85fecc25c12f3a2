package org.jengine.bench;

import org.jengine.runtime.Launch;

/**
 * An operation to time.
 *
 * @param net       whose it is
 * @param name      as kernels are called, without the storage type
 * @param at        its place and sizes
 * @param roof      what bounds it
 * @param work      what one launch does, in the roof's unit
 * @param footprint bytes of memory that it touches; 0 where arithmetic bounds it
 * @param plan      binds it
 */
record Op(String net, String name, String at, Roof roof, double work, long footprint, Plan plan) {
    /** What an operation cannot be faster than: the device, as a kernel of ours that does nothing else measures it. */
    enum Roof {
        /** A copy of about the operation's footprint: what stays in the caches is judged by a copy that does. */
        COPY("copy", "bytes", "GB/s"),
        /** The same from memory to itself, for what updates most of what it reads: no memory but that has to be fetched to be written. */
        COPY_IN_PLACE("copy_in_place", "bytes", "GB/s"),
        /** Multiplications and additions in registers. */
        FMA("fma_rate", "flops", "GFLOP/s");

        private final String kernel;
        private final String unit;
        private final String rate;

        Roof(String kernel, String unit, String rate) {
            this.kernel = kernel;
            this.unit = unit;
            this.rate = rate;
        }

        /** What measures it. */
        String kernel() {
            return kernel;
        }

        /** What work is counted in. */
        String unit() {
            return unit;
        }

        /** A thousand million of it a second. */
        String rate() {
            return rate;
        }
    }

    /** Lays out what an operation needs and binds it. */
    @FunctionalInterface
    interface Plan {
        Launch on(Buffers buffers);
    }
}

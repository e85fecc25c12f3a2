package org.jengine.runtime.host;

import java.nio.IntBuffer;
import java.util.List;
import org.jengine.kernels.Clock;
import org.jengine.kernels.Philox;

/** Zeroes elements at random and scales the rest, by bits that depend on the element, the update and the seed alone. */
final class DropoutOp extends ElementwiseOp {
    private final HostSlice clock;
    private final HostSlice key;
    private final int stream;
    private final int threshold;
    private final float scale;
    private IntBuffer clockInts;
    private IntBuffer keyInts;

    DropoutOp(HostKernels.Bound b) {
        super(b.entry(), b.size("count"), List.of(b.slice("y", b.size("count"))), List.of(b.slice("x", b.size("count"))),
                List.of(b.slice("clock", Clock.COUNT), b.slice("key", 2)));
        clock = b.slice("clock", 0);
        key = b.slice("key", 0);
        stream = Philox.DROPOUT + b.size("layer");
        threshold = Math.round(b.scalar("rate") * 65536);
        scale = 1 / (1 - b.scalar("rate"));
    }

    @Override
    void linked() {
        clockInts = clock.ints();
        keyInts = key.ints();
    }

    @Override
    void tile(int at, int n, Floats[] f, Lane lane) {
        int first = at & ~7;
        factors(first >>> 3, (at + n + 7 >>> 3) - (first >>> 3), lane.spare);
        f[1].load(at, n, lane.a, lane);
        scale(lane.a, lane.spare, at - first, n);
        f[0].store(at, n, lane.a, lane);
    }

    private static void scale(float[] v, float[] factor, int offset, int n) {
        for (int i = 0; i < n; i++) {
            v[i] *= factor[i + offset];
        }
    }

    /** What the elements of some blocks of eight are multiplied by. */
    private void factors(int block, int blocks, float[] out) {
        int updates = clockInts.get(Clock.UPDATES);
        int k0 = keyInts.get(0);
        int k1 = keyInts.get(1);
        int bits = Float.floatToRawIntBits(scale);
        for (int i = 0; i < blocks; i++) {
            int c0 = block + i;
            int c1 = updates;
            int c2 = stream;
            int c3 = 0;
            int key0 = k0;
            int key1 = k1;
            // Philox.block, with the words in registers: this loop is a tenth of deep-cnn's step otherwise.
            for (int round = 0; round < Philox.ROUNDS; round++) {
                long p0 = Philox.M0 * (c0 & Philox.LOW);
                long p1 = Philox.M1 * (c2 & Philox.LOW);
                c0 = (int) (p1 >>> 32) ^ c1 ^ key0;
                c1 = (int) p1;
                c2 = (int) (p0 >>> 32) ^ c3 ^ key1;
                c3 = (int) p0;
                key0 += Philox.W0;
                key1 += Philox.W1;
            }
            int to = i * 8;
            out[to] = factor(c0 & 0xffff, bits);
            out[to + 1] = factor(c0 >>> 16, bits);
            out[to + 2] = factor(c1 & 0xffff, bits);
            out[to + 3] = factor(c1 >>> 16, bits);
            out[to + 4] = factor(c2 & 0xffff, bits);
            out[to + 5] = factor(c2 >>> 16, bits);
            out[to + 6] = factor(c3 & 0xffff, bits);
            out[to + 7] = factor(c3 >>> 16, bits);
        }
    }

    /** The scale if kept, else 0; without a branch, which would often be mispredicted. */
    private float factor(int random, int scaleBits) {
        return Float.intBitsToFloat(scaleBits & (threshold - 1 - random) >> 31);
    }
}

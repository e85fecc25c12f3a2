package org.jengine.runtime.host;

import java.nio.IntBuffer;
import java.util.List;
import org.jengine.kernels.Clock;
import org.jengine.kernels.Dropout;
import org.jengine.kernels.Matmul;
import org.jengine.kernels.Philox;
import org.jengine.runtime.spi.BoundArgs;

/** Zeroes elements at random and scales the rest, by bits that depend on the element, the update and the seed alone. */
class DropoutOp extends ElementwiseOp {
    private final HostSlice clock;
    private final HostSlice key;
    private final int stream;
    private final int threshold;
    private final float scale;
    private IntBuffer clockInts;
    private IntBuffer keyInts;

    /** Operands: y, x. */
    DropoutOp(BoundArgs<HostSlice> b) {
        this(b, "y", List.of(b.slice("x")));
    }

    private DropoutOp(BoundArgs<HostSlice> b, String to, List<HostSlice> read) {
        super(b.entry(), b.size("count"), List.of(b.slice(to)), read, List.of(b.slice("clock"), b.slice("key")));
        clock = b.slice("clock");
        key = b.slice("key");
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
        f[1].load(at, n, lane.a, lane);
        scale(lane.a, scale, n);
        f[0].store(at, n, lane.a, lane);
        // The mask is laid over the bits in memory: integers and floats in one loop are not vectorised.
        f[0].loadBits(at, n, lane.bits, lane);
        for (int done = 0; done < n; ) {
            int first = (at + done) % Dropout.GROUP;
            int count = Math.min(n - done, Dropout.GROUP - first);
            makeMask((at + done) / Dropout.GROUP * Dropout.BLOCKS, lane);
            and(lane.bits, done, lane.mask, first, count);
            done += count;
        }
        f[0].storeBits(at, n, lane.bits, lane);
    }

    /** The way back, with the derivative of what made the input. Operands: dx, dy, x. */
    static final class Backward extends DropoutOp {
        private final int before;

        Backward(BoundArgs<HostSlice> b) {
            super(b, "dx", List.of(b.slice("dy"), b.slice("x")));
            before = b.size("before");
        }

        @Override
        void tile(int at, int n, Floats[] f, Lane lane) {
            super.tile(at, n, f, lane);
            if (before == Matmul.RELU) {
                ActivationOps.clip(at, n, f[0], f[0], f[2], lane);
            } else if (before == Matmul.SIGMOID) {
                ActivationOps.flatten(at, n, f[0], f[0], f[2], lane);
            }
        }
    }

    private static void scale(float[] v, float by, int n) {
        for (int i = 0; i < n; i++) {
            v[i] *= by;
        }
    }

    private static void and(int[] v, int at, int[] mask, int from, int n) {
        for (int i = 0; i < n; i++) {
            v[at + i] &= mask[from + i];
        }
    }

    /** All ones or zeros for each element of the group whose Philox blocks begin at {@code block}. */
    private void makeMask(int block, Lane lane) {
        int[] c0 = lane.words0;
        int[] c1 = lane.words1;
        int[] c2 = lane.words2;
        int[] c3 = lane.words3;
        int updates = clockInts.get(Clock.UPDATES);
        for (int i = 0; i < Dropout.BLOCKS; i++) {
            c0[i] = block + i;
            c1[i] = updates;
            c2[i] = stream;
            c3[i] = 0;
        }
        int k0 = keyInts.get(0);
        int k1 = keyInts.get(1);
        for (int round = 0; round < Philox.ROUNDS; round++) {
            mix(c0, c1, c2, c3, k0, k1);
            k0 += Philox.W0;
            k1 += Philox.W1;
        }
        compare(c0, lane.mask, 0, threshold);
        compare(c1, lane.mask, 2 * Dropout.BLOCKS, threshold);
        compare(c2, lane.mask, 4 * Dropout.BLOCKS, threshold);
        compare(c3, lane.mask, 6 * Dropout.BLOCKS, threshold);
    }

    /**
     * One round of {@link Philox} on many counters at once. The upper halves of the products are put together from 16-bit pieces, since
     * the virtual machine vectorises products of ints but not of longs; half the time of a loop over counters.
     */
    private static void mix(int[] c0, int[] c1, int[] c2, int[] c3, int k0, int k1) {
        for (int i = 0; i < Dropout.BLOCKS; i++) {
            int x = c0[i];
            int z = c2[i];
            int xLow = x & 0xffff;
            int xHigh = x >>> 16;
            int zLow = z & 0xffff;
            int zHigh = z >>> 16;
            int u = xHigh * (Philox.M0 & 0xffff) + (xLow * (Philox.M0 & 0xffff) >>> 16);
            int v = xLow * (Philox.M0 >>> 16) + (u & 0xffff);
            int upper0 = xHigh * (Philox.M0 >>> 16) + (u >>> 16) + (v >>> 16);
            int s = zHigh * (Philox.M1 & 0xffff) + (zLow * (Philox.M1 & 0xffff) >>> 16);
            int t = zLow * (Philox.M1 >>> 16) + (s & 0xffff);
            int upper1 = zHigh * (Philox.M1 >>> 16) + (s >>> 16) + (t >>> 16);
            c0[i] = upper1 ^ c1[i] ^ k0;
            c1[i] = z * Philox.M1;
            c2[i] = upper0 ^ c3[i] ^ k1;
            c3[i] = x * Philox.M0;
        }
    }

    /** The lower and then the upper halves of the words: all ones if at least the threshold. */
    private static void compare(int[] words, int[] mask, int at, int threshold) {
        for (int i = 0; i < Dropout.BLOCKS; i++) {
            mask[at + i] = (threshold - 1 - (words[i] & 0xffff)) >> 31;
        }
        for (int i = 0; i < Dropout.BLOCKS; i++) {
            mask[at + Dropout.BLOCKS + i] = (threshold - 1 - (words[i] >>> 16)) >> 31;
        }
    }
}

package org.jengine.runtime.host;

import java.nio.IntBuffer;
import java.util.List;
import org.jengine.kernels.Clock;
import org.jengine.kernels.Philox;

/** Zeroes elements at random and scales the rest, by bits that depend on the element, the update and the seed alone. */
final class DropoutOp extends ElementwiseOp {
    private final Floats y;
    private final Floats x;
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
        y = tiles(b.slice("y", 0));
        x = tiles(b.slice("x", 0));
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
    void tile(int at, int n, Lane lane) {
        int updates = clockInts.get(Clock.UPDATES);
        int k0 = keyInts.get(0);
        int k1 = keyInts.get(1);
        float[] v = lane.a;
        float[] factor = lane.b;
        int[] words = lane.words;
        int i = 0;
        while (i < n) {
            int element = at + i;
            Philox.block(element >>> 3, updates, stream, 0, k0, k1, words, 0);
            int half = element & 7;
            int until = Math.min(8 - half + i, n);
            for (; i < until; i++, half++) {
                int bits = words[half >>> 1] >>> (half & 1) * 16 & 0xffff;
                // All ones if kept, without a branch
                int keep = (threshold - 1 - bits) >> 31;
                factor[i] = Float.intBitsToFloat(Float.floatToRawIntBits(scale) & keep);
            }
        }
        x.load(at, n, v, lane);
        for (int j = 0; j < n; j++) {
            v[j] *= factor[j];
        }
        y.store(at, n, v, lane);
    }
}

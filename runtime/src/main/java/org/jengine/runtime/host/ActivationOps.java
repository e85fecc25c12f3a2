package org.jengine.runtime.host;

import java.util.List;
import org.jengine.runtime.spi.BoundArgs;

/** Activations and the cast: one output, one or two inputs, no state. */
final class ActivationOps {
    private ActivationOps() {
    }

    /** Operands: y, x. */
    private abstract static class Forward extends ElementwiseOp {
        Forward(BoundArgs<HostSlice> b) {
            super(b.entry(), b.size("count"), List.of(b.slice("y")), List.of(b.slice("x")), List.of());
        }
    }

    /** Operands: dx, dy, y. */
    private abstract static class Backward extends ElementwiseOp {
        Backward(BoundArgs<HostSlice> b) {
            super(b.entry(), b.size("count"), List.of(b.slice("dx")), List.of(b.slice("dy"), b.slice("y")), List.of());
        }
    }

    static final class ReluForward extends Forward {
        ReluForward(BoundArgs<HostSlice> b) {
            super(b);
        }

        @Override
        void tile(int at, int n, Floats[] f, Lane lane) {
            float[] v = lane.a;
            f[1].load(at, n, v, lane);
            for (int i = 0; i < n; i++) {
                v[i] = Math.max(v[i], 0);
            }
            f[0].store(at, n, v, lane);
        }
    }

    static final class ReluBackward extends Backward {
        ReluBackward(BoundArgs<HostSlice> b) {
            super(b);
        }

        @Override
        void tile(int at, int n, Floats[] f, Lane lane) {
            clip(at, n, f[0], f[1], f[2], lane);
        }
    }

    /** A tile of {@code dx = y > 0 ? dy : 0}. */
    static void clip(int at, int n, Floats dx, Floats dy, Floats y, Lane lane) {
        int[] g = lane.bits;
        int[] v = lane.bits2;
        dy.loadBits(at, n, g, lane);
        y.loadBits(at, n, v, lane);
        // Floats as integers: a conditional on floats is not vectorised and would be mispredicted every other time.
        // The sign of (-v & ~v) is set just where v > 0, and spreads to a mask over the gradient's bits.
        for (int i = 0; i < n; i++) {
            g[i] &= (-v[i] & ~v[i]) >> 31;
        }
        dx.storeBits(at, n, g, lane);
    }

    static final class SigmoidForward extends Forward {
        SigmoidForward(BoundArgs<HostSlice> b) {
            super(b);
        }

        @Override
        void tile(int at, int n, Floats[] f, Lane lane) {
            float[] v = lane.a;
            f[1].load(at, n, v, lane);
            for (int i = 0; i < n; i++) {
                v[i] = 1 / (1 + FastMath.exp(-v[i]));
            }
            f[0].store(at, n, v, lane);
        }
    }

    static final class SigmoidBackward extends Backward {
        SigmoidBackward(BoundArgs<HostSlice> b) {
            super(b);
        }

        @Override
        void tile(int at, int n, Floats[] f, Lane lane) {
            flatten(at, n, f[0], f[1], f[2], lane);
        }
    }

    /** A tile of {@code dx = dy * y * (1 - y)}. */
    static void flatten(int at, int n, Floats dx, Floats dy, Floats y, Lane lane) {
        float[] g = lane.a;
        float[] v = lane.b;
        dy.load(at, n, g, lane);
        y.load(at, n, v, lane);
        for (int i = 0; i < n; i++) {
            g[i] = g[i] * v[i] * (1 - v[i]);
        }
        dx.store(at, n, g, lane);
    }

    static final class Cast extends Forward {
        Cast(BoundArgs<HostSlice> b) {
            super(b);
        }

        @Override
        void tile(int at, int n, Floats[] f, Lane lane) {
            f[1].load(at, n, lane.a, lane);
            f[0].store(at, n, lane.a, lane);
        }
    }
}

package org.jengine.runtime.host;

import java.util.List;

/** Activations and the cast: one output, one or two inputs, no state. */
final class ActivationOps {
    private ActivationOps() {
    }

    private abstract static class Forward extends ElementwiseOp {
        final Floats y;
        final Floats x;

        Forward(HostKernels.Bound b) {
            super(b.entry(), b.size("count"), List.of(b.slice("y", b.size("count"))), List.of(b.slice("x", b.size("count"))), List.of());
            y = tiles(b.slice("y", 0));
            x = tiles(b.slice("x", 0));
        }
    }

    private abstract static class Backward extends ElementwiseOp {
        final Floats dx;
        final Floats dy;
        final Floats y;

        Backward(HostKernels.Bound b) {
            super(b.entry(), b.size("count"), List.of(b.slice("dx", b.size("count"))),
                    List.of(b.slice("dy", b.size("count")), b.slice("y", b.size("count"))), List.of());
            dx = tiles(b.slice("dx", 0));
            dy = tiles(b.slice("dy", 0));
            y = tiles(b.slice("y", 0));
        }
    }

    static final class ReluForward extends Forward {
        ReluForward(HostKernels.Bound b) {
            super(b);
        }

        @Override
        void tile(int at, int n, Lane lane) {
            float[] v = lane.a;
            x.load(at, n, v, lane);
            for (int i = 0; i < n; i++) {
                v[i] = Math.max(v[i], 0);
            }
            y.store(at, n, v, lane);
        }
    }

    static final class ReluBackward extends Backward {
        ReluBackward(HostKernels.Bound b) {
            super(b);
        }

        @Override
        void tile(int at, int n, Lane lane) {
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
    }

    static final class SigmoidForward extends Forward {
        SigmoidForward(HostKernels.Bound b) {
            super(b);
        }

        @Override
        void tile(int at, int n, Lane lane) {
            float[] v = lane.a;
            x.load(at, n, v, lane);
            for (int i = 0; i < n; i++) {
                v[i] = 1 / (1 + FastMath.exp(-v[i]));
            }
            y.store(at, n, v, lane);
        }
    }

    static final class SigmoidBackward extends Backward {
        SigmoidBackward(HostKernels.Bound b) {
            super(b);
        }

        @Override
        void tile(int at, int n, Lane lane) {
            float[] g = lane.a;
            float[] v = lane.b;
            dy.load(at, n, g, lane);
            y.load(at, n, v, lane);
            for (int i = 0; i < n; i++) {
                g[i] = g[i] * v[i] * (1 - v[i]);
            }
            dx.store(at, n, g, lane);
        }
    }

    static final class Cast extends Forward {
        Cast(HostKernels.Bound b) {
            super(b);
        }

        @Override
        void tile(int at, int n, Lane lane) {
            x.load(at, n, lane.a, lane);
            y.store(at, n, lane.a, lane);
        }
    }
}

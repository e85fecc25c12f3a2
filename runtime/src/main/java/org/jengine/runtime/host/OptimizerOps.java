package org.jengine.runtime.host;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.Clock;
import org.jengine.runtime.spi.BoundArgs;

/** The optimisers, each one pass over the flat parameter buffers. */
final class OptimizerOps {
    private OptimizerOps() {
    }

    /** Operands: weights, the optimiser's state, the shadow if there is one, gradient. */
    private abstract static class Optimizer extends ElementwiseOp {
        private final boolean shadowed;
        private final HostSlice rates;
        private final HostSlice clock;
        private final HostSlice next;
        private FloatBuffer rateFloats;
        private IntBuffer clockInts;
        private IntBuffer nextInts;

        Optimizer(BoundArgs<HostSlice> b, String... state) {
            super(b.entry(), b.size("count"), written(b, state), List.of(b.slice("g")), List.of(b.slice("rates"), b.slice("clock")));
            shadowed = b.has("shadow");
            rates = b.slice("rates");
            clock = b.slice("clock");
            next = b.slice("next");
            writes(next);
        }

        private static List<HostSlice> written(BoundArgs<HostSlice> b, String... state) {
            List<HostSlice> slices = new ArrayList<>(List.of(b.slice("w")));
            for (String s : state) {
                slices.add(b.slice(s));
            }
            if (b.has("shadow")) {
                slices.add(b.slice("shadow"));
            }
            return slices;
        }

        @Override
        void linked() {
            rateFloats = rates.floats();
            clockInts = clock.ints();
            nextInts = next.ints();
        }

        @Override
        final void tile(int at, int n, Floats[] f, Lane lane) {
            if (at == 0) {
                for (int i = 0; i < Clock.COUNT; i++) {
                    nextInts.put(i, clockInts.get(i) + (i == Clock.STEP || i == Clock.UPDATES ? 1 : 0));
                }
            }
            update(at, n, f, lane);
        }

        /** As {@link ElementwiseOp#tile}, for weights and state. */
        abstract void update(int at, int n, Floats[] f, Lane lane);

        final float rate() {
            return rateFloats.get(clockInts.get(Clock.STEP));
        }

        /** Updates done when this one is. */
        final int update() {
            return clockInts.get(Clock.UPDATES) + 1;
        }

        /** The gradient, behind all that is written. */
        static Floats gradient(Floats[] f) {
            return f[f.length - 1];
        }

        final void storeWeights(int at, int n, float[] weights, Floats[] f, Lane lane) {
            f[0].store(at, n, weights, lane);
            if (shadowed) {
                f[f.length - 2].store(at, n, weights, lane);
            }
        }
    }

    static final class Adam extends Optimizer {
        private final float beta1;
        private final float beta2;
        private final float epsilon;
        private final float decay;

        Adam(BoundArgs<HostSlice> b) {
            super(b, "m", "v");
            beta1 = b.scalar("beta1");
            beta2 = b.scalar("beta2");
            epsilon = b.scalar("epsilon");
            decay = b.scalar("decay");
        }

        @Override
        void update(int at, int n, Floats[] f, Lane lane) {
            float rate = rate();
            int t = update();
            float alpha = (float) (rate * Math.sqrt(-Math.expm1(t * Math.log(beta2))) / -Math.expm1(t * Math.log(beta1)));
            f[0].load(at, n, lane.a, lane);
            gradient(f).load(at, n, lane.b, lane);
            f[1].load(at, n, lane.c, lane);
            f[2].load(at, n, lane.d, lane);
            update(lane.a, lane.b, lane.c, lane.d, n, 1 - rate * decay, alpha);
            storeWeights(at, n, lane.a, f, lane);
            f[1].store(at, n, lane.c, lane);
            f[2].store(at, n, lane.d, lane);
        }

        private void update(float[] wt, float[] gt, float[] mt, float[] vt, int n, float keep, float alpha) {
            float b1 = 1 - beta1;
            float b2 = 1 - beta2;
            float eps = epsilon;
            for (int i = 0; i < n; i++) {
                float gi = gt[i];
                float mi = mt[i] + (gi - mt[i]) * b1;
                float vi = vt[i] + (gi * gi - vt[i]) * b2;
                mt[i] = mi;
                vt[i] = vi;
                wt[i] = wt[i] * keep - alpha * mi / ((float) Math.sqrt(vi) + eps);
            }
        }
    }

    static final class Sgd extends Optimizer {
        private final boolean nesterov;
        private final float momentum;
        private final float decay;

        Sgd(BoundArgs<HostSlice> b) {
            super(b, "velocity");
            nesterov = b.size("nesterov") != 0;
            momentum = b.scalar("momentum");
            decay = b.scalar("decay");
        }

        @Override
        void update(int at, int n, Floats[] f, Lane lane) {
            float rate = rate();
            float keep = 1 - rate * decay;
            f[0].load(at, n, lane.a, lane);
            gradient(f).load(at, n, lane.b, lane);
            f[1].load(at, n, lane.c, lane);
            // With Nesterov's look ahead the step is momentum * velocity - rate * g, without it the velocity itself.
            update(lane.a, lane.b, lane.c, n, keep, rate, nesterov ? momentum : 1, nesterov ? rate : 0);
            storeWeights(at, n, lane.a, f, lane);
            f[1].store(at, n, lane.c, lane);
        }

        private void update(float[] wt, float[] gt, float[] vt, int n, float keep, float rate, float ofVelocity, float ofGradient) {
            float mu = momentum;
            for (int i = 0; i < n; i++) {
                float gi = gt[i];
                float vi = mu * vt[i] - rate * gi;
                vt[i] = vi;
                wt[i] = wt[i] * keep + (ofVelocity * vi - ofGradient * gi);
            }
        }
    }

    static final class RmsProp extends Optimizer {
        private final float rho;
        private final float epsilon;
        private final float decay;

        RmsProp(BoundArgs<HostSlice> b) {
            super(b, "square");
            rho = b.scalar("rho");
            epsilon = b.scalar("epsilon");
            decay = b.scalar("decay");
        }

        @Override
        void update(int at, int n, Floats[] f, Lane lane) {
            float rate = rate();
            f[0].load(at, n, lane.a, lane);
            gradient(f).load(at, n, lane.b, lane);
            f[1].load(at, n, lane.c, lane);
            update(lane.a, lane.b, lane.c, n, 1 - rate * decay, rate);
            storeWeights(at, n, lane.a, f, lane);
            f[1].store(at, n, lane.c, lane);
        }

        private void update(float[] wt, float[] gt, float[] st, int n, float keep, float rate) {
            float r = rho;
            float rest = 1 - rho;
            float eps = epsilon;
            for (int i = 0; i < n; i++) {
                float gi = gt[i];
                float si = r * st[i] + rest * gi * gi;
                st[i] = si;
                wt[i] = wt[i] * keep - rate * gi / (float) Math.sqrt(si + eps);
            }
        }
    }
}

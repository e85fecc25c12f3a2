package org.jengine.runtime.host;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import org.jengine.kernels.Clock;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.spi.BoundArgs;

/** Softmax and cross-entropy: the logits' gradient or the probabilities, the loss and the number right, in one pass over the logits. */
final class SoftmaxXentOp implements Op {
    private final String name;
    private final boolean training;
    private final HostSlice out;
    private final HostSlice record;
    private final HostSlice logits;
    private final HostSlice labels;
    private final HostSlice clock;
    private final int total;
    private final int stride;
    private final int batch;
    private final int classes;
    private final float smoothing;

    private SoftmaxXentOp(BoundArgs<HostSlice> b, boolean training) {
        this.training = training;
        name = b.entry();
        total = b.size("total");
        stride = b.size("stride");
        batch = b.size("batch");
        classes = b.size("classes");
        if (classes > Lane.TILE) {
            throw new IllegalArgumentException(name + ": at most " + Lane.TILE + " classes, got " + classes);
        }
        out = b.slice(training ? "dlogits" : "probabilities");
        record = b.slice("record");
        logits = b.slice("logits");
        labels = b.slice("labels");
        clock = b.slice("clock");
        smoothing = training ? b.scalar("smoothing") : 0;
    }

    static SoftmaxXentOp train(BoundArgs<HostSlice> b) {
        return new SoftmaxXentOp(b, true);
    }

    static SoftmaxXentOp eval(BoundArgs<HostSlice> b) {
        return new SoftmaxXentOp(b, false);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int images() {
        return batch;
    }

    @Override
    public List<Access> accesses() {
        return List.of(Access.writeRows(out), Access.write(record), Access.readRows(logits), Access.readRows(labels), Access.read(clock));
    }

    @Override
    public Planned plan(Tiling tiling, GraphBuilder builder) {
        HostSlice partial = builder.scratch(name + " partial", Shape.of(tiling.parts(), 2), DType.F32);
        return new Planned(new Rows(tiling, partial, builder), new Sum(tiling.parts(), partial));
    }

    private final class Rows extends Work {
        private final Tiling tiling;
        private final HostSlice partialSlice;
        private final Floats logitTiles;
        private final Floats outTiles;
        private FloatBuffer partial;
        private IntBuffer labelInts;
        private IntBuffer clockInts;

        Rows(Tiling tiling, HostSlice partial, GraphBuilder builder) {
            super(tiling.parts());
            this.tiling = tiling;
            this.partialSlice = partial;
            logitTiles = new Floats(logits, builder);
            outTiles = new Floats(out, builder);
        }

        @Override
        void link(Lanes lanes) {
            logitTiles.link();
            outTiles.link();
            partial = partialSlice.floats();
            labelInts = labels.ints();
            clockInts = clock.ints();
        }

        @Override
        void run(int part, Lane lane) {
            int valid = (int) Math.max(0, Math.min(batch, total - (long) clockInts.get(Clock.STEP) * stride));
            int from = tiling.from(part);
            int end = from + tiling.count(part);
            double loss = 0;
            int right = 0;
            float[] row = lane.a;
            for (int i = from; i < end; i++) {
                logitTiles.load(i * classes, classes, row, lane);
                int label = labelInts.get(i);
                int best = best(row);
                double logOfSum = exponentials(row, best, lane.b, label, i < valid);
                if (i < valid) {
                    loss += logOfSum;
                    right += best == label ? 1 : 0;
                }
                if (i >= valid) {
                    Arrays.fill(lane.b, 0, classes, 0);
                } else if (training) {
                    gradient(lane.b, label, 1f / valid);
                }
                outTiles.store(i * classes, classes, lane.b, lane);
            }
            partial.put(2 * part, (float) loss);
            partial.put(2 * part + 1, right);
        }

        private int best(float[] row) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                if (row[c] > row[best]) {
                    best = c;
                }
            }
            return best;
        }

        /** Writes the probabilities to {@code p} and returns the loss. */
        private double exponentials(float[] row, int best, float[] p, int label, boolean counted) {
            float top = row[best];
            float sum = 0;
            float logits = 0;
            for (int c = 0; c < classes; c++) {
                float below = row[c] - top;
                float e = FastMath.exp(below);
                p[c] = e;
                sum += e;
                logits += below;
            }
            float scale = 1 / sum;
            for (int c = 0; c < classes; c++) {
                p[c] *= scale;
            }
            if (!counted) {
                return 0;
            }
            double log = Math.log(sum);
            return log - (1 - smoothing) * (row[label] - top) - smoothing / classes * logits;
        }

        private void gradient(float[] p, int label, float scale) {
            float rest = smoothing / classes;
            for (int c = 0; c < classes; c++) {
                p[c] = (p[c] - rest) * scale;
            }
            p[label] -= (1 - smoothing) * scale;
        }
    }

    /** Adds the parts up in their order. */
    private final class Sum extends Work {
        private final int count;
        private final HostSlice partialSlice;
        private FloatBuffer partial;
        private FloatBuffer recordFloats;
        private IntBuffer clockInts;

        Sum(int count, HostSlice partial) {
            super(1);
            this.count = count;
            this.partialSlice = partial;
        }

        @Override
        void link(Lanes lanes) {
            partial = partialSlice.floats();
            recordFloats = record.floats();
            clockInts = clock.ints();
        }

        @Override
        void run(int part, Lane lane) {
            double loss = 0;
            float right = 0;
            for (int i = 0; i < count; i++) {
                loss += partial.get(2 * i);
                right += partial.get(2 * i + 1);
            }
            int step = clockInts.get(Clock.STEP);
            recordFloats.put(2 * step, (float) loss);
            recordFloats.put(2 * step + 1, right);
        }
    }
}

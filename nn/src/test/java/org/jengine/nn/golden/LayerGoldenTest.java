package org.jengine.nn.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Locale;
import java.util.stream.Stream;
import org.jengine.kernels.DType;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Relu;
import org.jengine.kernels.Shape;
import org.jengine.kernels.Sigmoid;
import org.jengine.runtime.Activation;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The library operations of the host device against Keras, forward and backward, float32 against float64. A tolerance is float32's
 * epsilon times the number of terms that are added up for one element, of the largest expected magnitude; a fused activation and the
 * way back through it, a kernel, add {@link #ACTIVATION} roundings.
 */
class LayerGoldenTest {
    private static final DType F32 = DType.F32;
    /** Bias, exponential (2), sum, quotient; or y, 1 - y and two products. */
    private static final int ACTIVATION = 5;

    static Stream<GoldenCase> convs() {
        return GoldenFile.cases("layers", "conv");
    }

    @ParameterizedTest
    @MethodSource("convs")
    void conv(GoldenCase c) {
        Activation activation = Activation.valueOf(c.text("activation").toUpperCase(Locale.ROOT));
        ConvSpec spec = new ConvSpec(c.size("n"), c.size("h"), c.size("w"), c.size("c"), c.size("k"), c.size("r"), c.size("s"),
                c.size("pad"), F32, activation, Activation.NONE);
        try (Rig rig = new Rig()) {
            Library.ConvPlan plan = rig.library().conv(spec);
            Slice x = rig.in("x", F32, c.input("x"), spec.x().toArray());
            Slice w = rig.in("w", F32, c.input("w"), spec.weights().toArray());
            Slice b = rig.in("b", F32, c.input("b"), spec.k());
            Slice dy = rig.in("dy", F32, c.input("dy"), spec.y().toArray());
            Slice y = rig.out("y", F32, spec.y());
            Slice dx = rig.out("dx", F32, spec.x());
            Slice dw = rig.out("dw", F32, spec.weights());
            Slice db = rig.out("db", F32, Shape.of(spec.k()));
            rig.run(plan.forward(y, x, w, b), before(rig, activation, dy, y), plan.backwardWeights(dw, db, x, dy),
                    plan.backwardData(dx, dy, w, x));
            int area = spec.r() * spec.s();
            int positions = Math.toIntExact(spec.y().count() / spec.k());
            Numbers.compareFloat("y", c.expected("y"), rig.read(y), area * spec.c() + ACTIVATION);
            Numbers.compareFloat("dz", c.expected("dz"), rig.read(dy), 2 * ACTIVATION);
            Numbers.compareFloat("dx", c.expected("dx"), rig.read(dx), area * spec.k() + ACTIVATION);
            Numbers.compareFloat("dw", c.expected("dw"), rig.read(dw), positions + ACTIVATION);
            Numbers.compareFloat("db", c.expected("db"), rig.read(db), positions + ACTIVATION);
        }
    }

    static Stream<GoldenCase> denses() {
        return GoldenFile.cases("layers", "dense");
    }

    /** The case {@code flatten} gives Keras an image in Flatten: its order must be that of our memory. */
    @ParameterizedTest
    @MethodSource("denses")
    void dense(GoldenCase c) {
        Activation activation = Activation.valueOf(c.text("activation").toUpperCase(Locale.ROOT));
        DenseSpec spec = new DenseSpec(c.size("n"), c.size("in"), c.size("out"), F32, activation, Activation.NONE);
        try (Rig rig = new Rig()) {
            Library.DensePlan plan = rig.library().dense(spec);
            Slice x = rig.in("x", F32, c.input("x"), spec.x().toArray());
            Slice w = rig.in("w", F32, c.input("w"), spec.weights().toArray());
            Slice b = rig.in("b", F32, c.input("b"), spec.out());
            Slice dy = rig.in("dy", F32, c.input("dy"), spec.y().toArray());
            Slice y = rig.out("y", F32, spec.y());
            Slice dx = rig.out("dx", F32, spec.x());
            Slice dw = rig.out("dw", F32, spec.weights());
            Slice db = rig.out("db", F32, Shape.of(spec.out()));
            rig.run(plan.forward(y, x, w, b), before(rig, activation, dy, y), plan.backwardWeights(dw, db, x, dy),
                    plan.backwardData(dx, dy, w, x));
            Numbers.compareFloat("y", c.expected("y"), rig.read(y), spec.in() + ACTIVATION);
            Numbers.compareFloat("dz", c.expected("dz"), rig.read(dy), spec.in() + 2 * ACTIVATION);
            Numbers.compareFloat("dx", c.expected("dx"), rig.read(dx), spec.in() + spec.out() + 2 * ACTIVATION);
            Numbers.compareFloat("dw", c.expected("dw"), rig.read(dw), spec.in() + spec.n() + 2 * ACTIVATION);
            Numbers.compareFloat("db", c.expected("db"), rig.read(db), spec.in() + spec.n() + 2 * ACTIVATION);
        }
    }

    static Stream<GoldenCase> pools() {
        return GoldenFile.cases("layers", "pool");
    }

    /** Selects and adds nothing: exact. */
    @ParameterizedTest
    @MethodSource("pools")
    void pool(GoldenCase c) {
        int window = c.size("window");
        PoolSpec spec = new PoolSpec(c.size("n"), c.size("h"), c.size("w"), c.size("c"), window, F32);
        try (Rig rig = new Rig()) {
            Library.PoolPlan plan = rig.library().maxPool(spec);
            Slice x = rig.in("x", F32, c.input("x"), spec.x().toArray());
            Slice dy = rig.in("dy", F32, c.input("dy"), spec.y().toArray());
            Slice y = rig.out("y", F32, spec.y());
            Slice index = rig.out("index", DType.U8, spec.y());
            Slice dx = rig.out("dx", F32, spec.x());
            rig.run(plan.forward(y, index, x), plan.backward(dx, dy, index));
            assertArrayEquals(c.expected("y"), rig.read(y));
            assertArrayEquals(c.expected("index"), rig.read(index));
            // Of each window one element gets a gradient; the rows and columns left over thin them further.
            assertArrayEquals(rounded(c.expected("dx", 0.5 / (window * window))), rig.read(dx));
        }
    }

    static Stream<GoldenCase> norms() {
        return GoldenFile.cases("layers", "norm");
    }

    @ParameterizedTest
    @MethodSource("norms")
    void norm(GoldenCase c) {
        int channels = c.size("c");
        int rows = c.size("n") * c.size("pixels");
        Shape all = Shape.of(rows, channels);
        Shape each = Shape.of(channels);
        try (Rig rig = new Rig()) {
            Library.NormPlan plan = rig.library().batchNorm(new NormSpec(c.size("n"), c.size("pixels"), channels,
                    (float) c.number("momentum"), (float) c.number("epsilon"), F32, Activation.NONE));
            Slice x = rig.in("x", F32, c.input("x"), rows, channels);
            Slice gamma = rig.in("gamma", F32, c.input("gamma"), channels);
            Slice beta = rig.in("beta", F32, c.input("beta"), channels);
            Slice runningMean = rig.in("running_mean", F32, c.input("running_mean"), channels);
            Slice runningVar = rig.in("running_var", F32, c.input("running_var"), channels);
            Slice dy = rig.in("dy", F32, c.input("dy"), rows, channels);
            Slice inference = rig.out("inference", F32, all);
            Slice y = rig.out("y", F32, all);
            Slice mean = rig.out("mean", F32, each);
            Slice invStd = rig.out("inv_std", F32, each);
            Slice dx = rig.out("dx", F32, all);
            Slice dgamma = rig.out("dgamma", F32, each);
            Slice dbeta = rig.out("dbeta", F32, each);
            rig.run(plan.inference(inference, x, gamma, beta, runningMean, runningVar),
                    plan.forward(y, mean, invStd, runningMean, runningVar, x, gamma, beta),
                    plan.backward(dx, dgamma, dbeta, dy, x, gamma, mean, invStd));
            // Root, quotient, difference, two products, sum; a statistic is a sum over the rows.
            Numbers.compareFloat("inference", c.expected("inference"), rig.read(inference), 6);
            Numbers.compareFloat("mean", c.expected("mean"), rig.read(mean), rows);
            Numbers.compareFloat("inv_std", c.expected("inv_std"), rig.read(invStd), rows + 3);
            Numbers.compareFloat("y", c.expected("y"), rig.read(y), rows + 6);
            Numbers.compareFloat("running_mean", c.expected("running_mean"), rig.read(runningMean), 3 + rows);
            Numbers.compareFloat("running_var", c.expected("running_var"), rig.read(runningVar), 3 + rows);
            Numbers.compareFloat("dgamma", c.expected("dgamma"), rig.read(dgamma), 2 * rows);
            Numbers.compareFloat("dbeta", c.expected("dbeta"), rig.read(dbeta), rows);
            Numbers.compareFloat("dx", c.expected("dx"), rig.read(dx), 2 * rows + 6);
        }
    }

    /** Turns {@code dy} in place into the gradient before the activation. */
    private static Launch before(Rig rig, Activation activation, Slice dy, Slice y) {
        int count = Math.toIntExact(y.count());
        KernelDef def = switch (activation) {
            case NONE -> null;
            case RELU -> Relu.bwd(F32);
            case SIGMOID -> Sigmoid.bwd(F32);
        };
        return def == null ? stream -> { } : rig.kernel(def, dy, dy, y, count);
    }

    private static double[] rounded(double[] values) {
        double[] out = values.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) out[i];
        }
        return out;
    }
}

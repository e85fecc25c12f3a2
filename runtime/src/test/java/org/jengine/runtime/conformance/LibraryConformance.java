package org.jengine.runtime.conformance;

import static org.jengine.runtime.conformance.Workbench.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jengine.kernels.Args;
import org.jengine.kernels.Case;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.Dropout;
import org.jengine.kernels.Shape;
import org.jengine.kernels.ref.ActivationRef;
import org.jengine.kernels.ref.BatchNormRef;
import org.jengine.kernels.ref.ConvRef;
import org.jengine.kernels.ref.DenseRef;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Capability;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Device;
import org.jengine.runtime.Dropping;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The library operations of a device against the oracles, at the tutorial's shapes and at awkward ones, twice with equal bits. */
public abstract class LibraryConformance {
    private static final DType[] REALS = {DType.F32, DType.BF16};

    /** What a product of factors up to 1, each rounded to 11 bits, may be off by; in a sum they are off to both sides. */
    private static final double TF32 = 0x1p-10;

    /** The device to test, in debug mode. */
    protected abstract Device open();

    /** How the operations may compute. */
    protected Numerics numerics() {
        return Numerics.EXACT;
    }

    /** The operations, with their memory in the arena. */
    protected Library library(Device device, Arena scratch) {
        return device.library(scratch, numerics());
    }

    /** What is tested; all else is tested elsewhere. */
    protected boolean covers(Operation operation, DType real) {
        return true;
    }

    /** Whether the index of a pooling holds the winners' places. */
    protected boolean notesPlaces() {
        return true;
    }

    /** Kinds of operations. */
    protected enum Operation { CONV, DENSE, POOL, NORM }

    @TestFactory
    List<DynamicTest> convolutions() {
        List<DynamicTest> tests = new ArrayList<>();
        int[][] shapes = {
            // n, h, w, c, k, r, s, pad
            {5, 32, 32, 3, 32, 3, 3, 0}, {3, 32, 32, 3, 32, 3, 3, 1}, {7, 15, 15, 32, 64, 3, 3, 0}, {3, 16, 16, 32, 32, 1, 1, 0},
            {9, 8, 8, 64, 128, 3, 3, 1}, {1, 5, 7, 1, 4, 3, 3, 1}, {127, 4, 4, 2, 5, 3, 3, 1}, {2, 33, 33, 5, 7, 5, 3, 2},
            {6, 1, 1, 13, 11, 1, 1, 0},
            {33, 6, 6, 8, 10, 2, 2, 0}};
        Activation turn = Activation.NONE;
        for (int[] d : shapes) {
            turn = after(turn);
            for (DType real : covered(Operation.CONV)) {
                for (Activation act : Activation.values()) {
                    ConvSpec spec = new ConvSpec(d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], real, act, after(act));
                    boolean weights = act == turn;
                    tests.add(test("conv " + Arrays.toString(d), real, act, bench -> conv(bench, spec, weights)));
                }
            }
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> denseLayers() {
        List<DynamicTest> tests = new ArrayList<>();
        int[][] shapes = {{128, 3072, 10}, {32, 3072, 128}, {127, 128, 128}, {1, 1, 1}, {80, 2304, 10}, {7, 385, 33}, {3, 2048, 256},
            {5, 13, 1500}};
        Activation turn = Activation.NONE;
        for (int[] d : shapes) {
            turn = after(turn);
            for (DType real : covered(Operation.DENSE)) {
                for (Activation act : Activation.values()) {
                    DenseSpec spec = new DenseSpec(d[0], d[1], d[2], real, act, after(act));
                    boolean weights = act == turn;
                    tests.add(test("dense " + Arrays.toString(d), real, act, bench -> dense(bench, spec, weights)));
                }
            }
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> pools() {
        List<DynamicTest> tests = new ArrayList<>();
        int[][] shapes = {{5, 30, 30, 32, 2}, {3, 13, 13, 64, 2}, {127, 4, 4, 5, 2}, {1, 1, 1, 3, 1}, {9, 33, 32, 7, 3},
            {2, 15, 16, 96, 2}};
        for (int[] d : shapes) {
            for (DType real : covered(Operation.POOL)) {
                PoolSpec spec = new PoolSpec(d[0], d[1], d[2], d[3], d[4], real);
                tests.add(test("pool " + Arrays.toString(d), real, Activation.NONE, bench -> PoolCheck.check(bench, spec, notesPlaces())));
            }
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> norms() {
        List<DynamicTest> tests = new ArrayList<>();
        int[][] shapes = {{128, 16, 128}, {5, 256, 32}, {80, 64, 64}, {127, 1, 10}, {2, 33, 7}, {3, 4, 1500}};
        Activation before = Activation.NONE;
        for (int[] d : shapes) {
            for (DType real : covered(Operation.NORM)) {
                before = after(before);
                NormSpec spec = new NormSpec(d[0], d[1], d[2], 0.99f, 1e-3f, real, before);
                tests.add(test("norm " + Arrays.toString(d), real, before, bench -> norm(bench, spec)));
            }
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> normsThatDrop() {
        List<DynamicTest> tests = new ArrayList<>();
        int[][] shapes = {{128, 16, 128}, {5, 256, 32}, {2, 33, 7}, {3, 4, 1500}};
        Activation before = Activation.NONE;
        for (int[] d : shapes) {
            for (DType real : covered(Operation.NORM)) {
                before = after(before);
                NormSpec spec = new NormSpec(d[0], d[1], d[2], 0.99f, 1e-3f, real, before);
                tests.add(test("dropping norm " + Arrays.toString(d), real, before, bench -> droppingNorm(bench, spec)));
            }
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> poolsWithNorms() {
        List<DynamicTest> tests = new ArrayList<>();
        int[][] shapes = {{17, 16, 16, 32, 2}, {5, 7, 9, 10, 2}, {3, 8, 8, 260, 2}, {127, 2, 3, 8, 2}};
        Activation before = Activation.NONE;
        for (int[] d : shapes) {
            for (DType real : covered(Operation.NORM)) {
                before = after(before);
                PoolSpec pool = new PoolSpec(d[0], d[1], d[2], d[3], d[4], real);
                NormSpec norm = new NormSpec(d[0], pool.y().dim(1) * pool.y().dim(2), d[3], 0.99f, 1e-3f, real, before);
                tests.add(test("pool and norm " + Arrays.toString(d), real, before,
                        bench -> PoolNormCheck.check(bench, pool, norm, false)));
                tests.add(test("pool and dropping norm " + Arrays.toString(d), real, before,
                        bench -> PoolNormCheck.check(bench, pool, norm, true)));
            }
        }
        return tests;
    }

    /** Another one, so that each stands before and behind an operation. */
    private static Activation after(Activation act) {
        Activation[] all = Activation.values();
        return all[(act.ordinal() + 1) % all.length];
    }

    private List<DType> covered(Operation operation) {
        return Arrays.stream(REALS).filter(real -> covers(operation, real)).toList();
    }

    private DynamicTest test(String what, DType real, Activation act, Consumer<Workbench> body) {
        return DynamicTest.dynamicTest(what + " " + real.suffix() + " " + act, () -> {
            try (Device device = open()) {
                Assumptions.assumeTrue(real != DType.BF16 || device.capabilities().contains(Capability.BF16), "this device has no bf16");
                try (Workbench bench = new Workbench(device, numerics(), scratch -> library(device, scratch))) {
                    body.accept(bench);
                }
            }
        });
    }

    /** @param weights whether also their gradients, in which no activation has a part: one of them in turn is enough for each shape */
    private static void conv(Workbench bench, ConvSpec s, boolean weights) {
        double[] x = random(1, s.real(), s.x().count());
        double[] w = random(2, s.real(), s.weights().count());
        double[] b = random(3, DType.F32, s.k());
        double[] dy = random(4, s.real(), s.y().count());
        Slice xs = bench.of("x", s.real(), s.x(), x);
        Slice ws = bench.of("w", s.real(), s.weights(), w);
        Slice bs = bench.of("b", DType.F32, Shape.of(s.k()), b);
        Slice dys = bench.of("dy", s.real(), s.y(), dy);
        Slice ys = bench.empty("y", s.real(), s.y());
        Slice dxs = bench.empty("dx", s.real(), s.x());
        Slice dws = bench.empty("dw", DType.F32, s.weights());
        Slice dbs = bench.empty("db", DType.F32, Shape.of(s.k()));
        bench.ready();
        Supplier<Library.ConvPlan> plan = () -> bench.library().conv(s);
        ConvRef.Dims d = new ConvRef.Dims(s.n(), s.h(), s.w(), s.c(), s.k(), s.r(), s.s(), s.pad());
        int pixels = s.y().dim(1) * s.y().dim(2);
        twice(bench, plan.get().forward(ys, xs, ws, bs), List.of(ys), List.of(act(s.act(), ConvRef.forward(x, w, b, d))),
                s.r() * s.s() * s.c());
        twice(bench, plan.get().backwardData(dxs, dys, ws, xs), List.of(dxs),
                List.of(derived(s.before(), ConvRef.backwardData(dy, w, d), x)), s.r() * s.s() * s.k());
        if (weights) {
            ConvRef.WeightGradients g = ConvRef.backwardWeights(x, dy, d);
            twice(bench, plan.get().backwardWeights(dws, dbs, xs, dys), List.of(dws, dbs), List.of(g.df(), g.db()), s.n() * pixels);
        }
    }

    /** @param weights as in {@link #conv} */
    private static void dense(Workbench bench, DenseSpec s, boolean weights) {
        double[] x = random(1, s.real(), s.x().count());
        double[] w = random(2, s.real(), s.weights().count());
        double[] b = random(3, DType.F32, s.out());
        double[] dy = random(4, s.real(), s.y().count());
        Slice xs = bench.of("x", s.real(), s.x(), x);
        Slice ws = bench.of("w", s.real(), s.weights(), w);
        Slice bs = bench.of("b", DType.F32, Shape.of(s.out()), b);
        Slice dys = bench.of("dy", s.real(), s.y(), dy);
        Slice ys = bench.empty("y", s.real(), s.y());
        Slice dxs = bench.empty("dx", s.real(), s.x());
        Slice dws = bench.empty("dw", DType.F32, s.weights());
        Slice dbs = bench.empty("db", DType.F32, Shape.of(s.out()));
        bench.ready();
        Supplier<Library.DensePlan> plan = () -> bench.library().dense(s);
        twice(bench, plan.get().forward(ys, xs, ws, bs), List.of(ys),
                List.of(act(s.act(), DenseRef.forward(x, w, b, s.n(), s.in(), s.out()))), s.in());
        twice(bench, plan.get().backwardData(dxs, dys, ws, xs), List.of(dxs),
                List.of(derived(s.before(), DenseRef.backwardData(dy, w, s.n(), s.in(), s.out()), x)), s.out());
        if (weights) {
            DenseRef.WeightGradients g = DenseRef.backwardWeights(x, dy, s.n(), s.in(), s.out());
            twice(bench, plan.get().backwardWeights(dws, dbs, xs, dys), List.of(dws, dbs), List.of(g.dw(), g.db()), s.n());
        }
    }

    private static void norm(Workbench bench, NormSpec s) {
        Shape image = Shape.of(s.n(), s.pixels(), s.channels());
        Shape vector = Shape.of(s.channels());
        int rows = s.n() * s.pixels();
        double[] x = random(1, s.real(), image.count());
        double[] dy = random(2, s.real(), image.count());
        double[] gamma = random(3, DType.F32, s.channels());
        double[] beta = random(4, DType.F32, s.channels());
        double[] oldMean = random(5, DType.F32, s.channels());
        double[] oldVar = Arrays.stream(random(6, DType.F32, s.channels())).map(v -> 1 + 0.5 * v).map(v -> (float) v).toArray();
        Slice xs = bench.of("x", s.real(), image, x);
        Slice dys = bench.of("dy", s.real(), image, dy);
        Slice gammas = bench.of("gamma", DType.F32, vector, gamma);
        Slice betas = bench.of("beta", DType.F32, vector, beta);
        Slice runningMean = bench.of("running mean", DType.F32, vector, oldMean);
        Slice runningVar = bench.of("running var", DType.F32, vector, oldVar);
        Slice ys = bench.empty("y", s.real(), image);
        Slice dxs = bench.empty("dx", s.real(), image);
        Slice mean = bench.empty("mean", DType.F32, vector);
        Slice invStd = bench.empty("invStd", DType.F32, vector);
        Slice dgamma = bench.empty("dgamma", DType.F32, vector);
        Slice dbeta = bench.empty("dbeta", DType.F32, vector);
        bench.ready();
        Supplier<Library.NormPlan> plan = () -> bench.library().batchNorm(s);
        twice(bench, plan.get().inference(ys, xs, gammas, betas, runningMean, runningVar), List.of(ys),
                List.of(BatchNormRef.inference(x, gamma, beta, oldMean, oldVar, rows, s.channels(), s.epsilon())), 8);
        BatchNormRef.Training t = BatchNormRef.forward(x, gamma, beta, oldMean, oldVar, rows, s.channels(), s.momentum(), s.epsilon());
        bench.run(plan.get().forward(ys, mean, invStd, runningMean, runningVar, xs, gammas, betas));
        compare("y", s.real(), t.y(), bench.read(ys), rows, bench.numerics());
        compare("mean", DType.F32, t.mean(), bench.read(mean), rows, bench.numerics());
        compare("invStd", DType.F32, t.invStd(), bench.read(invStd), rows, bench.numerics());
        compare("running mean", DType.F32, t.runningMean(), bench.read(runningMean), rows, bench.numerics());
        compare("running var", DType.F32, t.runningVar(), bench.read(runningVar), rows, bench.numerics());
        BatchNormRef.Gradients g = BatchNormRef.backward(dy, x, gamma, t.mean(), t.invStd(), rows, s.channels());
        twice(bench, plan.get().backward(dxs, dgamma, dbeta, dys, xs, gammas, mean, invStd), List.of(dxs, dgamma, dbeta),
                List.of(derived(s.before(), g.dx(), x), g.dgamma(), g.dbeta()), rows);
    }

    private static void droppingNorm(Workbench bench, NormSpec s) {
        Shape image = Shape.of(s.n(), s.pixels(), s.channels());
        Shape vector = Shape.of(s.channels());
        int rows = s.n() * s.pixels();
        double[] x = random(1, s.real(), image.count());
        double[] dy = random(2, s.real(), image.count());
        double[] gamma = random(3, DType.F32, s.channels());
        double[] beta = random(4, DType.F32, s.channels());
        Slice xs = bench.of("x", s.real(), image, x);
        Slice dys = bench.of("dy", s.real(), image, dy);
        Slice gammas = bench.of("gamma", DType.F32, vector, gamma);
        Slice betas = bench.of("beta", DType.F32, vector, beta);
        Slice runningMean = bench.of("running mean", DType.F32, vector, new double[s.channels()]);
        Slice runningVar = bench.of("running var", DType.F32, vector, new double[s.channels()]);
        Slice clock = bench.of("clock", DType.I32, Shape.of(4), new double[] {3, 1, 391, 0});
        Slice key = bench.of("key", DType.I32, Shape.of(2), new double[] {123, 456});
        Slice ys = bench.empty("y", s.real(), image);
        Slice dxs = bench.empty("dx", s.real(), image);
        Slice mean = bench.empty("mean", DType.F32, vector);
        Slice invStd = bench.empty("invStd", DType.F32, vector);
        Slice dgamma = bench.empty("dgamma", DType.F32, vector);
        Slice dbeta = bench.empty("dbeta", DType.F32, vector);
        Dropping dropping = new Dropping(bench.device().kernel(Dropout.of(s.real())), clock, key, 5, 0.25f);
        bench.ready();
        Supplier<Library.NormPlan> plan = () -> bench.library().batchNorm(s, dropping);
        double[] zeros = new double[s.channels()];
        BatchNormRef.Training t = BatchNormRef.forward(x, gamma, beta, zeros, zeros, rows, s.channels(), s.momentum(), s.epsilon());
        bench.run(plan.get().forward(ys, mean, invStd, runningMean, runningVar, xs, gammas, betas));
        compare("y", s.real(), dropped(t.y()), bench.read(ys), rows, Numerics.EXACT);
        compare("mean", DType.F32, t.mean(), bench.read(mean), rows, Numerics.EXACT);
        bench.run(plan.get().backward(dxs, dgamma, dbeta, dys, xs, gammas, mean, invStd));
        BatchNormRef.Gradients g = BatchNormRef.backward(dropped(dy), x, gamma, t.mean(), t.invStd(), rows, s.channels());
        compare("dx", s.real(), derived(s.before(), g.dx(), x), bench.read(dxs), rows, Numerics.EXACT);
        compare("dgamma", DType.F32, g.dgamma(), bench.read(dgamma), rows, Numerics.EXACT);
        compare("dbeta", DType.F32, g.dbeta(), bench.read(dbeta), rows, Numerics.EXACT);
    }

    /** As the kernel's reference drops, at the clock and with the key of {@link #droppingNorm}. */
    static double[] dropped(double[] x) {
        Args args = Args.of(Dropout.of(DType.F32)).out("y", x.length).data("x", Data.of(DType.F32, x))
                .data("clock", Data.of(DType.I32, 3, 1, 391, 0)).data("key", Data.of(DType.I32, 123, 456))
                .size("count", x.length).size("layer", 5).scalar("rate", 0.25).build();
        Dropout.of(DType.F32).reference(args);
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = args.data("y").get(i);
        }
        return y;
    }

    private static double[] act(Activation act, double[] y) {
        return switch (act) {
            case NONE -> y;
            case RELU -> ActivationRef.relu(y);
            case SIGMOID -> ActivationRef.sigmoid(y);
        };
    }

    static double[] derived(Activation before, double[] dx, double[] x) {
        return switch (before) {
            case NONE -> dx;
            case RELU -> ActivationRef.reluBackward(dx, x);
            case SIGMOID -> ActivationRef.sigmoidBackward(dx, x);
        };
    }

    static void twice(Workbench bench, Launch launch, List<Slice> outputs, List<double[]> expected, int length) {
        List<double[]> first = run(bench, launch, outputs);
        for (int i = 0; i < outputs.size(); i++) {
            compare(outputs.get(i).name(), outputs.get(i).type(), expected.get(i), first.get(i), length, bench.numerics());
        }
        List<double[]> second = run(bench, launch, outputs);
        for (int i = 0; i < outputs.size(); i++) {
            assertArrayEquals(first.get(i), second.get(i), outputs.get(i).name() + ": the second run gives other bits");
        }
    }

    private static List<double[]> run(Workbench bench, Launch launch, List<Slice> outputs) {
        outputs.forEach(s -> bench.stream().fill(s, 0xff));
        bench.run(launch);
        return outputs.stream().map(bench::read).toList();
    }

    /** @param length of the longest reduction; 0 where the bits must be the oracle's */
    static void compare(String name, DType type, double[] want, double[] got, int length, Numerics numerics) {
        double largest = Math.max(1e-30, Arrays.stream(want).map(Math::abs).max().orElse(0));
        double tolerance = length == 0 ? 0 : length * Case.epsilon(DType.F32) + (type == DType.BF16 ? Case.epsilon(DType.BF16) : 0);
        double allowed = tolerance * largest + (numerics.tf32() ? TF32 * Math.sqrt(length) : 0);
        int zeros = 0;
        for (int i = 0; i < want.length; i++) {
            zeros += want[i] == 0 ? 1 : 0;
            if (!(Math.abs(want[i] - got[i]) <= allowed)) {
                fail(name + "[" + i + "] is " + got[i] + ", the oracle says " + want[i]
                        + " (allowed difference " + allowed + ")");
            }
        }
        if (want.length > 8 && zeros > want.length * 9 / 10) {
            fail(name + ": not a test, the oracle's result is mostly zeros");
        }
    }
}

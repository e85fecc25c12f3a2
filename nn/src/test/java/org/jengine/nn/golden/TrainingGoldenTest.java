package org.jengine.nn.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jengine.kernels.Shuffle;
import org.jengine.nn.EpochResult;
import org.jengine.nn.Evaluation;
import org.jengine.nn.Session;
import org.jengine.nn.TestDevice;
import org.jengine.nn.TrainResult;
import org.jengine.nn.Weights;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three training steps of each of the tutorial's nets, the last with three images instead of eight, against Keras: the losses, and
 * every weight tensor afterwards. Then two epochs of the smallest with the other optimisers, schedules and label smoothing. See
 * {@link GoldenRun} for what float32 may do to a gradient.
 */
class TrainingGoldenTest {
    /** Sampled elements have gradients of at least a tenth of the usual size, so theirs is ten times as uncertain. */
    private static final double SAMPLED = 10;
    /** Decay and difference. */
    private static final int ROUNDINGS_PER_STEP = 2;

    static Stream<String> runs() {
        return Stream.of("lr", "mlp", "cnn", "deep-cnn", "keras-cnn", "pkaur-cnn", "mlp-sgd", "lr-adamw", "lr-rmsprop");
    }

    @ParameterizedTest
    @MethodSource("runs")
    void startIsTheSame(String name) {
        GoldenRun run = new GoldenRun(name);
        Shuffle order = new Shuffle(run.count("train_images"));
        for (int epoch = 0; epoch < run.count("epochs"); epoch++) {
            order.key((int) run.seed(), (int) (run.seed() >>> 32), epoch);
            assertArrayEquals(run.order(epoch), IntStream.range(0, run.count("train_images")).map(order::at).toArray());
        }
        assertTrue(run.margin() > 4 * Numbers.EPSILON, "a float32 run would take the other side of a kink: " + run.margin());
        Weights start = run.start();
        List<String> golden = new ArrayList<>();
        run.tensors().forEach(t -> golden.add(t.name() + " " + t.shape()));
        List<String> ours = new ArrayList<>();
        start.tensors().forEach((tensor, t) -> ours.add(tensor + " " + t.shape()));
        assertEquals(ours, golden);
        for (GoldenTensor t : run.tensors()) {
            Numbers.compareDouble(t.name(), t.start(), sampled(start.tensors().get(t.name()).values(), t.at()));
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void steps(String name) {
        GoldenRun run = new GoldenRun(name);
        try (Device device = device(); Session session = run.trainer(device).open()) {
            assertEquals(GoldenRun.STEPS, session.stepsPerEpoch());
            for (int epoch = 0; epoch < run.count("epochs"); epoch++) {
                session.queue(GoldenRun.STEPS);
                session.synchronize();
                Numbers.compare("losses", run.losses(epoch), session.stepLosses(), lossTolerance(run));
            }
            Evaluation evaluation = session.evaluate();
            assertEquals(run.count("validation_images"), evaluation.count());
            assertEquals(run.validationLoss(), evaluation.loss(), lossTolerance(run));
            assertEquals(run.validationAccuracy(), evaluation.accuracy(), 1e-6);
            compare(run, session.weights());
        }
    }

    /** The same by {@code fit}, which goes by epochs and reports their means. */
    @ParameterizedTest
    @MethodSource("runs")
    void epochs(String name) {
        assumeTrue(TestDevice.isBest(), "once is enough: how steps make epochs hangs on no tier");
        GoldenRun run = new GoldenRun(name);
        try (Device device = device()) {
            TrainResult result = run.trainer(device).fit();
            assertEquals(run.count("epochs"), result.epochs().size());
            for (EpochResult epoch : result.epochs()) {
                assertEquals(run.meanLoss(epoch.epoch() - 1), epoch.trainLoss(), lossTolerance(run));
                assertEquals(run.accuracy(epoch.epoch() - 1), epoch.trainAccuracy(), 1e-6);
            }
            EpochResult last = result.epochs().get(result.epochs().size() - 1);
            assertEquals(run.validationLoss(), last.valLoss(), lossTolerance(run));
            assertEquals(run.validationAccuracy(), last.valAccuracy(), 1e-6);
            compare(run, result.lastWeights());
        }
    }

    private static void compare(GoldenRun run, Weights weights) {
        Weights start = run.start();
        int steps = GoldenRun.STEPS * run.count("epochs");
        double roundings = ROUNDINGS_PER_STEP * steps * Numbers.EPSILON;
        // What float32 may do to an update, as a share of it; statistics are no further off.
        double update = SAMPLED * run.noise() + run.decayError();
        for (GoldenTensor t : run.tensors()) {
            float[] end = weights.tensors().get(t.name()).values();
            float[] begin = start.tensors().get(t.name()).values();
            double[] change = new double[end.length];
            for (int i = 0; i < end.length; i++) {
                change[i] = (double) end[i] - begin[i];
            }
            double[] values = t.values();
            Numbers.compare(t.name(), values, sampled(end, t.at()),
                    roundings * Numbers.largest(values) + update * t.moved());
            double tolerance = roundings * t.norm() + update * t.change();
            Numbers.compare(t.name() + " change", new double[] {t.change()}, new double[] {norm(change)}, tolerance);
            Numbers.compare(t.name() + " norm", new double[] {t.norm()}, new double[] {norm(end)}, tolerance);
        }
    }

    /** The logits carry the noise of the way forward, and what the updates before them carried into the weights. */
    private static double lossTolerance(GoldenRun run) {
        return (run.noise() + run.decayError()) * Numbers.largest(run.losses(0));
    }

    private static double[] sampled(float[] values, int[] at) {
        double[] out = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            out[i] = values[at[i]];
        }
        return out;
    }

    private static double norm(float[] values) {
        return norm(IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray());
    }

    private static double norm(double[] values) {
        return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
    }

    private static Device device() {
        return TestDevice.open(DeviceRequest.first().withThreads(1));
    }
}

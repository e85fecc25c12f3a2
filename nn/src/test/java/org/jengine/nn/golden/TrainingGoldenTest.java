package org.jengine.nn.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jengine.kernels.Shuffle;
import org.jengine.nn.EpochResult;
import org.jengine.nn.Evaluation;
import org.jengine.nn.Session;
import org.jengine.nn.TrainResult;
import org.jengine.nn.Weights;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three training steps of each of the tutorial's nets, the last with three images instead of eight, against Keras: the losses, and
 * every weight tensor afterwards. See {@link GoldenRun#noise} for what float32 may do to a gradient.
 */
class TrainingGoldenTest {
    private static final int STEPS = 3;
    /** Sampled elements have gradients of at least a tenth of the usual size, so theirs is ten times as uncertain. */
    private static final double SAMPLED = 10;
    /** {@code 1 - beta} of a float beta, as in {@link OptimizerGoldenTest}: 0.999 is the nearest to 1 in use. */
    private static final double BETA = 0.5 * Numbers.EPSILON / (1 - 0.999);
    /** Each step rounds a weight twice: decay's place and the difference. */
    private static final int WEIGHT_ROUNDINGS = 2 * STEPS;

    @ParameterizedTest
    @ValueSource(strings = {"lr", "mlp", "cnn", "deep-cnn", "keras-cnn", "pkaur-cnn"})
    void startIsTheSame(String name) {
        GoldenRun run = new GoldenRun(name);
        Shuffle order = new Shuffle(run.count("train_images"));
        order.key((int) run.seed(), (int) (run.seed() >>> 32), 0);
        assertArrayEquals(run.order(), IntStream.range(0, run.count("train_images")).map(order::at).toArray());
        assertTrue(run.margin() > 4 * Numbers.EPSILON, "a float32 run would take the other side of a kink: " + run.margin());
        Weights start = run.start();
        List<String> shapes = new ArrayList<>();
        run.tensors().forEach(t -> shapes.add(t.name() + " " + t.shape()));
        List<String> ours = new ArrayList<>();
        start.tensors().forEach((tensor, t) -> ours.add(tensor + " " + t.shape()));
        assertEquals(ours, shapes);
        for (GoldenTensor t : run.tensors()) {
            Numbers.compareDouble(t.name(), t.start(), sampled(start.tensors().get(t.name()).values(), t.at()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lr", "mlp", "cnn", "deep-cnn", "keras-cnn", "pkaur-cnn"})
    void threeSteps(String name) {
        GoldenRun run = new GoldenRun(name);
        try (Device device = device(); Session session = run.trainer(device).open()) {
            assertEquals(STEPS, session.stepsPerEpoch());
            session.queue(STEPS);
            session.synchronize();
            Numbers.compare("losses", run.losses(), session.stepLosses(), lossTolerance(run));
            Evaluation evaluation = session.evaluate();
            assertEquals(run.count("validation_images"), evaluation.count());
            assertEquals(run.validationLoss(), evaluation.loss(), lossTolerance(run));
            assertEquals((double) run.validationRight() / run.count("validation_images"), evaluation.accuracy(), 1e-6);
            compare(run, session.weights());
        }
    }

    /** The same by {@code fit}, which goes by epochs and reports their means. */
    @ParameterizedTest
    @ValueSource(strings = {"lr", "mlp", "cnn", "deep-cnn", "keras-cnn", "pkaur-cnn"})
    void oneEpoch(String name) {
        GoldenRun run = new GoldenRun(name);
        int images = run.count("train_images");
        double loss = 0;
        for (int step = 0; step < STEPS; step++) {
            loss += run.losses()[step] * Math.min(run.count("batch"), images - step * run.count("batch")) / images;
        }
        try (Device device = device()) {
            TrainResult result = run.trainer(device).fit();
            assertEquals(1, result.epochs().size());
            EpochResult epoch = result.epochs().get(0);
            assertEquals(loss, epoch.trainLoss(), lossTolerance(run));
            assertEquals((double) Arrays.stream(run.right()).sum() / images, epoch.trainAccuracy(), 1e-6);
            assertEquals(run.validationLoss(), epoch.valLoss(), lossTolerance(run));
            assertEquals((double) run.validationRight() / run.count("validation_images"), epoch.valAccuracy(), 1e-6);
            compare(run, result.lastWeights());
        }
    }

    private static void compare(GoldenRun run, Weights weights) {
        Weights start = run.start();
        // An update is known to the relative error of its gradient; statistics are no further off.
        double update = run.noise() + BETA;
        for (GoldenTensor t : run.tensors()) {
            float[] end = weights.tensors().get(t.name()).values();
            float[] begin = start.tensors().get(t.name()).values();
            double[] change = new double[end.length];
            for (int i = 0; i < end.length; i++) {
                change[i] = (double) end[i] - begin[i];
            }
            double roundings = WEIGHT_ROUNDINGS * Numbers.EPSILON;
            double[] values = t.values();
            Numbers.compare(t.name(), values, sampled(end, t.at()),
                    roundings * Numbers.largest(values) + STEPS * run.largestStep() * SAMPLED * update);
            Numbers.compare(t.name() + " change", new double[] {t.change()}, new double[] {norm(change)},
                    roundings * t.norm() + SAMPLED * update * t.change());
            Numbers.compare(t.name() + " norm", new double[] {t.norm()}, new double[] {norm(end)},
                    roundings * t.norm() + SAMPLED * update * t.change());
        }
    }

    /** The logits carry the noise of the way forward, and what the updates before them carried into the weights. */
    private static double lossTolerance(GoldenRun run) {
        return (run.noise() + BETA) * Numbers.largest(run.losses());
    }

    private static double[] sampled(float[] values, int[] at) {
        double[] out = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            out[i] = values[at[i]];
        }
        return out;
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float v : values) {
            sum += (double) v * v;
        }
        return Math.sqrt(sum);
    }

    private static double norm(double[] values) {
        return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
    }

    private static Device device() {
        return Devices.open("host", DeviceRequest.first().withThreads(1));
    }
}

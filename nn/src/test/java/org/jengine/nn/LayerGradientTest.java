package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jengine.nn.layers.BatchNorm;
import org.jengine.nn.layers.LayerCases;
import org.jengine.nn.layers.Layers;
import org.jengine.nn.layers.LeakyRelu;
import org.jengine.nn.layers.MaxPool;
import org.jengine.runtime.Device;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every layer's gradients against differences of the loss. The gradient of a layer's input is checked by the weights before it. One
 * step of SGD at rate 1 moves the weights by their gradient.
 */
class LayerGradientTest {
    /** Small, since in two steps of it some unit of a ReLU or pool may change its mind; large against the rounding of the loss. */
    private static final float STEP = 0x1p-13f;
    /** Where no unit can: the difference is off by its square, and rounding is less beside it. */
    private static final float SMOOTH_STEP = 0x1p-10f;
    /** The loss of six images is rounded to 1e-7, and has a little more noise from the sums before it. */
    private static final double ROUNDING = 5e-7;
    private static final int DIRECTIONS = 4;
    private static final int IMAGES = 6;
    private static Device device;

    @BeforeAll
    static void open() {
        device = TestDevice.debug();
    }

    @AfterAll
    static void close() {
        device.close();
    }

    static Stream<LayerCases.LayerCase> cases() {
        return LayerCases.ALL.stream();
    }

    @Test
    void everyLayerHasACase() throws IOException, URISyntaxException {
        Path folder = Path.of(Layers.class.getProtectionDomain().getCodeSource().getLocation().toURI()).resolve("org/jengine/nn/layers");
        TreeSet<String> records = new TreeSet<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                try {
                    Class<?> type = Class.forName("org.jengine.nn.layers." + name);
                    if (type.isRecord() && Layer.class.isAssignableFrom(type)) {
                        records.add(name);
                    }
                } catch (ClassNotFoundException e) {
                    throw new AssertionError(file + " is not a class", e);
                }
            }
        }
        assertTrue(records.contains("Dense"), "the scan finds layers");
        assertEquals(records, LayerCases.ALL.stream().map(c -> c.layer().getSimpleName()).collect(Collectors.toCollection(TreeSet::new)),
                "layers that have no case in LayerCases, or the other way round");
        for (LayerCases.LayerCase c : LayerCases.ALL) {
            assertTrue(c.net().layers().stream().anyMatch(c.layer()::isInstance), c + " has no such layer");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAreDifferencesOfTheLoss(LayerCases.LayerCase c) {
        check(c.net(), 0);
    }

    @Test
    void soIsTheSmoothedLoss() {
        check(LayerCases.ALL.get(0).net(), 0.2);
    }

    private static void check(Net net, double smoothing) {
        SplittableRandom random = new SplittableRandom(5);
        Weights weights = perturbed(net, Weights.initial(net, 3), random);
        try (Session session = Trainer.of(net, Noise.of(net, IMAGES), device).batch(IMAGES).labelSmoothing(smoothing)
                .optimizer(new Optimizer.Sgd(1, 0, false, 0)).open()) {
            check(net, session, weights, random);
        }
    }

    private static void check(Net net, Session session, Weights weights, SplittableRandom random) {
        Map<String, float[]> gradients = gradients(net, session, weights);
        float step = isSmooth(net) ? SMOOTH_STEP : STEP;
        double noise = ROUNDING / (2 * step);
        for (NamedWeight w : net.weights()) {
            if (!w.spec().trainable()) {
                continue;
            }
            float[] g = gradients.get(w.name());
            double norm = norm(g);
            boolean shifted = cancels(net, w);
            assertTrue(shifted || norm > 5 * noise, w.name() + " has a gradient of " + norm + ", too small to test");
            for (int i = 0; i < DIRECTIONS; i++) {
                float[] direction = direction(g.length, random);
                double expected = (loss(session, moved(weights, w.name(), direction, step))
                        - loss(session, moved(weights, w.name(), direction, -step))) / (2 * step);
                double found = 0;
                for (int k = 0; k < g.length; k++) {
                    found += (double) g[k] * direction[k];
                }
                assertEquals(expected, found, 0.02 * norm + noise, w.name() + " of " + net.name() + ", direction " + i + ", norm " + norm);
            }
        }
    }

    private static boolean isSmooth(Net net) {
        return net.layers().stream().noneMatch(l -> l.activation() == Act.RELU || l instanceof MaxPool || l instanceof LeakyRelu);
    }

    /** A bias that batch normalisation follows directly is taken out again by it: its gradient is 0. */
    private static boolean cancels(Net net, NamedWeight w) {
        return w.spec().name().equals("bias") && net.layers().get(w.layer()).activation() == Act.NONE
                && net.layers().get(w.layer() + 1) instanceof BatchNorm;
    }

    /** Biases that are not 0 and scales that are not 1, so that nothing is hidden. */
    private static Weights perturbed(Net net, Weights weights, SplittableRandom random) {
        Map<String, Weights.Tensor> out = new LinkedHashMap<>();
        weights.tensors().forEach((name, t) -> {
            float[] values = t.values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) random.nextDouble(-0.2, 0.2);
            }
            out.put(name, new Weights.Tensor(t.shape(), values));
        });
        return new Weights(out);
    }

    private static Map<String, float[]> gradients(Net net, Session session, Weights before) {
        session.restart(before);
        session.queue(1);
        Weights after = session.weights();
        Map<String, float[]> out = new LinkedHashMap<>();
        for (NamedWeight w : net.weights()) {
            float[] b = before.tensors().get(w.name()).values();
            float[] a = after.tensors().get(w.name()).values();
            float[] g = new float[b.length];
            for (int i = 0; i < g.length; i++) {
                g[i] = b[i] - a[i];
            }
            out.put(w.name(), g);
        }
        return out;
    }

    private static double loss(Session session, Weights weights) {
        session.restart(weights);
        session.queue(1);
        return session.stepLosses()[0];
    }

    private static Weights moved(Weights weights, String name, float[] direction, float step) {
        Map<String, Weights.Tensor> out = new LinkedHashMap<>(weights.tensors());
        Weights.Tensor t = out.get(name);
        float[] values = t.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] += step * direction[i];
        }
        out.put(name, new Weights.Tensor(t.shape(), values));
        return new Weights(out);
    }

    private static float[] direction(int count, SplittableRandom random) {
        float[] out = new float[count];
        for (int i = 0; i < count; i++) {
            out[i] = random.nextBoolean() ? 1 : -1;
        }
        return out;
    }

    private static double norm(float[] g) {
        double sum = 0;
        for (float v : g) {
            sum += (double) v * v;
        }
        return Math.sqrt(sum);
    }
}

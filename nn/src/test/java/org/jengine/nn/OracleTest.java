package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jengine.kernels.DType;
import org.jengine.nn.layers.LayerCases;
import org.jengine.runtime.Device;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole training steps on the device against the same on {@link OracleDevice}; and bfloat16, which few processors have, on
 * that alone: what is planned for it must give nearly what float32 gives.
 */
class OracleTest extends DeviceTest {
    private static final int STEPS = 7;
    private static final int ORDERS = 20;
    private static final Optimizer SGD = new Optimizer.Sgd(0.02, 0.9, true, 1e-3);

    static Stream<Net> nets() {
        return Stream.concat(Stream.of(Nets.SMALL), LayerCases.ALL.stream().map(LayerCases.LayerCase::net));
    }

    @ParameterizedTest
    @MethodSource("nets")
    void theDeviceTrainsAsTheOracleDoes(Net net) {
        Run host = run(net, device, Precision.FP32, SGD);
        Run oracle = run(net, new OracleDevice(), Precision.FP32, SGD);
        assertArrayEquals(oracle.losses, host.losses, 1e-4, "losses");
        assertEquals(oracle.evaluation.loss(), host.evaluation.loss(), 1e-4);
        close(oracle.weights, host.weights, 1e-4);
    }

    /** The software CUDA device draws an order of streams and blocks for every launch; a GPU and OpenCL take one of their own. */
    @ParameterizedTest
    @MethodSource("nets")
    void itTrainsTheSameInWhateverOrderItsLaunchesRun(Net net) {
        try (Session session = trainer(net, device, Precision.FP32, SGD).open()) {
            Weights begin = session.weights();
            double[] losses = null;
            Map<String, List<Integer>> weights = null;
            for (int order = 0; order < ORDERS; order++) {
                session.restart(begin);
                session.queue(2);
                if (order == 0) {
                    losses = session.stepLosses();
                    weights = bits(session.weights());
                }
                assertArrayEquals(losses, session.stepLosses(), "losses of order " + order);
                assertEquals(weights, bits(session.weights()), "weights of order " + order);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("nets")
    void bf16IsPlannedEverywhere(Net net) {
        bf16(net, SGD, 0.02);
    }

    static List<Optimizer> optimizers() {
        return List.of(new Optimizer.Adam(1e-3), new Optimizer.RmsProp(1e-3), new Optimizer.Sgd(0.01, 0, false, 1e-3));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void everyOptimizerRenewsWhatMatrixProductsRead(Optimizer optimizer) {
        // Adam and RMSprop move an element by about the rate whichever the gradient's size, so up to twice that apart in a step.
        bf16(Nets.SMALL, optimizer, 0.02);
    }

    private static void bf16(Net net, Optimizer optimizer, double tolerance) {
        Run plain = run(net, new OracleDevice(), Precision.FP32, optimizer);
        Run rounded = run(net, new OracleDevice(), Precision.BF16, optimizer);
        assertArrayEquals(plain.losses, rounded.losses, tolerance, "losses");
        assertEquals(plain.evaluation.loss(), rounded.evaluation.loss(), tolerance);
        assertNotEquals(plain.evaluation.loss(), rounded.evaluation.loss(), "bfloat16 was not used");
        close(plain.weights, rounded.weights, tolerance);
        assertTrue(finerThanBf16(rounded.weights), "the master weights are float32");
    }

    private record Run(double[] losses, Evaluation evaluation, Weights weights) {
    }

    /** Some epochs of a full and a partial batch. */
    private static Run run(Net net, Device device, Precision precision, Optimizer optimizer) {
        try (Session session = trainer(net, device, precision, optimizer).open()) {
            session.queue(STEPS);
            return new Run(session.stepLosses(), session.evaluate(), session.weights());
        }
    }

    private static Trainer trainer(Net net, Device device, Precision precision, Optimizer optimizer) {
        return Trainer.of(net, Noise.of(net, 14), device).batch(4).seed(8).augment(Augment.parse("flip,crop1"))
                .optimizer(optimizer).labelSmoothing(0.1).precision(precision).epochs(3);
    }

    private static void close(Weights expected, Weights found, double tolerance) {
        for (String name : List.copyOf(expected.tensors().keySet())) {
            assertArrayEquals(expected.tensors().get(name).values(), found.tensors().get(name).values(), (float) tolerance, name);
        }
    }

    private static boolean finerThanBf16(Weights weights) {
        for (Weights.Tensor t : weights.tensors().values()) {
            for (float v : t.values()) {
                if (v != DType.fromBf16(DType.toBf16(v))) {
                    return true;
                }
            }
        }
        return false;
    }
}

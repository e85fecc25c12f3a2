package org.jengine.cifar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jengine.cifar.data.DataSet;
import org.jengine.cifar.data.Synthetic;
import org.jengine.nn.Augment;
import org.jengine.nn.Optimizer;
import org.jengine.nn.Session;
import org.jengine.nn.Trainer;
import org.jengine.nn.Weights;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tutorial's nets, started with one seed, on the host and on every other kind of device: the losses of the first twenty steps agree.
 * Order, crops, flips and dropout masks are the same bits everywhere, so that only the rounding of sums differs. In nets with many pools
 * that grows, since a sum rounded the other way changes a pool's winner; these train at a tenth or a hundredth of their rate, with which
 * it does not, and which still moves their losses by up to 1e-3 (pkaur-cnn) or 8e-3 (deep-cnn).
 */
class DevicesAgreeTest {
    private static final int STEPS = 20;
    private static final int BATCH = 32;
    private static final List<String> OTHERS = List.of("opencl");
    private static final DataSet DATA = Synthetic.of(1, STEPS * BATCH, 100);

    static Stream<Arguments> runs() {
        return OTHERS.stream().flatMap(device -> Stream.of(arguments(device, "lr", 1, 1e-6), arguments(device, "mlp", 1, 1e-6),
                arguments(device, "cnn", 1, 1e-6), arguments(device, "keras-cnn", 0.1, 1e-5), arguments(device, "pkaur-cnn", 0.01, 1e-5),
                arguments(device, "deep-cnn", 0.01, 1e-5)));
    }

    /**
     * @param share of the net's usual learning rate
     * @param bound as a fraction of the host's loss
     */
    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("runs")
    void theFirstLossesAgree(String kind, String net, double share, double bound) {
        TestDevices.assumeThere(kind);
        double[] host = losses("host", net, share);
        double[] other = losses(kind, net, share);
        assertTrue(host[0] > 2 && host[STEPS - 1] != host[0], Arrays.toString(host));
        for (int i = 0; i < STEPS; i++) {
            assertEquals(host[i], other[i], bound * host[i], "step " + i + " of " + net + " on " + kind);
        }
    }

    private static double[] losses(String kind, String net, double share) {
        Recipe recipe = Nets.find(net).orElseThrow();
        Optimizer optimizer = recipe.optimizer().withRate(share * recipe.optimizer().rate());
        try (Device device = Devices.open(kind, DeviceRequest.first());
             Session session = Trainer.of(recipe.net(), DATA, device).batch(BATCH).epochs(1).optimizer(optimizer)
                     .augment(Augment.parse("flip,crop4")).seed(7).weights(Weights.initial(recipe.net(), 7)).open()) {
            session.queue(STEPS);
            return session.stepLosses();
        }
    }
}

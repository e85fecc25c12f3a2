package org.jengine.cifar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jengine.cifar.data.DataSet;
import org.jengine.cifar.data.Synthetic;
import org.jengine.nn.Augment;
import org.jengine.nn.Session;
import org.jengine.nn.Trainer;
import org.jengine.runtime.Backend;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.jengine.runtime.Probe;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tutorial's nets, started with one seed, on the host and on every other kind of device: the losses of the first steps agree. Order,
 * crops, flips and dropout masks are the same bits everywhere, so that only the rounding of sums differs; what it grows to in twenty
 * updates is what is allowed.
 */
class DevicesAgreeTest {
    private static final int STEPS = 20;
    private static final int BATCH = 32;
    private static final List<String> OTHERS = List.of("opencl");
    private static final DataSet DATA = Synthetic.of(1, STEPS * BATCH, 100);
    /**
     * How far a loss may be off, as a fraction of it: several times what was seen. Adam divides by the root of the gradient's mean square,
     * so that a weight whose gradient is next to nothing moves by its rounding; batch norm makes such weights, of the biases before it.
     */
    private static final Map<String, Double> ALLOWED = Map.of("lr", 1e-5, "mlp", 1e-5, "cnn", 1e-4, "deep-cnn", 1e-3, "keras-cnn", 1e-4,
            "pkaur-cnn", 1e-3);

    static Stream<String[]> runs() {
        return OTHERS.stream().flatMap(device -> Nets.ALL.stream().map(recipe -> new String[] {device, recipe.net().name()}));
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("runs")
    void theFirstLossesAgree(String kind, String net) {
        assumeThere(kind);
        double[] host = losses("host", net);
        double[] other = losses(kind, net);
        assertTrue(host[0] > 2 && host[STEPS - 1] != host[0], Arrays.toString(host));
        for (int i = 0; i < STEPS; i++) {
            assertEquals(host[i], other[i], ALLOWED.get(net) * host[i], "step " + i + " of " + net + " on " + kind);
        }
    }

    private static double[] losses(String kind, String net) {
        Recipe recipe = Nets.find(net).orElseThrow();
        try (Device device = Devices.open(kind, DeviceRequest.first());
             Session session = Trainer.of(recipe.net(), DATA, device).batch(BATCH).epochs(1).optimizer(recipe.optimizer())
                     .augment(Augment.parse("flip,crop4")).seed(7).open()) {
            session.queue(STEPS);
            return session.stepLosses();
        }
    }

    private static void assumeThere(String kind) {
        Backend backend = Devices.backends().stream().filter(b -> b.name().equals(kind)).findFirst().orElseThrow();
        Probe probe = backend.probe();
        boolean required = Arrays.asList(System.getProperty("jengine.require", "").split(",")).contains(kind);
        assertFalse(required && probe.devices().isEmpty(), () -> kind + " is required: " + probe.reason());
        assumeTrue(!probe.devices().isEmpty(), () -> "no " + kind + " device: " + probe.reason());
    }
}

package org.jengine.cifar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jengine.cifar.data.DataSet;
import org.jengine.cifar.data.Synthetic;
import org.jengine.nn.Augment;
import org.jengine.nn.Net;
import org.jengine.nn.Session;
import org.jengine.nn.Trainer;
import org.jengine.nn.Weights;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tutorial's nets, started with one seed, on the host and on every other kind of device: the losses of the first twenty steps agree.
 * Order, crops, flips and dropout masks are the same bits everywhere, so that only the rounding of sums differs. In nets with many
 * layers that grows: a sum rounded the other way changes the winner of a pool, and Adam's first updates have the size of the learning rate
 * however small the gradient. How fast it grows is measured beside it, by the host's own losses from weights that were moved by one
 * rounding each; another device may be off by a few times as much.
 */
class DevicesAgreeTest {
    private static final int STEPS = 20;
    private static final int BATCH = 32;
    private static final List<String> OTHERS = List.of("opencl");
    private static final DataSet DATA = Synthetic.of(1, STEPS * BATCH, 100);
    /** Of a loss, as a fraction of it: what it may always be off, a few roundings. */
    private static final double FLOOR = 1e-6;
    /** How often the largest difference that one rounding of the weights has made so far. */
    private static final double TIMES = 20;

    static Stream<String[]> runs() {
        return OTHERS.stream().flatMap(device -> Nets.ALL.stream().map(recipe -> new String[] {device, recipe.net().name()}));
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("runs")
    void theFirstLossesAgree(String kind, String net) {
        TestDevices.assumeThere(kind);
        Net described = Nets.find(net).orElseThrow().net();
        Weights start = Weights.initial(described, 7);
        double[] host = losses("host", net, start);
        double[] moved = losses("host", net, moved(start));
        double[] other = losses(kind, net, start);
        assertTrue(host[0] > 2 && host[STEPS - 1] != host[0], Arrays.toString(host));
        double grown = 0;
        for (int i = 0; i < STEPS; i++) {
            grown = Math.max(grown, Math.abs(moved[i] - host[i]) / host[i]);
            double allowed = Math.max(FLOOR, TIMES * grown);
            assertEquals(host[i], other[i], allowed * host[i], "step " + i + " of " + net + " on " + kind);
        }
    }

    /** The nets without batch norm or dropout stay together as closely as their losses are stored. */
    @ParameterizedTest
    @MethodSource("plain")
    void plainNetsStayTogether(String kind, String net) {
        TestDevices.assumeThere(kind);
        Weights start = Weights.initial(Nets.find(net).orElseThrow().net(), 7);
        double[] host = losses("host", net, start);
        double[] other = losses(kind, net, start);
        for (int i = 0; i < STEPS; i++) {
            assertEquals(host[i], other[i], FLOOR * host[i], "step " + i + " of " + net + " on " + kind);
        }
    }

    static Stream<String[]> plain() {
        return OTHERS.stream().flatMap(device -> Stream.of("lr", "mlp", "cnn").map(net -> new String[] {device, net}));
    }

    private static Weights moved(Weights weights) {
        Map<String, Weights.Tensor> moved = new LinkedHashMap<>();
        weights.tensors().forEach((name, t) -> {
            float[] values = t.values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = i % 2 == 0 ? Math.nextUp(values[i]) : Math.nextDown(values[i]);
            }
            moved.put(name, new Weights.Tensor(t.shape(), values));
        });
        return new Weights(moved);
    }

    private static double[] losses(String kind, String net, Weights start) {
        Recipe recipe = Nets.find(net).orElseThrow();
        try (Device device = Devices.open(kind, DeviceRequest.first());
             Session session = Trainer.of(recipe.net(), DATA, device).batch(BATCH).epochs(1).optimizer(recipe.optimizer())
                     .augment(Augment.parse("flip,crop4")).seed(7).weights(start).open()) {
            session.queue(STEPS);
            return session.stepLosses();
        }
    }
}

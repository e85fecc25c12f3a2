package org.jengine.ci;

import java.util.List;
import org.jengine.cifar.Nets;
import org.jengine.cifar.data.Synthetic;
import org.jengine.nn.Net;
import org.jengine.nn.Precision;
import org.jengine.nn.Session;
import org.jengine.nn.Trainer;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;

/** A program of its own: plans nets on the first CUDA device at a tier, and prints the nodes of a training step, a net a line. */
final class StepNodes {
    private static final int BATCH = 128;

    private StepNodes() {
    }

    public static void main(String[] args) {
        try (Device device = Devices.open("cuda", DeviceRequest.first().withTier(args[0]))) {
            for (String name : List.of("lr", "mlp", "cnn", "deep-cnn")) {
                Net net = Nets.find(name).orElseThrow().net();
                System.out.println(name + " " + nodes(net, device, Precision.FP32) + " " + nodes(net, device, Precision.BF16));
            }
        }
    }

    private static int nodes(Net net, Device device, Precision precision) {
        try (Session session = Trainer.of(net, Synthetic.of(1, BATCH, 1), device).batch(BATCH).precision(precision).open()) {
            return session.plan().nodesPerStep();
        }
    }
}

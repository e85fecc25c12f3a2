package org.jengine.nn.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jengine.kernels.Shape;
import org.jengine.nn.Layer;
import org.jengine.nn.Net;
import org.jengine.nn.Optimizer;
import org.jengine.nn.Schedule;
import org.jengine.nn.Trainer;
import org.jengine.nn.Weights;
import org.jengine.nn.layers.Conv;
import org.jengine.nn.layers.Dense;
import org.jengine.runtime.Device;

/**
 * A short training run of a net by Keras in float64, and how far float32 may lie from it.
 *
 * <p>A gradient has passed a sum of {@code r * s * c} terms at each layer on its way forth, of {@code r * s * k} on its way back, and
 * one over the positions that share the weight. Their roundings, half an epsilon each, are of random sign and add up as the square root
 * of their number: {@link #noise} is the relative error of a gradient of usual size. Weights and images are chosen so that no value lies
 * nearer to a kink than {@link #margin}, a fraction of what is usual in its layer.
 */
final class GoldenRun {
    /** Of an epoch. */
    static final int STEPS = 3;

    private final JsonNode node;
    private final Net net;

    GoldenRun(String name) {
        node = GoldenFile.read("train-" + name);
        net = GoldenNets.of(node.path("net").asText());
    }

    Net net() {
        return net;
    }

    int count(String field) {
        int count = node.path(field).asInt();
        if (count < 1) {
            throw new AssertionError("train run of " + net.name() + ": " + field + " is " + node.path(field));
        }
        return count;
    }

    long seed() {
        return node.path("seed").asLong();
    }

    int hashSeed() {
        return count("hash_seed");
    }

    /** The images of an epoch in their order. */
    int[] order(int epoch) {
        return Numbers.ints(node.path("orders").path(epoch));
    }

    /** Mean loss of each step of an epoch. */
    double[] losses(int epoch) {
        double[] losses = part(node.path("losses"), epoch);
        Numbers.requireContent("losses of " + net.name(), losses, 1);
        return losses;
    }

    /** Mean loss of an epoch's images. */
    double meanLoss(int epoch) {
        double[] losses = losses(epoch);
        int images = count("train_images");
        double sum = 0;
        for (int step = 0; step < STEPS; step++) {
            sum += losses[step] * Math.min(count("batch"), images - step * count("batch"));
        }
        return sum / images;
    }

    /** Share of an epoch's images that was classified rightly when they were trained on. */
    double accuracy(int epoch) {
        return Arrays.stream(part(node.path("right"), epoch)).sum() / count("train_images");
    }

    private static double[] part(JsonNode steps, int epoch) {
        return Arrays.copyOfRange(Numbers.of(steps), epoch * STEPS, (epoch + 1) * STEPS);
    }

    double validationLoss() {
        return node.at("/validation/loss").asDouble();
    }

    double validationAccuracy() {
        return node.at("/validation/right").asDouble() / count("validation_images");
    }

    /** How near a value comes to a kink; infinite in a net without one. */
    double margin() {
        return node.path("margin").isNull() ? Double.POSITIVE_INFINITY : node.path("margin").asDouble();
    }

    List<GoldenTensor> tensors() {
        List<GoldenTensor> out = new ArrayList<>();
        node.path("tensors").forEach(t -> out.add(new GoldenTensor(t)));
        return out;
    }

    Optimizer optimizer() {
        JsonNode o = node.path("optimizer");
        double rate = o.path("rate").asDouble();
        double epsilon = o.path("epsilon").asDouble();
        double decay = o.path("decay").asDouble();
        return switch (o.path("kind").asText()) {
            case "adam" -> new Optimizer.Adam(rate, o.path("beta1").asDouble(), o.path("beta2").asDouble(), epsilon, decay);
            case "sgd" -> new Optimizer.Sgd(rate, o.path("momentum").asDouble(), o.path("nesterov").asBoolean(), decay);
            case "rmsprop" -> new Optimizer.RmsProp(rate, o.path("rho").asDouble(), epsilon, decay);
            default -> throw new AssertionError("no optimiser " + o);
        };
    }

    /** A trainer of this run on the device: from the formula's weights, over the formula's images. */
    Trainer trainer(Device device) {
        return Trainer.of(net, data(), device).batch(count("batch")).epochs(count("epochs")).optimizer(optimizer())
                .schedule(Schedule.parse(node.path("schedule").asText())).labelSmoothing(node.path("smoothing").asDouble())
                .seed(seed()).weights(start());
    }

    GoldenImages data() {
        return new GoldenImages(hashSeed(), count("train_images"), count("validation_images"));
    }

    Weights start() {
        return Formula.weights(net, hashSeed());
    }

    /** See above. */
    double noise() {
        long terms = 0;
        List<Shape> shapes = net.shapes();
        for (int i = 0; i < net.layers().size(); i++) {
            Layer layer = net.layers().get(i);
            Shape in = shapes.get(i);
            Shape out = shapes.get(i + 1);
            if (layer instanceof Conv conv) {
                terms += (long) conv.kernel() * conv.kernel() * (in.last() + out.last()) + count("batch") * out.dim(0) * out.dim(1);
            } else if (layer instanceof Dense) {
                terms += in.last() + out.last() + count("batch");
            }
        }
        return 0.5 * Numbers.EPSILON * Math.sqrt(terms);
    }

    /** The relative error of {@code 1 - beta}, where beta is a float; see {@link OptimizerGoldenTest}. */
    double decayError() {
        JsonNode o = node.path("optimizer");
        double largest = 0;
        for (String beta : List.of("beta1", "beta2", "rho")) {
            largest = Math.max(largest, o.path(beta).asDouble());
        }
        return 0.5 * Numbers.EPSILON / (1 - largest);
    }
}

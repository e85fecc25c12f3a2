package org.jengine.nn.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
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
 * Three steps of a net by Keras in float64, and how far float32 may lie from them.
 *
 * <p>The gradient that reaches a weight has passed a sum of {@code r * s * c} terms at each layer on its way forth, of
 * {@code r * s * k} on its way back, and one over the positions that share the weight. Roundings of random sign add up as the square
 * root of their number, so the relative error of a gradient of usual size is {@link #noise}, epsilon times the sum of these roots.
 * The images are chosen so that no value lies nearer to a kink than {@code margin}, a fraction of what is usual in its layer.
 */
final class GoldenRun {
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
        return node.path(field).asInt();
    }

    long seed() {
        return node.path("seed").asLong();
    }

    int hashSeed() {
        return count("hash_seed");
    }

    int[] order() {
        return Numbers.ints(node.path("order"));
    }

    double[] losses() {
        double[] losses = Numbers.of(node.path("losses"));
        Numbers.requireContent("losses of " + net.name(), losses, 1);
        return losses;
    }

    /** Images of each step that were classified rightly before it. */
    int[] right() {
        return Numbers.ints(node.path("right"));
    }

    double validationLoss() {
        return node.at("/validation/loss").asDouble();
    }

    int validationRight() {
        return node.at("/validation/right").asInt();
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
        return switch (o.path("kind").asText()) {
            case "adam" -> new Optimizer.Adam(rate, o.path("beta1").asDouble(), o.path("beta2").asDouble(), epsilon, 0);
            case "rmsprop" -> new Optimizer.RmsProp(rate, o.path("rho").asDouble(), epsilon, 0);
            default -> throw new AssertionError("no optimiser " + o);
        };
    }

    /** The largest step that the optimiser can take for one weight: RMSprop's first divides by the root of {@code 1 - rho}. */
    double largestStep() {
        JsonNode o = node.path("optimizer");
        return o.has("rho") ? o.path("rate").asDouble() / Math.sqrt(1 - o.path("rho").asDouble()) : o.path("rate").asDouble();
    }

    /** A trainer of this run on the device: from the formula's weights, over the formula's images. */
    Trainer trainer(Device device) {
        return Trainer.of(net, data(), device).batch(count("batch")).epochs(1).optimizer(optimizer())
                .schedule(Schedule.parse(node.path("schedule").asText())).seed(seed()).weights(start());
    }

    GoldenImages data() {
        return new GoldenImages(hashSeed(), count("train_images"), count("validation_images"));
    }

    Weights start() {
        return Formula.weights(net, hashSeed());
    }

    /** See above. */
    double noise() {
        double roots = 0;
        List<Shape> shapes = net.shapes();
        for (int i = 0; i < net.layers().size(); i++) {
            Layer layer = net.layers().get(i);
            Shape in = shapes.get(i);
            Shape out = shapes.get(i + 1);
            if (layer instanceof Conv conv) {
                int area = conv.kernel() * conv.kernel();
                int positions = count("batch") * out.dim(0) * out.dim(1);
                roots += Math.sqrt(area * in.last()) + Math.sqrt(area * out.last()) + Math.sqrt(positions);
            } else if (layer instanceof Dense) {
                roots += Math.sqrt(in.last()) + Math.sqrt(out.last()) + Math.sqrt(count("batch"));
            }
        }
        return Numbers.EPSILON * roots;
    }
}

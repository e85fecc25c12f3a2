package org.jengine.nn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jengine.kernels.Shape;

/**
 * An architecture: layers one after the other, ending in class probabilities.
 *
 * @param name  what results call it
 * @param input shape of one image: height, width, channels
 */
public record Net(String name, Shape input, List<Layer> layers) {
    /** @throws IllegalArgumentException if a layer cannot take what the one before gives, or softmax is not at the end and only there */
    public Net {
        layers = List.copyOf(layers);
        if (name.isBlank()) {
            throw new IllegalArgumentException("a net needs a name");
        }
        if (input.rank() != 3) {
            throw new IllegalArgumentException("net '" + name + "': the input must be height x width x channels, got " + input);
        }
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("net '" + name + "' has no layers");
        }
        Shape at = input;
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            boolean last = i == layers.size() - 1;
            String place = "net '" + name + "', layer " + (i + 1) + " (" + layer.operation() + "), input " + at + ": ";
            if (!last && layer.activation() == Act.SOFTMAX) {
                throw new IllegalArgumentException(place + "softmax may only end a net, " + (layers.size() - 1 - i) + " layers follow");
            }
            try {
                at = layer.output(at);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(place + e.getMessage(), e);
            }
            if (last && (layer.activation() != Act.SOFTMAX || at.rank() != 1)) {
                throw new IllegalArgumentException(place + "a net must end in one probability for each class, dense(classes).softmax(); "
                        + "this one ends in " + at);
            }
        }
    }

    /** @throws IllegalArgumentException naming the layer that does not fit, with the shapes */
    public static Net of(String name, Shape input, Layer... layers) {
        return new Net(name, input, List.of(layers));
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws IllegalArgumentException naming the layer or field that is unknown, missing or wrong
     */
    public static Net fromJson(String json) {
        return NetJson.read(json);
    }

    /** The whole description on one line. */
    public String toJson() {
        return NetJson.write(this);
    }

    /** Number of classes that it tells apart. */
    public int classes() {
        return shapes().get(layers.size()).last();
    }

    /** The input's shape, then the result's of each layer, for one image. */
    public List<Shape> shapes() {
        List<Shape> shapes = new ArrayList<>();
        shapes.add(input);
        for (Layer layer : layers) {
            shapes.add(layer.output(shapes.get(shapes.size() - 1)));
        }
        return shapes;
    }

    /** The layers as in the diagram. */
    public List<LayerInfo> summary() {
        List<Shape> shapes = shapes();
        List<LayerInfo> out = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            Shape in = shapes.get(i);
            List<WeightSpec> weights = layer.weights(in);
            out.add(new LayerInfo(layer.operation(), in, shapes.get(i + 1), count(weights), trainable(weights), layer.flops(in),
                    layer.activations(in)));
        }
        return out;
    }

    /**
     * Floating-point operations that training does for an image: the way forward and both gradients of each layer, but for the input's of
     * the first that has weights, which nobody asks for. Two for a multiplication and its addition.
     */
    public long trainingFlops() {
        List<LayerInfo> infos = summary();
        long first = infos.stream().filter(i -> i.trainable() > 0).mapToLong(LayerInfo::flops).findFirst().orElse(0);
        return 3 * infos.stream().mapToLong(LayerInfo::flops).sum() - first;
    }

    /** All weights by name, in the order of the layers; the names count the layers of a kind from 1. */
    public List<NamedWeight> weights() {
        List<Shape> shapes = shapes();
        Map<String, Integer> numbers = new HashMap<>();
        List<NamedWeight> out = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            int number = numbers.merge(layer.kind(), 1, Integer::sum);
            for (WeightSpec spec : layer.weights(shapes.get(i))) {
                out.add(new NamedWeight(layer.kind() + number + "." + spec.name(), i, spec));
            }
        }
        return out;
    }

    /** Weights, counted as Keras counts them: running statistics too. */
    public long parameters() {
        return summary().stream().mapToLong(LayerInfo::parameters).sum();
    }

    /** Weights that the optimiser moves. */
    public long trainable() {
        return summary().stream().mapToLong(LayerInfo::trainable).sum();
    }

    /** Floating-point operations of one image's way forward. */
    public long flops() {
        return summary().stream().mapToLong(LayerInfo::flops).sum();
    }

    private static long count(List<WeightSpec> weights) {
        return weights.stream().mapToLong(w -> w.shape().count()).sum();
    }

    private static long trainable(List<WeightSpec> weights) {
        return weights.stream().filter(WeightSpec::trainable).mapToLong(w -> w.shape().count()).sum();
    }
}

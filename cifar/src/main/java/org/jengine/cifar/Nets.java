package org.jengine.cifar;

import static org.jengine.nn.layers.Layers.batchNorm;
import static org.jengine.nn.layers.Layers.conv;
import static org.jengine.nn.layers.Layers.dense;
import static org.jengine.nn.layers.Layers.dropout;
import static org.jengine.nn.layers.Layers.flatten;
import static org.jengine.nn.layers.Layers.maxPool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jengine.kernels.Shape;
import org.jengine.nn.Layer;
import org.jengine.nn.Net;
import org.jengine.nn.Optimizer;
import org.jengine.nn.Schedule;

/** The nets of the tutorial, as the Keras code of {@code deepsense-ai/hands-on-deep-learning} has them. */
public final class Nets {
    /** What they look at: 32 by 32 colour pictures of ten classes. */
    public static final Shape IMAGE = Shape.of(32, 32, 3);
    public static final int CLASSES = 10;

    /** All of them, the smallest first. */
    public static final List<Recipe> ALL = List.of(lr(), mlp(), cnn(), deepCnn(), kerasCnn(), pkaurCnn());

    private Nets() {
    }

    /** The one with this name. */
    public static Optional<Recipe> find(String name) {
        return ALL.stream().filter(r -> r.name().equals(name)).findFirst();
    }

    public static List<String> names() {
        return ALL.stream().map(Recipe::name).toList();
    }

    private static Recipe lr() {
        return adam(128, 20, OptionalDouble.of(0.37), net("lr",
                flatten(), dense(CLASSES).softmax()));
    }

    private static Recipe mlp() {
        return adam(32, 20, OptionalDouble.of(0.45), net("mlp",
                flatten(), dense(128).sigmoid(), dense(128).sigmoid(), dense(CLASSES).softmax()));
    }

    private static Recipe cnn() {
        return adam(32, 20, OptionalDouble.of(0.70), net("cnn",
                conv(32, 3).relu(), maxPool(2),
                conv(64, 3).relu(), maxPool(2),
                flatten(), dense(CLASSES).softmax()));
    }

    private static Recipe deepCnn() {
        List<Layer> layers = new ArrayList<>();
        for (int filters : new int[] {32, 64, 128}) {
            layers.addAll(List.of(conv(filters, 3).same().relu(), conv(filters, 1).relu(), maxPool(2), batchNorm(), dropout(0.25f)));
        }
        layers.addAll(List.of(flatten(), dense(256).relu(), dropout(0.5f), dense(CLASSES).softmax()));
        return adam(128, 100, OptionalDouble.of(0.83), new Net("deep-cnn", IMAGE, layers));
    }

    private static Recipe kerasCnn() {
        List<Layer> layers = new ArrayList<>();
        for (int filters : new int[] {32, 64}) {
            layers.addAll(vggBlock(filters));
        }
        layers.addAll(List.of(flatten(), dense(512).relu(), dropout(0.5f), dense(CLASSES).softmax()));
        return new Recipe(new Net("keras-cnn", IMAGE, layers), 32, 200, new Optimizer.RmsProp(1e-4), new Schedule.Decay(1e-6),
                OptionalDouble.empty());
    }

    private static Recipe pkaurCnn() {
        List<Layer> layers = new ArrayList<>();
        for (int filters : new int[] {48, 96, 192}) {
            layers.addAll(vggBlock(filters));
        }
        layers.addAll(List.of(flatten(), dense(512).relu(), dropout(0.5f), dense(256).relu(), dropout(0.5f), dense(CLASSES).softmax()));
        return adam(128, 200, OptionalDouble.empty(), new Net("pkaur-cnn", IMAGE, layers));
    }

    private static List<Layer> vggBlock(int filters) {
        return List.of(conv(filters, 3).same().relu(), conv(filters, 3).relu(), maxPool(2), dropout(0.25f));
    }

    private static Net net(String name, Layer... layers) {
        return Net.of(name, IMAGE, layers);
    }

    private static Recipe adam(int batch, int epochs, OptionalDouble expected, Net net) {
        return new Recipe(net, batch, epochs, new Optimizer.Adam(1e-3), new Schedule.Constant(), expected);
    }
}

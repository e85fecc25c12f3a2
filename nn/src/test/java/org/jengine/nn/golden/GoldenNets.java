package org.jengine.nn.golden;

import static org.jengine.nn.layers.Layers.batchNorm;
import static org.jengine.nn.layers.Layers.conv;
import static org.jengine.nn.layers.Layers.dense;
import static org.jengine.nn.layers.Layers.dropout;
import static org.jengine.nn.layers.Layers.flatten;
import static org.jengine.nn.layers.Layers.maxPool;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.Shape;
import org.jengine.nn.Layer;
import org.jengine.nn.Net;

/** The tutorial's nets as {@code training.py} has them: with dropout of rate 0. */
final class GoldenNets {
    static final Shape IMAGE = Shape.of(32, 32, 3);
    static final int CLASSES = 10;

    private GoldenNets() {
    }

    static Net of(String name) {
        List<Layer> layers = new ArrayList<>();
        switch (name) {
            case "lr" -> layers.add(flatten());
            case "mlp" -> layers.addAll(List.of(flatten(), dense(128).sigmoid(), dense(128).sigmoid()));
            case "cnn" -> layers.addAll(List.of(conv(32, 3).relu(), maxPool(2), conv(64, 3).relu(), maxPool(2), flatten()));
            case "deep-cnn" -> {
                for (int filters : new int[] {32, 64, 128}) {
                    layers.addAll(List.of(conv(filters, 3).same().relu(), conv(filters, 1).relu(), maxPool(2), batchNorm(), dropout(0)));
                }
                layers.addAll(List.of(flatten(), dense(256).relu(), dropout(0)));
            }
            case "keras-cnn" -> {
                pairs(layers, 32, 64);
                layers.addAll(List.of(flatten(), dense(512).relu(), dropout(0)));
            }
            case "pkaur-cnn" -> {
                pairs(layers, 48, 96, 192);
                layers.addAll(List.of(flatten(), dense(512).relu(), dropout(0), dense(256).relu(), dropout(0)));
            }
            default -> throw new AssertionError("no net " + name);
        }
        layers.add(dense(CLASSES).softmax());
        return new Net(name, IMAGE, layers);
    }

    private static void pairs(List<Layer> layers, int... filters) {
        for (int f : filters) {
            layers.addAll(List.of(conv(f, 3).same().relu(), conv(f, 3).relu(), maxPool(2), dropout(0)));
        }
    }
}

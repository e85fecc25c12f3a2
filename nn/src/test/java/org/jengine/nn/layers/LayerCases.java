package org.jengine.nn.layers;

import static org.jengine.nn.layers.Layers.batchNorm;
import static org.jengine.nn.layers.Layers.conv;
import static org.jengine.nn.layers.Layers.dense;
import static org.jengine.nn.layers.Layers.dropout;
import static org.jengine.nn.layers.Layers.flatten;
import static org.jengine.nn.layers.Layers.maxPool;

import java.util.List;
import org.jengine.kernels.Shape;
import org.jengine.nn.Layer;
import org.jengine.nn.Net;

/** The nets in which each layer's gradients are checked; in the layers' package, so that a new one is one line. A lack fails a test. */
public final class LayerCases {
    private static final Shape IMAGE = Shape.of(7, 6, 3);

    public static final List<LayerCase> ALL = List.of(
            of(Conv.class, "linear", conv(4, 3), flatten(), dense(3).softmax()),
            of(Conv.class, "twice", conv(4, 3).same().sigmoid(), conv(5, 3).relu(), flatten(), dense(3).softmax()),
            of(Conv.class, "small filters", conv(4, 1).sigmoid(), conv(3, 2), flatten(), dense(3).softmax()),
            of(Conv.class, "large filters", conv(4, 5).same(), conv(2, 6).sigmoid(), flatten(), dense(3).softmax()),
            of(MaxPool.class, "rest of a row", conv(4, 1), maxPool(2), flatten(), dense(3).softmax()),
            of(MaxPool.class, "after sigmoid", conv(4, 3).same().sigmoid(), maxPool(3), flatten(), dense(3).softmax()),
            of(MaxPool.class, "after relu", conv(4, 3).same().relu(), maxPool(2), conv(4, 2), flatten(), dense(3).softmax()),
            of(MaxPool.class, "twice", conv(4, 1).sigmoid(), maxPool(2), maxPool(3), flatten(), dense(3).softmax()),
            of(MaxPool.class, "first", maxPool(2), conv(4, 2).relu(), flatten(), dense(3).softmax()),
            of(BatchNorm.class, "images", conv(4, 3).relu(), batchNorm(), flatten(), dense(3).softmax()),
            of(BatchNorm.class, "after sigmoid", conv(4, 3).sigmoid(), batchNorm(), flatten(), dense(3).softmax()),
            of(BatchNorm.class, "after sigmoid features", flatten(), dense(6).sigmoid(), batchNorm(), dense(3).softmax()),
            of(BatchNorm.class, "first", batchNorm(), flatten(), dense(3).softmax()),
            of(BatchNorm.class, "features", flatten(), dense(6), batchNorm(), dense(3).softmax()),
            of(BatchNorm.class, "behind pooling", conv(4, 3).relu(), maxPool(2), batchNorm(), flatten(), dense(3).softmax()),
            of(BatchNorm.class, "behind pooling, dropped", conv(4, 3).same().relu(), maxPool(3), batchNorm(), dropout(0.4f), flatten(),
                    dense(3).softmax()),
            of(BatchNorm.class, "behind a first pooling", maxPool(2), batchNorm(), flatten(), dense(3).softmax()),
            of(Dropout.class, "after linear", conv(4, 3), dropout(0.4f), flatten(), dense(3).softmax()),
            of(Dropout.class, "after relu", conv(4, 3).relu(), dropout(0.4f), flatten(), dense(3).softmax()),
            of(Dropout.class, "after sigmoid", conv(4, 3).sigmoid(), dropout(0.4f), flatten(), dense(3).softmax()),
            of(Dropout.class, "after pooled sigmoid", conv(4, 3).sigmoid(), maxPool(2), flatten(), dropout(0.4f), dense(3).softmax()),
            of(Dropout.class, "after pooled relu", conv(4, 3).same().relu(), maxPool(2), dropout(0.4f), conv(3, 2), flatten(),
                    dense(3).softmax()),
            of(Dropout.class, "after norm", conv(4, 3), batchNorm(), dropout(0.4f), conv(4, 3).sigmoid(), flatten(), dense(3).softmax()),
            of(Dropout.class, "first", dropout(0.4f), dropout(0.2f), flatten(), dense(3).softmax()),
            of(LeakyRelu.class, "between", conv(4, 3), new LeakyRelu(0.3f), conv(3, 2).sigmoid(), flatten(), dense(3).softmax()),
            of(Flatten.class, "alone", flatten(), dense(3).softmax()),
            of(Flatten.class, "between", conv(4, 3).relu(), flatten(), dropout(0), dense(4).relu(), dense(3).softmax()),
            of(Dense.class, "three", flatten(), dense(7).sigmoid(), dense(5).relu(), dense(4), dense(3).softmax()));

    /** A net with the layer in it, on {@link Noise}. */
    public record LayerCase(Class<? extends Layer> layer, Net net) {
        @Override
        public String toString() {
            return net.name();
        }
    }

    private LayerCases() {
    }

    private static LayerCase of(Class<? extends Layer> layer, String name, Layer... layers) {
        return new LayerCase(layer, Net.of(layer.getSimpleName() + " " + name, IMAGE, layers));
    }
}

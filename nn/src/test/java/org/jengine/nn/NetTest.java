package org.jengine.nn;

import static org.jengine.nn.layers.Layers.batchNorm;
import static org.jengine.nn.layers.Layers.conv;
import static org.jengine.nn.layers.Layers.dense;
import static org.jengine.nn.layers.Layers.dropout;
import static org.jengine.nn.layers.Layers.flatten;
import static org.jengine.nn.layers.Layers.maxPool;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import org.jengine.kernels.Shape;
import org.jengine.nn.layers.BatchNorm;
import org.junit.jupiter.api.Test;

class NetTest {
    private static final Shape CIFAR = Shape.of(32, 32, 3);

    @Test
    void countsParametersAsKerasDoes() {
        assertEquals(30_730, Net.of("lr", CIFAR, flatten(), dense(10).softmax()).parameters());
        assertEquals(411_146, Net.of("mlp", CIFAR, flatten(), dense(128).sigmoid(), dense(128).sigmoid(),
                dense(10).softmax()).parameters());
        assertEquals(42_442, Net.of("cnn", CIFAR, conv(32, 3).relu(), maxPool(2), conv(64, 3).relu(), maxPool(2), flatten(),
                dense(10).softmax()).parameters());
        Net normed = Net.of("n", CIFAR, batchNorm(), flatten(), dense(10).softmax());
        assertEquals(30_730 + 4 * 3, normed.parameters());
        assertEquals(30_730 + 2 * 3, normed.trainable());
    }

    @Test
    void summaryStatesWhatTheDiagramShows() {
        List<LayerInfo> layers = Nets.SMALL.summary();
        assertEquals(new LayerInfo("Conv2D 8 3x3 same relu", Shape.of(8, 8, 3), Shape.of(8, 8, 8), 224, 224, 2 * 27 * 512, 512),
                layers.get(0));
        assertEquals(new LayerInfo("MaxPooling2D 2x2", Shape.of(8, 8, 8), Shape.of(4, 4, 8), 0, 0, 0, 128), layers.get(1));
        assertEquals(new LayerInfo("BatchNormalization", Shape.of(4, 4, 8), Shape.of(4, 4, 8), 32, 16, 256, 128), layers.get(2));
        assertEquals(new LayerInfo("Flatten", Shape.of(4, 4, 8), Shape.of(128), 0, 0, 0, 0), layers.get(4));
        assertEquals(new LayerInfo("Dense 16 sigmoid", Shape.of(128), Shape.of(16), 2064, 2064, 4096, 16), layers.get(5));
        assertEquals(4, Nets.SMALL.classes());
    }

    @Test
    void namesWeightsByKindAndNumber() {
        Net net = Net.of("n", CIFAR, conv(4, 3), batchNorm(), conv(4, 3), batchNorm(), flatten(), dense(5), dense(2).softmax());
        assertEquals(List.of("conv1.weight", "conv1.bias", "norm1.gamma", "norm1.beta", "norm1.running_mean", "norm1.running_var",
                "conv2.weight", "conv2.bias", "norm2.gamma", "norm2.beta", "norm2.running_mean", "norm2.running_var",
                "dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"), net.weights().stream().map(NamedWeight::name).toList());
    }

    @Test
    void shapeErrorsNameLayerAndShapes() {
        rejected("layer 3 (MaxPooling2D 5x5), input 4x4x8: a 5x5 window does not fit into 4x4x8",
                () -> Net.of("n", Shape.of(8, 8, 3), conv(8, 3).same(), maxPool(2), maxPool(5), flatten(), dense(2).softmax()));
        rejected("layer 1 (Conv2D 8 9x9), input 8x8x3: a 9x9 filter does not fit",
                () -> Net.of("n", Shape.of(8, 8, 3), conv(8, 9), flatten(), dense(2).softmax()));
        rejected("layer 1 (Dense 2 softmax), input 8x8x3: takes plain features", () -> Net.of("n", Shape.of(8, 8, 3), dense(2).softmax()));
        rejected("layer 2 (Conv2D 8 3x3), input 192: takes images",
                () -> Net.of("n", Shape.of(8, 8, 3), flatten(), conv(8, 3), dense(2).softmax()));
        rejected("layer 2 (Dense 5 softmax), input 192: softmax may only end a net, 1 layers follow",
                () -> Net.of("n", Shape.of(8, 8, 3), flatten(), dense(5).softmax(), dense(2).softmax()));
        rejected("layer 2 (Dense 2), input 192: a net must end in one probability",
                () -> Net.of("n", Shape.of(8, 8, 3), flatten(), dense(2)));
        rejected("no layers", () -> Net.of("n", Shape.of(8, 8, 3)));
        rejected("height x width x channels", () -> Net.of("n", Shape.of(8), dense(2).softmax()));
        rejected("'same' needs", () -> conv(8, 2).same());
        rejected("dropout rate", () -> dropout(1));
    }

    @Test
    void jsonLosesNothing() {
        Net net = Net.of("n \"quoted\"", Shape.of(8, 8, 3), conv(8, 3).same().relu(), new BatchNorm(0.1f, 1e-5f), dropout(1 / 3f),
                maxPool(2), flatten(), dense(3).sigmoid(), dense(2).softmax());
        assertEquals(net, Net.fromJson(net.toJson()));
    }

    @Test
    void jsonThatIsNotUnderstoodIsRefusedByName() {
        String good = Nets.LINEAR.toJson();
        rejected("layer 1: no layer 'Flattern' in this version", () -> Net.fromJson(good.replace("Flatten", "Flattern")));
        rejected("layer 2 (Dense): no field 'bias'", () -> Net.fromJson(good.replace("\"units\"", "\"bias\":true,\"units\"")));
        rejected("layer 2 (Dense): field 'units' is missing", () -> Net.fromJson(good.replace("\"units\":4,", "")));
        rejected("layer 2 (Dense) field units: cannot be 4.5", () -> Net.fromJson(good.replace(":4", ":4.5")));
        rejected("layer 2 (Dense) field activation: cannot be \"tanh\"", () -> Net.fromJson(good.replace("softmax", "tanh")));
        rejected("layer 2 (Dense): a dense layer needs units, got 0", () -> Net.fromJson(good.replace(":4", ":0")));
        rejected("the net: no field 'version'", () -> Net.fromJson(good.replace("{\"name\"", "{\"version\":2,\"name\"")));
        rejected("input must be whole numbers", () -> Net.fromJson(good.replace("[8,", "[8.5,")));
        rejected("not JSON", () -> Net.fromJson(good.substring(0, 20)));
        rejected("must be a JSON object", () -> Net.fromJson("[]"));
    }

    private static void rejected(String part, Supplier<?> what) {
        String message = assertThrows(IllegalArgumentException.class, what::get).getMessage();
        assertTrue(message.contains(part), message);
    }
}

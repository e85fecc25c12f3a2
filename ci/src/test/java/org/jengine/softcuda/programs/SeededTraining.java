package org.jengine.softcuda.programs;

import static org.jengine.nn.layers.Layers.batchNorm;
import static org.jengine.nn.layers.Layers.conv;
import static org.jengine.nn.layers.Layers.dense;
import static org.jengine.nn.layers.Layers.dropout;
import static org.jengine.nn.layers.Layers.flatten;
import static org.jengine.nn.layers.Layers.maxPool;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.jengine.kernels.Shape;
import org.jengine.nn.ImageData;
import org.jengine.nn.Net;
import org.jengine.nn.TrainResult;
import org.jengine.nn.Trainer;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;

/**
 * The engine trains an MLP and a small convolutional net on CUDA, again and again: the device draws another order of its streams' work
 * every time. Prints what came of each run. Arguments: the tier, and how many runs.
 */
public final class SeededTraining {
    private static final Net MLP = Net.of("mlp", Shape.of(8, 8, 3), flatten(), dense(24).sigmoid(), dense(3).softmax());
    private static final Net CNN = Net.of("cnn", Shape.of(8, 8, 3), conv(8, 3).same().relu(), maxPool(2), batchNorm(), dropout(0.1f),
            flatten(), dense(3).softmax());

    private SeededTraining() {
    }

    /** Noise, brighter where the class is greater. */
    private record Pictures(int train, int validation) implements ImageData {
        @Override
        public String name() {
            return "pictures";
        }

        @Override
        public String fingerprint() {
            return "pictures";
        }

        @Override
        public Shape image() {
            return Shape.of(8, 8, 3);
        }

        @Override
        public List<String> classes() {
            return List.of("dark", "grey", "bright");
        }

        @Override
        public int count(Split split) {
            return split == Split.TRAIN ? train : validation;
        }

        @Override
        public void copyTo(Split split, ByteBuffer images, ByteBuffer labels) {
            SplittableRandom random = new SplittableRandom(split.ordinal());
            for (int i = 0; i < count(split); i++) {
                int label = random.nextInt(3);
                labels.put((byte) label);
                for (int k = 0; k < image().count(); k++) {
                    images.put((byte) (60 * label + random.nextInt(100)));
                }
            }
        }
    }

    public static void main(String[] arguments) {
        try (Device device = Devices.backends().stream().filter(b -> b.name().equals("cuda")).findFirst().orElseThrow()
                .open(DeviceRequest.first().withTier(arguments[0]))) {
            for (int run = 0; run < Integer.parseInt(arguments[1]); run++) {
                for (Net net : List.of(MLP, CNN)) {
                    TrainResult result = Trainer.of(net, new Pictures(50, 10), device).batch(16).epochs(1).deterministic(true).fit();
                    System.out.println(net.name() + " " + result.best().trainLoss() + " " + result.best().valLoss());
                }
            }
        }
    }
}

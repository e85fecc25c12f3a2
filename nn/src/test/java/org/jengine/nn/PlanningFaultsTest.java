package org.jengine.nn;

import static org.jengine.nn.layers.Layers.dense;
import static org.jengine.nn.layers.Layers.flatten;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceInfo;
import org.junit.jupiter.api.Test;

/** What cannot work is said before the first step, and nothing is left behind. */
class PlanningFaultsTest extends DeviceTest {
    @Test
    void precisionThatTheDeviceLacks() {
        Device plain = (Device) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Device.class}, (p, method, args) ->
                switch (method.getName()) {
                    case "capabilities" -> Set.of();
                    case "info" -> new DeviceInfo("host", "old processor", 0, Map.of());
                    default -> throw new AssertionError("asked for " + method + " first");
                });
        refused("device host (old processor) cannot compute in BF16; use FP32",
                () -> Trainer.of(Nets.LINEAR, Blobs.SOME, plain).precision(Precision.BF16).fit());
        refused("device host (old processor) cannot compute in BF16; use FP32", () -> Trainer.evaluate(Nets.LINEAR,
                Weights.initial(Nets.LINEAR, 1), Blobs.SOME, ImageData.Split.TRAIN, plain, 8, Precision.BF16));
        refused("device host (old processor) cannot compute in TF32; use FP32",
                () -> Trainer.of(Nets.LINEAR, Blobs.SOME, plain).precision(Precision.TF32).fit());
    }

    @Test
    void dataThatTheNetDoesNotTake() {
        refused("net 'linear' takes 8x8x3 images of 4 classes; noise has 8x8x1 images of 4",
                () -> Trainer.of(Nets.LINEAR, new Noise(Shape.of(8, 8, 1), 4, 10), device).open());
        refused("noise has 8x8x3 images of 5", () -> Trainer.of(Nets.LINEAR, new Noise(Shape.of(8, 8, 3), 5, 10), device).open());
        refused("noise has no TRAIN images", () -> Trainer.of(Nets.LINEAR, new Noise(Shape.of(8, 8, 3), 4, 0), device).open());
    }

    @Test
    void labelsWithoutAClass() {
        ImageData bad = new ImageData() {
            @Override
            public String name() {
                return "bad";
            }

            @Override
            public String fingerprint() {
                return "bad";
            }

            @Override
            public Shape image() {
                return Shape.of(8, 8, 3);
            }

            @Override
            public List<String> classes() {
                return List.of("a", "b", "c", "d");
            }

            @Override
            public int count(Split split) {
                return 3;
            }

            @Override
            public void copyTo(Split split, ByteBuffer images, ByteBuffer labels) {
                labels.put(new byte[] {3, 0, (byte) (split == Split.TRAIN ? 0 : 200)});
            }
        };
        refused("bad: VALIDATION image 2 has label 200, but there are only 4 classes", () -> Trainer.of(Nets.LINEAR, bad, device).open());
    }

    @Test
    void weightsOfAnotherNet() {
        Weights other = Weights.initial(Nets.LINEAR, 1);
        refused("net 'small' has weights conv1.weight 8x3x3x3, which are missing",
                () -> Trainer.of(Nets.SMALL, Blobs.SOME, device).weights(other).open());
        refused("which are missing", () -> Trainer.evaluate(Nets.SMALL, other, Blobs.SOME, ImageData.Split.TRAIN, device, 8,
                Precision.FP32));
        refused("batch must be at least 1", () -> Trainer.evaluate(Nets.LINEAR, other, Blobs.SOME, ImageData.Split.TRAIN, device, 0,
                Precision.FP32));
    }

    @Test
    void aBatchWhoseResultsCannotBeCounted() {
        Net wide = Net.of("wide", Blobs.SOME.image(), flatten(), dense(1 << 28).relu(), dense(Blobs.SOME.classes().size()).softmax());
        refused("the largest batch is 7", () -> Trainer.of(wide, Blobs.SOME, device).batch(8).open());
    }

    private void refused(String part, Runnable what) {
        String message = assertThrows(IllegalArgumentException.class, what::run).getMessage();
        assertTrue(message.contains(part), message);
        assertEquals(0, device.allocatedBytes());
    }
}

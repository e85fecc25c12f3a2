package org.jengine.cifar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jengine.nn.Net;
import org.jengine.nn.Optimizer;
import org.jengine.nn.Schedule;
import org.junit.jupiter.api.Test;

class NetsTest {
    @Test
    void lrHasTheWeightsKerasCounts() {
        assertEquals(32 * 32 * 3 * 10 + 10, weights("lr"));
        assertEquals(30_730, weights("lr"));
    }

    /** 3,072 x 128 + 128, 128 x 128 + 128, 128 x 10 + 10. */
    @Test
    void mlpHasTheWeightsKerasCounts() {
        assertEquals(393_344 + 16_512 + 1_290, weights("mlp"));
        assertEquals(411_146, weights("mlp"));
    }

    /** Convolutions 3x3x3x32 + 32 and 3x3x32x64 + 64; 32 -> 30 -> 15 -> 13 -> 6 leaves 6x6x64 = 2,304 features. */
    @Test
    void cnnHasTheWeightsKerasCounts() {
        assertEquals(896 + 18_496 + 23_050, weights("cnn"));
        assertEquals(42_442, weights("cnn"));
    }

    /**
     * A block is a 3x3 convolution, a 1x1 convolution and four numbers a channel of batch norm (gamma, beta and two running statistics):
     * 896 + 1,056 + 128, 18,496 + 4,160 + 256, 73,856 + 16,512 + 512. Then 4x4x128 = 2,048 features x 256 + 256, and 256 x 10 + 10.
     */
    @Test
    void deepCnnHasTheWeightsKerasCounts() {
        assertEquals(2_080 + 22_912 + 90_880 + 524_544 + 2_570, weights("deep-cnn"));
        assertEquals(642_986, weights("deep-cnn"));
        // Running statistics, two for each of 32 + 64 + 128 channels, are counted but not trained.
        assertEquals(642_986 - 448, net("deep-cnn").trainable());
    }

    /** 896 + 9,248, 18,496 + 36,928; 32 -> 30 -> 15 -> 13 -> 6 leaves 2,304 features x 512 + 512, and 512 x 10 + 10. */
    @Test
    void kerasCnnHasTheWeightsKerasCounts() {
        assertEquals(10_144 + 55_424 + 1_180_160 + 5_130, weights("keras-cnn"));
        assertEquals(1_250_858, weights("keras-cnn"));
    }

    /**
     * 1,344 + 20,784, 41,568 + 83,040, 166,080 + 331,968; 32 -> 30 -> 15 -> 13 -> 6 -> 4 -> 2 leaves 2x2x192 = 768 features x 512 + 512,
     * then 512 x 256 + 256 and 256 x 10 + 10.
     */
    @Test
    void pkaurCnnHasTheWeightsKerasCounts() {
        assertEquals(22_128 + 124_608 + 498_048 + 393_728 + 131_328 + 2_570, weights("pkaur-cnn"));
        assertEquals(1_172_410, weights("pkaur-cnn"));
    }

    @Test
    void recipesAreTheTutorials() {
        assertEquals(List.of("lr", "mlp", "cnn", "deep-cnn", "keras-cnn", "pkaur-cnn"), Nets.names());
        assertEquals(List.of(128, 32, 32, 128, 32, 128), Nets.ALL.stream().map(Recipe::batch).toList());
        assertEquals(List.of(20, 20, 20, 100, 200, 200), Nets.ALL.stream().map(Recipe::epochs).toList());
        assertEquals(List.of(0.37, 0.45, 0.70, 0.83, 0.0, 0.0), Nets.ALL.stream().map(r -> r.expected().orElse(0)).toList());
        for (Recipe recipe : Nets.ALL) {
            boolean keras = recipe.name().equals("keras-cnn");
            assertEquals(keras ? new Optimizer.RmsProp(1e-4) : new Optimizer.Adam(1e-3), recipe.optimizer(), recipe.name());
            assertEquals(keras ? new Schedule.Decay(1e-6) : new Schedule.Constant(), recipe.schedule(), recipe.name());
            assertEquals(Nets.CLASSES, recipe.net().classes(), recipe.name());
        }
        assertTrue(Nets.find("vgg").isEmpty());
    }

    private static Net net(String name) {
        return Nets.find(name).orElseThrow().net();
    }

    private static long weights(String name) {
        return net(name).parameters();
    }
}

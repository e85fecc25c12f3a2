package org.jengine.cifar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jengine.cifar.data.Cifar10;
import org.jengine.cifar.data.DataSet;
import org.jengine.cifar.data.LimitedData;
import org.jengine.cifar.data.Synthetic;
import org.jengine.nn.EpochResult;
import org.jengine.nn.TrainListener;
import org.jengine.nn.TrainResult;
import org.jengine.nn.Trainer;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Short trainings of the tutorial's nets as they are, on whole pictures: they must learn, and long ones must not grow. */
class LearningTest {
    private static final String VARIABLE = "JENGINE_TEST_DATA";

    private static TrainResult train(String net, DataSet data, int epochs) {
        Recipe recipe = Nets.find(net).orElseThrow();
        try (Device device = Devices.open("host", DeviceRequest.first())) {
            return Trainer.of(recipe.net(), data, device).batch(recipe.batch()).epochs(epochs).optimizer(recipe.optimizer()).seed(1).fit();
        }
    }

    private static DataSet real() {
        String place = System.getenv(VARIABLE);
        if (System.getProperty("jengine.require", "").contains("data")) {
            assertTrue(place != null, VARIABLE + " must name CIFAR-10 where the data are required");
        }
        Assumptions.assumeTrue(place != null, VARIABLE + " does not name CIFAR-10");
        return Cifar10.open(Path.of(place));
    }

    @Test
    void lrLearnsTheRealPictures() {
        // 0.36 to 0.38 after three epochs over five seeds; a tenth is chance.
        assertTrue(train("lr", real(), 3).best().valAccuracy() > 0.34);
    }

    @Test
    void cnnLearnsTheRealPictures() {
        double accuracy = train("cnn", LimitedData.of(real(), 10_000), 2).best().valAccuracy();
        assertTrue(accuracy > 0.40, "after two epochs on 10,000 images: " + accuracy);
    }

    @Test
    void cnnLearnsTheSyntheticPictures() {
        double accuracy = train("cnn", Synthetic.of(1, 6000, 1000), 3).best().valAccuracy();
        assertTrue(accuracy > 0.18, "after three epochs on 6,000 images: " + accuracy);
    }

    @ParameterizedTest
    @MethodSource("allNets")
    void everyNetLearnsOnOpenCl(String net) {
        TestDevices.assumeThere("opencl");
        Recipe recipe = Nets.find(net).orElseThrow();
        try (Device device = Devices.open("opencl", DeviceRequest.first())) {
            List<EpochResult> epochs = Trainer.of(recipe.net(), new Colours(320, 10), device).batch(16).epochs(3).seed(1).fit().epochs();
            double loss = epochs.get(2).trainLoss();
            assertTrue(loss < 2.15, net + ": a loss of " + loss + " after sixty steps, where guessing has 2.30");
        }
    }

    static Stream<String> allNets() {
        return Nets.ALL.stream().map(recipe -> recipe.net().name());
    }

    @Test
    void twoHundredEpochsDoNotGrow() {
        Recipe lr = Nets.find("lr").orElseThrow();
        long[] resident = new long[201];
        long[] planned = new long[201];
        try (Device device = Devices.open("host", DeviceRequest.first())) {
            Trainer.of(lr.net(), Synthetic.of(1, 1000, 200), device).batch(lr.batch()).epochs(200).optimizer(lr.optimizer())
                    .listener(new TrainListener() {
                        @Override
                        public void epoch(EpochResult e) {
                            resident[e.epoch()] = residentBytes();
                            planned[e.epoch()] = device.allocatedBytes();
                        }
                    }).fit();
            assertEquals(planned[1], planned[200], "bytes that the device holds");
        }
        Assumptions.assumeTrue(resident[1] > 0, "this system does not tell the resident memory");
        // The heap and compiled code still settle in the first half; a leak of one activation a step would be over 100 MB.
        long grown = resident[200] - resident[100];
        assertTrue(grown < 16L << 20, "resident memory grew by " + grown + " bytes from epoch 100 to 200");
    }

    private static long residentBytes() {
        Path status = Path.of("/proc/self/statm");
        try {
            return Files.isReadable(status) ? Long.parseLong(Files.readString(status).split(" ")[1]) * 4096 : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}

package org.jengine.ci;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jengine.cifar.Nets;
import org.jengine.cifar.Recipe;
import org.jengine.cifar.data.Cifar10;
import org.jengine.cifar.data.DataSet;
import org.jengine.cifar.data.LimitedData;
import org.jengine.cifar.data.Synthetic;
import org.jengine.nn.Augment;
import org.jengine.nn.Precision;
import org.jengine.nn.Session;
import org.jengine.nn.Trainer;
import org.jengine.nn.Weights;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;

/** A program that trains on CUDA and prints the loss of every step, and what tests compare it with. */
final class Losses {
    private static final int SEED = 7;

    /**
     * A short training.
     *
     * @param images of the data's first ones that it trains on, in one epoch
     * @param data   an archive or folder of CIFAR-10's; {@code synthetic} for generated pictures
     */
    record Training(String net, Precision precision, int batch, int images, String data) {
        static final String GENERATED = "synthetic";

        static Training of(String net, Precision precision, int batch, int steps) {
            return new Training(net, precision, batch, steps * batch, GENERATED);
        }

        /** The arguments of {@link #main}. */
        String[] words(String tier) {
            return new String[] {tier, net, precision.name(), Integer.toString(batch), Integer.toString(images), data};
        }

        private Recipe recipe() {
            return Nets.find(net).orElseThrow();
        }

        /** What it starts from. */
        Weights start() {
            return Weights.initial(recipe().net(), SEED);
        }

        /** The loss of each step. */
        double[] run(Device device, Weights start) {
            DataSet set = data.equals(GENERATED) ? Synthetic.of(1, images, 100) : LimitedData.of(Cifar10.open(Path.of(data)), images);
            try (Session session = Trainer.of(recipe().net(), set, device).batch(batch).epochs(1).optimizer(recipe().optimizer())
                    .precision(precision).augment(Augment.parse("flip,crop4")).seed(SEED).weights(start).open()) {
                session.queue(session.stepsPerEpoch());
                return session.stepLosses();
            }
        }
    }

    private Losses() {
    }

    /** What {@link #main} printed. */
    static double[] read(String printed) {
        return printed.lines().filter(l -> l.startsWith("losses ")).flatMap(l -> Arrays.stream(l.split(" ")).skip(1))
                .mapToDouble(Double::parseDouble).toArray();
    }

    /** Arguments: {@link Training#words}. */
    public static void main(String[] args) {
        // The device's clock is a model of a GPU's, which nothing is to be chosen by.
        System.setProperty("jengine.cuda.tuning", "false");
        Training training = new Training(args[1], Precision.valueOf(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]),
                args[5]);
        try (Device device = Devices.open("cuda", DeviceRequest.first().withTier(args[0]))) {
            System.out.println("losses " + Arrays.stream(training.run(device, training.start()))
                    .mapToObj(l -> String.format(Locale.ROOT, "%.9g", l)).collect(Collectors.joining(" ")));
        }
    }
}

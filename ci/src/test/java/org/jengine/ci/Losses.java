package org.jengine.ci;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jengine.cifar.Nets;
import org.jengine.cifar.Recipe;
import org.jengine.cifar.data.Cifar10;
import org.jengine.cifar.data.DataSet;
import org.jengine.cifar.data.LimitedData;
import org.jengine.cifar.data.Synthetic;
import org.jengine.nn.Augment;
import org.jengine.nn.Optimizer;
import org.jengine.nn.Precision;
import org.jengine.nn.Session;
import org.jengine.nn.Trainer;
import org.jengine.nn.Weights;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Devices;

/** A program that trains on CUDA, once or more often, and prints the loss of every step, and what tests compare it with. */
final class Losses {
    private static final int SEED = 7;

    /**
     * A short training.
     *
     * @param images of the data's first ones that it trains on, in one epoch
     * @param data   an archive or folder of CIFAR-10's; {@code synthetic} for generated pictures
     * @param share  of the net's usual learning rate
     */
    record Training(String net, Precision precision, int batch, int images, String data, double share) {
        static final String GENERATED = "synthetic";
        private static final int WORDS = 6;

        static Training of(String net, Precision precision, int batch, int steps) {
            return new Training(net, precision, batch, steps * batch, GENERATED, 1);
        }

        Training withShare(double share) {
            return new Training(net, precision, batch, images, data, share);
        }

        private static Training read(List<String> words) {
            return new Training(words.get(0), Precision.valueOf(words.get(1)), Integer.parseInt(words.get(2)),
                    Integer.parseInt(words.get(3)), words.get(4), Double.parseDouble(words.get(5)));
        }

        private List<String> words() {
            return List.of(net, precision.name(), Integer.toString(batch), Integer.toString(images), data, Double.toString(share));
        }

        private Optimizer optimizer() {
            return recipe().optimizer().withRate(share * recipe().optimizer().rate());
        }

        private Recipe recipe() {
            return Nets.find(net).orElseThrow();
        }

        /** The loss of each step. */
        double[] run(Device device) {
            DataSet set = data.equals(GENERATED) ? Synthetic.of(1, images, 100) : LimitedData.of(Cifar10.open(Path.of(data)), images);
            try (Session session = Trainer.of(recipe().net(), set, device).batch(batch).epochs(1).optimizer(optimizer())
                    .precision(precision).augment(Augment.parse("flip,crop4")).seed(SEED)
                    .weights(Weights.initial(recipe().net(), SEED)).open()) {
                session.queue(session.stepsPerEpoch());
                return session.stepLosses();
            }
        }
    }

    private Losses() {
    }

    /** The arguments of {@link #main}. */
    static String[] words(String tier, List<Training> trainings) {
        return Stream.concat(Stream.of(tier), trainings.stream().flatMap(t -> t.words().stream())).toArray(String[]::new);
    }

    /** What {@link #main} printed: of each training the losses. */
    static List<double[]> read(String printed) {
        return printed.lines().filter(l -> l.startsWith("losses "))
                .map(l -> Arrays.stream(l.split(" ")).skip(1).mapToDouble(Double::parseDouble).toArray()).toList();
    }

    /** Arguments: {@link #words}. */
    public static void main(String[] args) {
        // The device's clock is a model of a GPU's, which nothing is to be chosen by.
        System.setProperty("jengine.cuda.tuning", "false");
        List<String> words = List.of(args);
        try (Device device = Devices.open("cuda", DeviceRequest.first().withTier(words.get(0)))) {
            for (int at = 1; at < words.size(); at += Training.WORDS) {
                Training training = Training.read(words.subList(at, at + Training.WORDS));
                System.out.println("losses " + Arrays.stream(training.run(device))
                        .mapToObj(l -> String.format(Locale.ROOT, "%.9g", l)).collect(Collectors.joining(" ")));
            }
        }
    }
}

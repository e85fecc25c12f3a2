package org.jengine.cifar.cli;

import java.util.Map;
import java.util.TreeMap;
import org.jengine.cifar.Recipe;
import org.jengine.nn.Augment;
import org.jengine.nn.Optimizer;
import org.jengine.nn.Precision;
import org.jengine.nn.Schedule;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What differs from the net's recipe. */
final class RecipeOptions {
    private static final Map<String, Optimizer> OPTIMIZERS = new TreeMap<>(Map.of("adam", new Optimizer.Adam(1e-3),
            "sgd", new Optimizer.Sgd(0.01, 0.9, true, 0), "rmsprop", new Optimizer.RmsProp(1e-3)));

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training images. Default: the recipe's.")
    private Integer epochs;

    @Option(names = "--batch", paramLabel = "N|auto", converter = BatchConverter.class,
            description = "Images a step; auto: the recipe's, or as many as fit. Default: the recipe's.")
    private Batch batch;

    @Option(names = "--opt", paramLabel = "NAME", description = "adam, sgd (Nesterov momentum 0.9) or rmsprop. Default: the recipe's.")
    private String optimizer;

    @Option(names = "--lr", paramLabel = "RATE", description = "Learning rate at the start. Default: the optimiser's.")
    private Double rate;

    @Option(names = "--wd", paramLabel = "DECAY", description = "Decoupled weight decay. Default: none.")
    private Double decay;

    @Option(names = "--schedule", paramLabel = "WHAT", converter = ScheduleConverter.class,
            description = "constant, cosine, one-cycle[:RISE], step[:DROPS[:GAMMA]] or decay:D. Default: the recipe's.")
    private Schedule schedule;

    @Option(names = "--smoothing", paramLabel = "SHARE", defaultValue = "0", description = "Label smoothing, 0 to 1. Default: 0.")
    private double smoothing;

    @Option(names = "--augment", paramLabel = "LIST", defaultValue = "none", converter = AugmentConverter.class,
            description = "Any of flip, cropN, cutoutN, with commas between. Default: none.")
    private Augment augment;

    @Option(names = "--precision", paramLabel = "fp32|tf32|bf16", defaultValue = "fp32",
            converter = PrecisionConverter.class,
            description = "What activations and matrix products use; weights are kept in fp32. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Option(names = "--deterministic", description = "The same bits in every run on one machine: nothing is chosen by its time.")
    private boolean deterministic;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Decides weights, shuffling, augmentation and dropout. "
            + "Default: ${DEFAULT-VALUE}.")
    private long seed;

    /** @throws UsageException if a number makes no sense */
    Settings settle(Recipe recipe) {
        Settings settings = new Settings(recipe.net(), batch == null || batch.auto() ? recipe.batch() : batch.images(),
                epochs == null ? recipe.epochs() : epochs, optimizer(recipe), schedule == null ? recipe.schedule() : schedule, augment,
                smoothing, precision, deterministic, seed);
        check("--batch", settings.batch(), settings.batch() >= 1, "1 or more");
        check("--epochs", settings.epochs(), settings.epochs() >= 1, "1 or more");
        check("--smoothing", smoothing, smoothing >= 0 && smoothing < 1, "from 0 to less than 1");
        return settings;
    }

    /** Whether a smaller batch may be taken, and a learning rate that goes with it, where the memory does not suffice. */
    boolean fits() {
        return batch != null && batch.auto();
    }

    /** With a smaller batch; a learning rate that was asked for stays. */
    Settings smaller(Settings settings, int images) {
        Settings smaller = settings.withBatch(images);
        return rate != null ? smaller : smaller.withOptimizer(settings.optimizer().forBatch(images, settings.batch()));
    }

    private Optimizer optimizer(Recipe recipe) {
        Optimizer chosen = recipe.optimizer();
        if (optimizer != null) {
            chosen = OPTIMIZERS.get(optimizer);
            if (chosen == null) {
                throw new UsageException("no optimiser '" + optimizer + "'; there are " + String.join(", ", OPTIMIZERS.keySet())
                        + Nearest.to(optimizer, OPTIMIZERS.keySet()).map(n -> "\ndid you mean " + n + "?").orElse(""));
            }
        }
        if (rate != null) {
            check("--lr", rate, rate > 0 && rate < 1e6, "more than 0");
            chosen = chosen.withRate(rate);
        }
        if (decay != null) {
            check("--wd", decay, decay >= 0 && decay < 1e6, "0 or more");
            chosen = withDecay(chosen, decay);
        }
        return chosen;
    }

    private static Optimizer withDecay(Optimizer optimizer, double decay) {
        if (optimizer instanceof Optimizer.Adam a) {
            return new Optimizer.Adam(a.rate(), a.beta1(), a.beta2(), a.epsilon(), decay);
        } else if (optimizer instanceof Optimizer.Sgd s) {
            return new Optimizer.Sgd(s.rate(), s.momentum(), s.nesterov(), decay);
        } else if (optimizer instanceof Optimizer.RmsProp r) {
            return new Optimizer.RmsProp(r.rate(), r.rho(), r.epsilon(), decay);
        }
        throw new IllegalArgumentException("an optimiser of an unknown kind: " + optimizer.describe());
    }

    private static void check(String flag, Object value, boolean good, String expected) {
        if (!good) {
            throw new UsageException(flag + " must be " + expected + ", got " + value);
        }
    }

    /** @param images in a step; of no meaning if {@code auto} */
    private record Batch(int images, boolean auto) {
    }

    private static final class BatchConverter implements ITypeConverter<Batch> {
        @Override
        public Batch convert(String text) {
            try {
                return text.equals("auto") ? new Batch(0, true) : new Batch(Integer.parseInt(text), false);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is neither a whole number nor auto");
            }
        }
    }

    private static final class ScheduleConverter implements ITypeConverter<Schedule> {
        @Override
        public Schedule convert(String text) {
            try {
                return Schedule.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    private static final class AugmentConverter implements ITypeConverter<Augment> {
        @Override
        public Augment convert(String text) {
            try {
                return Augment.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}

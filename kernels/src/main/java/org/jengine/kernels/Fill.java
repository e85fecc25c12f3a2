package org.jengine.kernels;

import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/** Buffers for cases. */
final class Fill {
    private Fill() {
    }

    static Data with(DType type, int count, DoubleSupplier values) {
        Data data = Data.of(type, count);
        for (int i = 0; i < count; i++) {
            data.set(i, values.getAsDouble());
        }
        return data;
    }

    static Data normal(DType type, int count, SplittableRandom random, double deviation) {
        return with(type, count, () -> deviation * random.nextGaussian());
    }

    /** Between {@code low} and {@code high}, evenly. */
    static Data uniform(DType type, int count, SplittableRandom random, double low, double high) {
        return with(type, count, () -> low + (high - low) * random.nextDouble());
    }

    /** Normal, but every third element is negative and no other: never mostly clipped, however few there are. */
    static Data everyThirdNegative(DType type, int count, SplittableRandom random) {
        Data data = Data.of(type, count);
        for (int i = 0; i < count; i++) {
            double magnitude = 0.01 + Math.abs(random.nextGaussian());
            data.set(i, i % 3 == 2 ? -magnitude : magnitude);
        }
        return data;
    }

    /** Integers from 0 to {@code bound - 1}. */
    static Data below(DType type, int count, SplittableRandom random, int bound) {
        return with(type, count, () -> random.nextInt(bound));
    }

    static Data clock(int step, int epoch, int updates) {
        return Data.of(DType.I32, step, epoch, updates, 0);
    }

    static Data key(SplittableRandom random) {
        return with(DType.I32, 2, random::nextInt);
    }
}

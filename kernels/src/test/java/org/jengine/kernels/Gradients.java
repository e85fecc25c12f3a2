package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Derivatives by central differences, to hold written ones against. */
public final class Gradients {
    private Gradients() {
    }

    /** The gradient of {@code f} at {@code x}, an element at a time. */
    public static double[] numeric(ToDoubleFunction<double[]> f, double[] x, double step) {
        double[] gradient = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double[] moved = x.clone();
            moved[i] = x[i] + step;
            double above = f.applyAsDouble(moved);
            moved[i] = x[i] - step;
            gradient[i] = (above - f.applyAsDouble(moved)) / (2 * step);
        }
        return gradient;
    }

    /** Checks {@code dx}, claimed to be {@code dy} carried back through {@code y = f(x)}, in double arithmetic. */
    public static void assertBackward(Function<double[], double[]> f, double[] x, double[] dy, double[] dx) {
        assertNear(numeric(at -> dot(f.apply(at), dy), x, 1e-5), dx, 1e-7);
    }

    public static void assertNear(double[] expected, double[] actual, double tolerance) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], tolerance, "element " + i);
        }
    }

    public static double[] normal(int count, long seed) {
        Random random = new Random(seed);
        return random.doubles(count).map(ignored -> random.nextGaussian()).toArray();
    }

    public static double[] values(Data data) {
        double[] values = new double[data.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = data.get(i);
        }
        return values;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}

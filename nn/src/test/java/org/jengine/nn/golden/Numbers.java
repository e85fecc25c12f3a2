package org.jengine.nn.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Arrays of golden numbers, and the comparison with them. */
final class Numbers {
    /** The distance from 1 to the next float. */
    static final double EPSILON = 0x1p-23;
    /** Where fewer of the expected numbers differ from zero, a result of zeros could pass. */
    static final double LEAST_SHARE = 0.25;

    private Numbers() {
    }

    /** Nested arrays are laid end to end. */
    static double[] of(JsonNode array) {
        if (!array.isArray()) {
            throw new AssertionError("not an array of numbers: " + array);
        }
        DoubleStream.Builder out = DoubleStream.builder();
        for (JsonNode v : array) {
            if (v.isArray()) {
                Arrays.stream(of(v)).forEach(out);
            } else if (v.isNumber()) {
                out.add(v.asDouble());
            } else {
                throw new AssertionError("not a number: " + v);
            }
        }
        return out.build().toArray();
    }

    static int[] ints(JsonNode array) {
        return Arrays.stream(of(array)).mapToInt(v -> Math.toIntExact((long) v)).toArray();
    }

    /** Fails if there is nothing, something not finite, or too little that differs from zero. */
    static void requireContent(String what, double[] values, double share) {
        long content = Arrays.stream(values).filter(v -> v != 0).count();
        if (values.length == 0 || content < share * values.length) {
            throw new AssertionError(what + " is not a test: " + content + " of " + values.length + " numbers differ from zero");
        }
        if (!Arrays.stream(values).allMatch(Double::isFinite)) {
            throw new AssertionError(what + " holds a number that is not finite");
        }
    }

    /** Every element within {@code tolerance}, an absolute distance. */
    static void compare(String what, double[] expected, double[] actual, double tolerance) {
        if (expected.length != actual.length) {
            throw new AssertionError(what + ": " + expected.length + " numbers expected, got " + actual.length);
        }
        int worst = -1;
        double farthest = tolerance;
        int wrong = 0;
        for (int i = 0; i < expected.length; i++) {
            double distance = Math.abs(actual[i] - expected[i]);
            if (!(distance <= tolerance)) {
                wrong++;
                if (worst < 0 || !(distance <= farthest)) {
                    worst = i;
                    farthest = distance;
                }
            }
        }
        if (wrong > 0) {
            throw new AssertionError(what + ": " + wrong + " of " + expected.length + " numbers are off; at " + worst + " expected "
                    + expected[worst] + ", got " + actual[worst] + ", tolerance " + tolerance);
        }
    }

    /**
     * Every element within float32's epsilon times {@code length}, as a fraction of the largest expected magnitude: the rounding errors
     * of a sum of {@code length} terms add up to no more in practice, whatever the order.
     */
    static void compareFloat(String what, double[] expected, double[] actual, int length) {
        compare(what, expected, actual, EPSILON * length * largest(expected));
    }

    /** For double-precision references: golden results are written with ten digits. */
    static void compareDouble(String what, double[] expected, double[] actual) {
        compare(what, expected, actual, 1e-9 * Math.max(largest(expected), 1e-3));
    }

    static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }
}

package org.jengine.nn.golden;

import com.fasterxml.jackson.databind.JsonNode;

/** A weight tensor after a golden run: norms of the whole and of its change, and some elements before and after. */
record GoldenTensor(JsonNode node) {
    /** Elements that must be there at least. */
    private static final int LEAST = 4;

    String name() {
        return node.path("name").asText();
    }

    /** As {@code 32x3x3x3}. */
    String shape() {
        StringBuilder out = new StringBuilder();
        node.path("shape").forEach(d -> out.append('x').append(d.asInt()));
        return out.substring(1);
    }

    double norm() {
        return positive("norm");
    }

    double change() {
        return positive("change");
    }

    private double positive(String field) {
        double value = node.path(field).asDouble();
        if (!(value > 0)) {
            throw new AssertionError(name() + ": " + field + " says nothing: " + value);
        }
        return value;
    }

    int[] at() {
        int[] at = Numbers.ints(node.path("at"));
        if (at.length < LEAST) {
            throw new AssertionError(name() + ": only " + at.length + " samples");
        }
        return at;
    }

    double[] start() {
        return Numbers.of(node.path("start"));
    }

    double[] values() {
        double[] values = Numbers.of(node.path("values"));
        Numbers.requireContent(name(), values, 1);
        return values;
    }

    /** How far elements moved: the root mean square of all, and the farthest of the samples. */
    double moved() {
        double[] start = start();
        double[] values = values();
        double farthest = 0;
        for (int i = 0; i < values.length; i++) {
            farthest = Math.max(farthest, Math.abs(values[i] - start[i]));
        }
        long count = 1;
        for (JsonNode d : node.path("shape")) {
            count *= d.asInt();
        }
        return change() / Math.sqrt(count) + farthest;
    }
}

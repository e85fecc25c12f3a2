package org.jengine.nn.golden;

import com.fasterxml.jackson.databind.JsonNode;

/** One case of a golden file: sizes and scalars by name, arrays under {@code inputs} and {@code expected}. */
record GoldenCase(JsonNode node) {
    String op() {
        return node.path("op").asText();
    }

    String name() {
        return text("name");
    }

    String text(String field) {
        return need(node, field).asText();
    }

    int size(String field) {
        JsonNode value = need(node, field);
        if (!value.canConvertToInt()) {
            throw new AssertionError(this + ": " + field + " is no int: " + value);
        }
        return value.asInt();
    }

    long seed(String field) {
        return need(node, field).asLong();
    }

    double number(String field) {
        return need(node, field).asDouble();
    }

    /** An array beside the sizes; it may hold zeros only. */
    double[] plain(String field) {
        return Numbers.of(need(node, field));
    }

    double[] input(String name) {
        return Numbers.of(need(need(node, "inputs"), name));
    }

    /** What must come out; not mostly zeros. */
    double[] expected(String name) {
        return expected(name, Numbers.LEAST_SHARE);
    }

    /** What must come out, of which at least {@code share} is not zero. */
    double[] expected(String name, double share) {
        double[] values = Numbers.of(need(need(node, "expected"), name));
        Numbers.requireContent(this + " " + name, values, share);
        return values;
    }

    private JsonNode need(JsonNode parent, String field) {
        JsonNode child = parent.get(field);
        if (child == null || child.isNull()) {
            throw new AssertionError(this + " has no " + field);
        }
        return child;
    }

    @Override
    public String toString() {
        return (op() + " " + node.path("name").asText()).strip();
    }
}

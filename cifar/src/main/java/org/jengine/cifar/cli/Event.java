package org.jengine.cifar.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Map;

/** One line of JSON: fields in the order in which they were added. */
public final class Event {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final MathContext DIGITS = new MathContext(7);

    private final Map<String, Object> fields = new LinkedHashMap<>();

    /** An object without a field yet. */
    public static Event empty() {
        return new Event();
    }

    /** An object whose first field says what happened. */
    public static Event of(String event) {
        return new Event().with("event", event);
    }

    /**
     * Adds a field.
     *
     * @param value a string, a number (to seven digits; not finite: null, since JSON has no word for it), a boolean, a list, a map, an
     *              event or null
     */
    public Event with(String name, Object value) {
        fields.put(name, plain(value));
        return this;
    }

    /** The same with one field fewer. */
    public Event without(String name) {
        fields.remove(name);
        return this;
    }

    /** The fields, for a larger object or to be looked at. */
    public Map<String, Object> fields() {
        return new LinkedHashMap<>(fields);
    }

    private static Object plain(Object value) {
        if (value instanceof Event event) {
            return event.fields;
        } else if (value instanceof Double d) {
            return Double.isFinite(d) ? new BigDecimal(d).round(DIGITS).doubleValue() : null;
        }
        return value;
    }

    /** The line, without its end. */
    @Override
    public String toString() {
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a field that is no plain value: " + fields.keySet(), e);
        }
    }

    /** The same over several lines, for files that people open. */
    String pretty() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a field that is no plain value: " + fields.keySet(), e);
        }
    }
}

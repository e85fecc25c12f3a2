package org.jengine.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One layer that a backend stands on, as it was found on this machine.
 *
 * @param layer  what it is: {@code driver}, {@code cuDNN}, or a device's id
 * @param state  whether it serves
 * @param text   what was found, or what is wrong: one line
 * @param remedy what to do about it; empty if nothing needs to be done
 * @param facts  the same for programs, in order, such as {@code path} and {@code version}
 */
public record Finding(String layer, State state, String text, String remedy, Map<String, Object> facts) {
    public Finding {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /** Whether a layer serves. */
    public enum State {
        /** It does. */
        OK,
        /** It does not, and others do its work. */
        OFF,
        /** It does not, and what stands on it cannot be used. */
        FAULT
    }

    public static Finding ok(String layer, String text) {
        return new Finding(layer, State.OK, text, "", Map.of());
    }

    /** @param message what is wrong on the first line, and the remedy on those after it */
    public static Finding off(String layer, String message) {
        return wrong(layer, State.OFF, message);
    }

    /** @param message what is wrong on the first line, and the remedy on those after it */
    public static Finding fault(String layer, String message) {
        return wrong(layer, State.FAULT, message);
    }

    private static Finding wrong(String layer, State state, String message) {
        int end = message.indexOf('\n');
        return new Finding(layer, state, end < 0 ? message : message.substring(0, end), end < 0 ? "" : message.substring(end + 1),
                Map.of());
    }

    /** The same with one fact more. */
    public Finding with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(facts);
        more.put(name, value);
        return new Finding(layer, state, text, remedy, more);
    }
}

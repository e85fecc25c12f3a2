package org.jengine.softcuda.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The functions that are provided, by the name of the C symbol. */
public final class CallTable {
    private final Map<String, Call> calls = new HashMap<>();

    /** @throws IllegalStateException if two parts claim one function */
    public void add(String name, Call call) {
        if (calls.putIfAbsent(name, call) != null) {
            throw new IllegalStateException(name + " is provided twice");
        }
    }

    /** The function of that name, or null if it is not provided. */
    public Call find(String name) {
        return calls.get(name);
    }

    /** Puts something before every function. */
    public void wrap(UnaryOperator<Call> wrapper) {
        calls.replaceAll((name, call) -> wrapper.apply(call));
    }

    public Set<String> names() {
        return Set.copyOf(calls.keySet());
    }
}

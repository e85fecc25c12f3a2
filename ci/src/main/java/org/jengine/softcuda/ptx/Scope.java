package org.jengine.softcuda.ptx;

import java.util.HashMap;
import java.util.Map;

/** Names between two braces, or of the whole module; inner names hide outer ones. */
public final class Scope {
    private final Scope outer;
    private final Map<String, Symbol> names = new HashMap<>();

    Scope(Scope outer) {
        this.outer = outer;
    }

    /** What the name stands for here, or null. */
    public Symbol find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Symbol found = scope.names.get(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    Scope outer() {
        return outer;
    }

    /** Whether the name was free between these braces. */
    boolean define(String name, Symbol symbol) {
        return names.putIfAbsent(name, symbol) == null;
    }

    void redefine(String name, Symbol symbol) {
        names.put(name, symbol);
    }
}

package org.jengine.kernels;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The arguments of one call of a kernel's reference: buffers, sizes and scalars by parameter name. */
public final class Args {
    private final KernelDef def;
    private final Map<String, ?> values;

    private Args(KernelDef def, Map<String, ?> values) {
        this.def = def;
        this.values = values;
    }

    public static Builder of(KernelDef def) {
        return new Builder(def);
    }

    /**
     * The sizes alone, as {@link KernelDef#grid} and {@link KernelDef#elements} read them before there are buffers.
     *
     * @throws IllegalArgumentException if a declared size is missing or what is given is no size
     */
    public static Args sizes(KernelDef def, Map<String, Integer> sizes) {
        Set<String> declared = def.params().stream().filter(p -> p.role() == Param.Role.SIZE).map(Param::name).collect(Collectors.toSet());
        if (!declared.equals(sizes.keySet())) {
            throw new IllegalArgumentException(def.entry() + " has the sizes " + new TreeSet<>(declared) + ", got " + sizes);
        }
        return new Args(def, Map.copyOf(sizes));
    }

    public KernelDef def() {
        return def;
    }

    public Data data(String name) {
        return (Data) value(name);
    }

    public int size(String name) {
        return (Integer) value(name);
    }

    /** The product of some sizes, as of the dimensions of an array. */
    public long product(String... names) {
        long product = 1;
        for (String name : names) {
            product = Math.multiplyExact(product, (long) size(name));
        }
        return product;
    }

    public float scalar(String name) {
        return (Float) value(name);
    }

    /** Buffers ({@link Data}), sizes ({@link Integer}) and scalars ({@link Float}) in the order of the declaration. */
    public List<Object> inOrder() {
        List<Object> ordered = new ArrayList<>();
        for (Param p : def.params()) {
            ordered.add(value(p.name()));
        }
        return ordered;
    }

    /** A deep copy; pure outputs and scratch are poisoned in it, so that an element which is not written shows. */
    public Args copy() {
        Map<String, Object> copies = new LinkedHashMap<>();
        for (Param p : def.params()) {
            Object v = value(p.name());
            if (v instanceof Data d) {
                v = p.role().isFresh() ? Data.of(d.type(), d.count()).poison() : d.copy();
            }
            copies.put(p.name(), v);
        }
        return new Args(def, copies);
    }

    private Object value(String name) {
        Object v = values.get(name);
        if (v == null) {
            throw new NoSuchElementException(def.entry() + " has no argument " + name);
        }
        return v;
    }

    /** Collects the arguments; {@link #build} checks them against the declaration. */
    public static final class Builder {
        private final KernelDef def;
        private final Map<String, Object> values = new LinkedHashMap<>();

        private Builder(KernelDef def) {
            this.def = def;
        }

        public Builder data(String name, Data data) {
            values.put(name, data);
            return this;
        }

        /** An output buffer of {@code count} elements of the declared type, poisoned. */
        public Builder out(String name, int count) {
            return data(name, Data.of(param(name).type(), count).poison());
        }

        public Builder size(String name, int value) {
            values.put(name, value);
            return this;
        }

        public Builder scalar(String name, double value) {
            values.put(name, (float) value);
            return this;
        }

        /** @throws IllegalArgumentException if an argument is missing, unknown, or of another type than declared */
        public Args build() {
            for (String name : values.keySet()) {
                param(name);
            }
            for (Param p : def.params()) {
                Object v = values.get(p.name());
                boolean fits = switch (p.role()) {
                    case SIZE -> v instanceof Integer;
                    case SCALAR -> v instanceof Float;
                    default -> v instanceof Data d && d.type() == p.type();
                };
                if (!fits) {
                    throw new IllegalArgumentException(def.entry() + ": argument " + p.name() + " must be a " + p.role() + " of "
                            + p.type() + ", got " + (v instanceof Data d ? "a buffer of " + d.type() : v));
                }
            }
            return new Args(def, values);
        }

        private Param param(String name) {
            return def.params().stream().filter(p -> p.name().equals(name)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(def.entry() + " declares no parameter " + name));
        }
    }
}

package org.jengine.runtime.spi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jengine.kernels.Args;
import org.jengine.kernels.Grid;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.kernels.Target;
import org.jengine.runtime.Slice;

/**
 * The arguments of a launch by name, checked against the kernel's declaration: their number, their types, and that each slice has the
 * elements that a launch of these sizes may touch.
 *
 * @param <S> the device's own slices
 */
public final class BoundArgs<S extends Slice> {
    private final KernelDef def;
    private final Args sizes;
    private final Grid grid;
    private final Map<String, Object> values = new LinkedHashMap<>();

    /**
     * Checks arguments given in the order of the declaration.
     *
     * @param own sees a slice as one of the device's own; throws {@link IllegalArgumentException} if it is another device's
     * @throws IllegalArgumentException naming the kernel, the parameter, what it must be and what was given
     */
    public BoundArgs(KernelDef def, Function<Slice, S> own, Object... args) {
        this(def, Target.PORTABLE, own, args);
    }

    /**
     * Checks arguments as above.
     *
     * @param target whose launch shape counts
     */
    public BoundArgs(KernelDef def, Target target, Function<Slice, S> own, Object... args) {
        this.def = def;
        List<Param> params = def.params();
        if (args.length != params.size()) {
            throw new IllegalArgumentException(def.entry() + " takes " + params.size() + " arguments "
                    + params.stream().map(Param::name).toList() + ", got " + args.length);
        }
        Map<String, Integer> given = new LinkedHashMap<>();
        for (int i = 0; i < args.length; i++) {
            Param p = params.get(i);
            checkType(p, args[i]);
            values.put(p.name(), p.role().isBuffer() ? own.apply((Slice) args[i]) : args[i]);
            if (p.role() == Param.Role.SIZE) {
                given.put(p.name(), (Integer) args[i]);
            }
        }
        sizes = Args.sizes(def, given);
        grid = grid(given, target);
        params.stream().filter(p -> p.role().isBuffer()).forEach(p -> checkLength(p.name()));
    }

    private void checkType(Param p, Object arg) {
        boolean fits = switch (p.role()) {
            case SIZE -> arg instanceof Integer;
            case SCALAR -> arg instanceof Float;
            default -> arg instanceof Slice s && s.type() == p.type();
        };
        if (!fits) {
            String wanted = p.role().isBuffer() ? "a slice of " + p.type() : p.role() == Param.Role.SIZE ? "an Integer" : "a Float";
            throw new IllegalArgumentException(def.entry() + ": " + p.name() + " must be " + wanted + ", got " + arg);
        }
    }

    private Grid grid(Map<String, Integer> given, Target target) {
        given.forEach((name, value) -> {
            if (value < 0) {
                throw new IllegalArgumentException(def.entry() + ": " + name + " must not be negative, got " + value);
            }
        });
        try {
            return def.grid(sizes, target);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(def.entry() + " cannot be launched with the sizes " + given + ": " + e.getMessage(), e);
        }
    }

    private void checkLength(String name) {
        long needed = def.elements(name, sizes);
        if (slice(name).count() < needed) {
            throw new IllegalArgumentException(def.entry() + ": " + name + " needs " + needed + " elements, " + slice(name)
                    + " has fewer");
        }
    }

    public KernelDef def() {
        return def;
    }

    /** The kernel's name. */
    public String entry() {
        return def.entry();
    }

    /** The launch shape for these sizes. */
    public Grid grid() {
        return grid;
    }

    /** Whether the declaration has a parameter of that name. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The argument of a buffer parameter. */
    @SuppressWarnings("unchecked")
    public S slice(String name) {
        return (S) values.get(name);
    }

    public int size(String name) {
        return sizes.size(name);
    }

    public float scalar(String name) {
        return (Float) values.get(name);
    }
}

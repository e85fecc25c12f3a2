package org.jengine.nn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Device;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.Slice;

/**
 * Activations and what else a step works on, by name. The first to ask takes the memory, for the largest batch; who asks for a smaller
 * one gets the front of it. So the steps of the full and the partial batch and of evaluation, which never run at once, share it.
 */
final class Workspace {
    private final Arena arena;
    private final Library library;
    private final Library beside;
    private final int capacity;
    private final Map<String, Slice> slices = new HashMap<>();

    /** @param capacity images in the largest batch */
    Workspace(Device device, Arena arena, int capacity, Numerics numerics) {
        this.arena = arena;
        library = device.library(arena, numerics);
        beside = device.capabilities().contains(Capability.GRAPHS) ? device.library(arena, numerics) : library;
        this.capacity = capacity;
    }

    /** The device's library operations, with what they need for themselves in this memory. */
    Library library() {
        return library;
    }

    /** The same operations with scratch memory of their own, for what may run at the same time; where nothing does, the same object. */
    Library libraryBeside() {
        return beside;
    }

    /** Whether {@link #libraryBeside} is one of its own, so that what it makes may run at the same time. */
    boolean hasBeside() {
        return beside != library;
    }

    /** What was chosen for all operations. */
    Map<String, String> choices() {
        Map<String, String> choices = new TreeMap<>(library.choices());
        choices.putAll(beside.choices());
        return choices;
    }

    /** What went wrong meanwhile without stopping anything. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>(library.warnings());
        if (hasBeside()) {
            warnings.addAll(beside.warnings());
        }
        return warnings;
    }

    /** {@code [batch, shape]}, of no defined content when the step is over: a device may let images share it. */
    Slice perImage(String name, int batch, Shape shape, DType type) {
        return front(slice(name, shape.batch(capacity), type, arena::temporary), shape.batch(batch));
    }

    /** {@code [batch, shape]}, there to be read when the step is over. */
    Slice result(String name, int batch, Shape shape, DType type) {
        return front(shared(name, shape.batch(capacity), type), shape.batch(batch));
    }

    /** {@code [batch]}. */
    Slice perImage(String name, int batch, DType type) {
        return front(shared(name, Shape.of(capacity), type), Shape.of(batch));
    }

    /** The same for every batch. */
    Slice shared(String name, Shape shape, DType type) {
        return slice(name, shape, type, arena::take);
    }

    private Slice slice(String name, Shape shape, DType type, Taking how) {
        Slice slice = slices.computeIfAbsent(name, n -> how.take(n, shape, type));
        if (!slice.shape().equals(shape) || slice.type() != type) {
            throw new IllegalArgumentException(name + " is " + slice.shape() + " of " + slice.type() + ", not " + shape + " of " + type);
        }
        return slice;
    }

    private interface Taking {
        Slice take(String name, Shape shape, DType type);
    }

    private static Slice front(Slice slice, Shape shape) {
        return slice.shape().equals(shape) ? slice : slice.part(slice.name(), 0, shape);
    }
}

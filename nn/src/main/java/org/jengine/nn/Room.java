package org.jengine.nn;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceMemory;
import org.jengine.runtime.OutOfDeviceMemory;

/** The device memory that a plan may take: asked for when all is laid out and before anything is made. */
final class Room {
    /** Devices give memory out in pieces: 2 MiB on a GPU. */
    private static final long PIECE = 2L << 20;
    private static final double MEGA = 1e6;

    private final Supplier<DeviceMemory> told;
    private final boolean none;
    private DeviceMemory memory = DeviceMemory.UNKNOWN;
    private List<Part> parts = List.of();

    private record Part(String name, long bytes) {
        private long pieces() {
            return (bytes + PIECE - 1) / PIECE * PIECE;
        }
    }

    private Room(Supplier<DeviceMemory> told, boolean none) {
        this.told = told;
        this.none = none;
    }

    /** What the device has when it is asked for. */
    static Room in(Device device) {
        return new Room(device::memory, false);
    }

    /** None: a plan that asks for it has told what it needs, and goes no further. */
    static Room toMeasure(DeviceMemory memory) {
        return new Room(() -> memory, true);
    }

    /**
     * Asks for memory, and remembers what was asked.
     *
     * @throws OutOfDeviceMemory if there is not enough
     */
    void require(Arena... arenas) {
        parts = Stream.of(arenas).map(a -> new Part(a.name(), a.bytes())).toList();
        memory = told.get();
        if (none || !memory.holds(sizes())) {
            throw new OutOfDeviceMemory("a plan of " + describe() + " does not fit", need(), memory.free());
        }
    }

    /** Whether a plan came so far as to ask. */
    boolean asked() {
        return !parts.isEmpty();
    }

    long need() {
        return sizes().stream().mapToLong(Long::longValue).sum();
    }

    private List<Long> sizes() {
        return parts.stream().map(Part::pieces).toList();
    }

    /** Bytes that are lacking, in all or for the largest arena; not above 0 if the plan fits. */
    long lack() {
        long inAll = memory.free() < 0 ? Long.MIN_VALUE : need() - memory.free();
        long most = sizes().stream().mapToLong(Long::longValue).max().orElse(0);
        return Math.max(inAll, memory.largest() < 0 ? Long.MIN_VALUE : most - memory.largest());
    }

    /** As {@code 3.1 MB (data 1.0 MB, params 2.1 MB)}. */
    String describe() {
        return megabytes(need()) + parts.stream().map(p -> p.name + " " + megabytes(p.bytes)).collect(Collectors.joining(", ", " (", ")"));
    }

    static String megabytes(long bytes) {
        return String.format(Locale.ROOT, bytes < 10 * MEGA ? "%.1f MB" : "%.0f MB", bytes / MEGA);
    }
}

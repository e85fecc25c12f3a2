package org.jengine.softcuda.driver;

import java.util.HashMap;
import java.util.Map;
import org.jengine.softcuda.gpu.GpuProfile;

/** One GPU of the machine. */
final class Device {
    /** What a driver keeps for itself once a context exists. */
    private static final long RESERVED = 400L << 20;

    private final int ordinal;
    private final GpuProfile profile;
    private final Map<Integer, Integer> exceptions = new HashMap<>();
    private long used;
    private Context primary;
    private int primaryUsers;
    private int primaryFlags;

    Device(int ordinal, GpuProfile profile) {
        this.ordinal = ordinal;
        this.profile = profile;
    }

    int ordinal() {
        return ordinal;
    }

    GpuProfile profile() {
        return profile;
    }

    /** The place on the bus: each device has one of its own. */
    int bus() {
        return ordinal + 1;
    }

    String pciBusId() {
        return String.format("0000:%02X:00.0", bus());
    }

    /** Bytes that can still be allocated. */
    long free() {
        return profile.memory() - RESERVED - used;
    }

    void use(long bytes) {
        used += bytes;
    }

    /** The context that is shared by those who ask for the device's own; null while nobody does. */
    Context primary() {
        return primary;
    }

    int primaryUsers() {
        return primaryUsers;
    }

    void primary(Context context, int users) {
        primary = context;
        primaryUsers = users;
    }

    int primaryFlags() {
        return primaryFlags;
    }

    void primaryFlags(int flags) {
        primaryFlags = flags;
    }

    int attribute(int number) {
        return exceptions.getOrDefault(number, profile.attribute(number));
    }

    void except(int attribute, int value) {
        exceptions.put(attribute, value);
    }

    @Override
    public String toString() {
        return "device " + ordinal + " (" + profile.name() + ")";
    }
}

package org.jengine.runtime;

import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The backends on the class path, and devices by name. */
public final class Devices {
    private Devices() {
    }

    public static List<Backend> backends() {
        return ServiceLoader.load(Backend.class, Devices.class.getClassLoader()).stream().map(ServiceLoader.Provider::get).toList();
    }

    /**
     * Opens {@code name} or {@code name:which}; what the name says replaces the request's. Nothing else is tried when it fails.
     *
     * @throws IllegalArgumentException if no backend has that name, or it names its devices otherwise
     * @throws DeviceUnavailable        if the device cannot be used
     */
    public static Device open(String name, DeviceRequest request) {
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        String which = colon < 0 ? request.which() : name.substring(colon + 1);
        if (colon >= 0 && which.isEmpty()) {
            throw new IllegalArgumentException("not a device: '" + name + "'; expected NAME or NAME:WHICH");
        }
        List<Backend> all = backends();
        Backend backend = all.stream().filter(b -> b.name().equals(kind)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                "no device '" + name + "'; this build knows " + all.stream().map(Backend::name).collect(Collectors.joining(", "))));
        return backend.open(request.withWhich(which));
    }
}

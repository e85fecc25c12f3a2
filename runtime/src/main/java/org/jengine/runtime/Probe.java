package org.jengine.runtime;

import java.util.List;

/**
 * What a backend found.
 *
 * @param devices what can be opened, in the backend's order; empty if none
 * @param reason  why there is none, and what to do about it; empty if there is one
 */
public record Probe(List<DeviceInfo> devices, String reason) {
    public Probe {
        devices = List.copyOf(devices);
    }

    public static Probe found(List<DeviceInfo> devices) {
        return new Probe(devices, "");
    }

    public static Probe none(String reason) {
        return new Probe(List.of(), reason);
    }
}

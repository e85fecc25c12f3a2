package org.jengine.runtime;

import java.util.List;

/**
 * What a backend found.
 *
 * @param devices what can be opened, in the backend's order; empty if none
 * @param reason  why there is none, or why others that were seen cannot be used, and what to do about it; empty if there is no more to say
 */
public record Probe(List<DeviceInfo> devices, String reason) {
    public Probe {
        devices = List.copyOf(devices);
    }

    public static Probe found(List<DeviceInfo> devices) {
        return new Probe(devices, "");
    }

    /** @param others why what else was seen cannot be used; empty if all can */
    public static Probe found(List<DeviceInfo> devices, String others) {
        return new Probe(devices, others);
    }

    public static Probe none(String reason) {
        return new Probe(List.of(), reason);
    }
}

package org.jengine.runtime;

import java.util.List;

/**
 * What can be had of a device's memory now.
 *
 * @param free    bytes that nobody has taken; -1 if the device does not tell
 * @param largest bytes that one arena may have; -1 if the device does not tell
 * @param users   who has taken the rest, as {@code process 4711 (python) 6100 MB}; empty if it is not known or there is nobody
 */
public record DeviceMemory(long free, long largest, List<String> users) {
    public static final DeviceMemory UNKNOWN = new DeviceMemory(-1, -1, List.of());

    public DeviceMemory {
        users = List.copyOf(users);
    }

    /** Whether the device tells anything. */
    public boolean known() {
        return free >= 0 || largest >= 0;
    }

    /** Whether arenas of these sizes can be made, as far as the device tells. */
    public boolean holds(List<Long> arenas) {
        long sum = arenas.stream().mapToLong(Long::longValue).sum();
        return (free < 0 || sum <= free) && (largest < 0 || arenas.stream().allMatch(a -> a <= largest));
    }
}

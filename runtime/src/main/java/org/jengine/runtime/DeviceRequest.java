package org.jengine.runtime;

/**
 * Which device to open and how.
 *
 * @param which   which of the backend's devices, in the backend's own words, as {@code 1.0}; empty for the first
 * @param threads CPU threads the device may use, for the libraries it calls and for its own loops alike; 0 means all
 * @param debug   guard bands behind every slice, fresh memory filled with NaN, an allocation stack in leak reports
 */
public record DeviceRequest(String which, int threads, boolean debug) {
    public DeviceRequest {
        if (threads < 0) {
            throw new IllegalArgumentException("threads must not be negative: " + threads);
        }
    }

    public static DeviceRequest first() {
        return new DeviceRequest("", 0, false);
    }

    public DeviceRequest withThreads(int threads) {
        return new DeviceRequest(which, threads, debug);
    }

    public DeviceRequest withDebug() {
        return new DeviceRequest(which, threads, true);
    }
}

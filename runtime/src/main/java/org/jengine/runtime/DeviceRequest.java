package org.jengine.runtime;

/**
 * Which device to open and how.
 *
 * @param ordinal which of the backend's devices
 * @param threads CPU threads the device may use, for the libraries it calls and for its own loops alike; 0 means all
 * @param debug   guard bands behind every slice, fresh memory filled with NaN, an allocation stack in leak reports
 */
public record DeviceRequest(int ordinal, int threads, boolean debug) {
    public DeviceRequest {
        if (ordinal < 0 || threads < 0) {
            throw new IllegalArgumentException("ordinal and threads must not be negative: " + ordinal + ", " + threads);
        }
    }

    public static DeviceRequest first() {
        return new DeviceRequest(0, 0, false);
    }

    public DeviceRequest withThreads(int threads) {
        return new DeviceRequest(ordinal, threads, debug);
    }

    public DeviceRequest withDebug() {
        return new DeviceRequest(ordinal, threads, true);
    }
}

package org.jengine.runtime;

import java.nio.file.Path;

/**
 * Which device to open and how.
 *
 * @param which     which of the backend's devices, in the backend's own words, as {@code 1.0}; empty for the first
 * @param threads   CPU threads the device may use, for the libraries it calls and for its own loops alike; 0 means all
 * @param debug     guard bands behind every slice, fresh memory filled with NaN, an allocation stack in leak reports
 * @param tier      the most of the vendor's libraries that may serve: {@code driver}, {@code cublas} or {@code cudnn}; empty for all that
 *                  are there
 * @param libraries the folder of the vendor's libraries; null for wherever the system finds them
 */
public record DeviceRequest(String which, int threads, boolean debug, String tier, Path libraries) {
    public DeviceRequest {
        if (threads < 0) {
            throw new IllegalArgumentException("threads must not be negative: " + threads);
        }
    }

    public static DeviceRequest first() {
        return new DeviceRequest("", 0, false, "", null);
    }

    public DeviceRequest withWhich(String which) {
        return new DeviceRequest(which, threads, debug, tier, libraries);
    }

    public DeviceRequest withThreads(int threads) {
        return new DeviceRequest(which, threads, debug, tier, libraries);
    }

    public DeviceRequest withDebug() {
        return new DeviceRequest(which, threads, true, tier, libraries);
    }

    public DeviceRequest withTier(String tier) {
        return new DeviceRequest(which, threads, debug, tier, libraries);
    }

    public DeviceRequest withLibraries(Path libraries) {
        return new DeviceRequest(which, threads, debug, tier, libraries);
    }

    /**
     * For backends that use no vendor's libraries.
     *
     * @throws IllegalArgumentException if a tier or a folder of libraries is asked for
     */
    public void requireNoLibraries(String backend) {
        if (!tier.isEmpty()) {
            throw new IllegalArgumentException("there is no tier '" + tier + "' on " + backend + "; tiers are for cuda");
        }
        if (libraries != null) {
            throw new IllegalArgumentException(backend + " takes no folder of libraries; that is for cuda, got " + libraries);
        }
    }
}

package org.jengine.runtime.cuda;

import java.nio.file.Path;
import java.util.List;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.DeviceUnavailable;

/** A program of its own, which opens the first device with a tier and prints what serves it, or why it does not open. */
final class TierRun {
    private TierRun() {
    }

    public static void main(String[] args) {
        CudaBackend backend = new CudaBackend(Path.of(args[0]), false);
        DeviceRequest request = DeviceRequest.first().withTier(args[1]);
        try (Device device = backend.open(args.length < 3 ? request : request.withLibraries(Path.of(args[2])))) {
            for (String key : List.of("tier", "tiers", "cuBLAS", "cuDNN")) {
                System.out.println(key + ": " + device.info().details().get(key));
            }
        } catch (DeviceUnavailable e) {
            System.out.println("unavailable: " + e.getMessage());
        }
    }
}

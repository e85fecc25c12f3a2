package org.jengine.cifar.cli;

import java.nio.file.Path;
import org.jengine.runtime.DeviceRequest;
import picocli.CommandLine.Option;

/** Which of a vendor's libraries serve the device, and where they lie. */
public final class LibraryOptions {
    @Option(names = "--tier", defaultValue = "", paramLabel = "TIER", description = "What of CUDA must serve: driver (our kernels alone), "
            + "cublas (its matrix products) or cudnn (its convolutions too). Default: the best that is found.")
    private String tier = "";

    @Option(names = "--cuda-lib", paramLabel = "DIR",
            description = "Where CUDA's libraries are looked for first. Default: where the system finds them.")
    private Path folder;

    /** The request with these wishes. */
    public DeviceRequest of(DeviceRequest request) {
        return request.withTier(tier).withLibraries(folder);
    }
}

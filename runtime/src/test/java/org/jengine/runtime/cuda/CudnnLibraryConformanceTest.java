package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.jengine.kernels.DType;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Library;
import org.jengine.runtime.conformance.LibraryConformance;
import org.junit.jupiter.api.io.TempDir;

/** Convolutions and poolings with cuDNN, first layers as they are and with padded channels; all else is done as without it. */
class CudnnLibraryConformanceTest extends LibraryConformance {
    @TempDir
    private static Path cache;

    @Override
    protected Device open() {
        assumeTrue(!Boolean.getBoolean("jengine.tiers.skip"), "once is enough: these take minutes on another JDK and hang on none");
        return Cuda.open(cache, DeviceRequest.first().withDebug().withTier("cudnn"));
    }

    @Override
    protected Library library(Device device, Arena scratch) {
        return CudnnLayers.of(device, scratch, numerics());
    }

    /** What its index holds, cuDNN does not tell. */
    @Override
    protected boolean notesPlaces() {
        return false;
    }

    @Override
    protected boolean covers(Operation operation, DType real) {
        return operation == Operation.CONV || operation == Operation.POOL;
    }
}

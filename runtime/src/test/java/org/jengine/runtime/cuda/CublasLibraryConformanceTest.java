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

/** Dense layers with cuBLAS; all else is done by our kernels, as without it. */
class CublasLibraryConformanceTest extends LibraryConformance {
    @TempDir
    private static Path cache;

    @Override
    protected Device open() {
        assumeTrue(!Boolean.getBoolean("jengine.again"), "once is enough: these took minutes on the default JDK and hang on no JDK");
        return Cuda.open(cache, DeviceRequest.first().withDebug().withTier("cublas"));
    }

    @Override
    protected Library library(Device device, Arena scratch) {
        return AllCublas.of(device, scratch, numerics());
    }

    @Override
    protected boolean covers(Operation operation, DType real) {
        return operation == Operation.DENSE;
    }
}

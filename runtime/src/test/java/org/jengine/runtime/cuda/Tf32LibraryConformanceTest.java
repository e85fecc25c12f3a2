package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.jengine.kernels.DType;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Capability;
import org.jengine.runtime.Device;
import org.jengine.runtime.DeviceRequest;
import org.jengine.runtime.Library;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.conformance.LibraryConformance;
import org.junit.jupiter.api.io.TempDir;

/** Dense layers with cuBLAS and convolutions with cuDNN, whose products may round their inputs to TF32. */
class Tf32LibraryConformanceTest extends LibraryConformance {
    @TempDir
    private static Path cache;

    /** The libraries that serve. */
    protected String tier() {
        return "cudnn";
    }

    @Override
    protected Device open() {
        assumeTrue(!Boolean.getBoolean("jengine.tiers.skip"), "once is enough: these take minutes on another JDK and hang on none");
        Device device = Cuda.open(cache, DeviceRequest.first().withDebug().withTier(tier()));
        if (!device.capabilities().contains(Capability.TF32)) {
            device.close();
            assumeTrue(false, "cuda: the GPU knows no TF32");
        }
        return device;
    }

    @Override
    protected Numerics numerics() {
        return new Numerics(true, false);
    }

    @Override
    protected Library library(Device device, Arena scratch) {
        return AllCublas.of(device, scratch, numerics());
    }

    @Override
    protected boolean covers(Operation operation, DType real) {
        return (operation == Operation.DENSE || operation == Operation.CONV) && real == DType.F32;
    }
}

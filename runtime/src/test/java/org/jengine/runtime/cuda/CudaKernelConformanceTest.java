package org.jengine.runtime.cuda;

import java.nio.file.Path;
import org.jengine.kernels.KernelDef;
import org.jengine.runtime.Device;
import org.jengine.runtime.conformance.KernelConformance;
import org.junit.jupiter.api.io.TempDir;

class CudaKernelConformanceTest extends KernelConformance {
    @TempDir
    private static Path cache;

    @Override
    protected Device open() {
        return Cuda.open(cache);
    }

    @Override
    protected boolean runs(Device device, KernelDef def) {
        return def.devices().cover(((CudaDevice) device).facts().capability());
    }
}

package org.jengine.runtime.opencl;

import java.nio.file.Path;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Target;
import org.jengine.runtime.Device;
import org.jengine.runtime.conformance.KernelConformance;
import org.junit.jupiter.api.io.TempDir;

class OpenClKernelConformanceTest extends KernelConformance {
    @TempDir
    private static Path cache;

    @Override
    protected Device open() {
        return OpenCl.open(cache);
    }

    @Override
    protected boolean runs(Device device, KernelDef def) {
        return def.devices().cover(Target.PORTABLE);
    }
}

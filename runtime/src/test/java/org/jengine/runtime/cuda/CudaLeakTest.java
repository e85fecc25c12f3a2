package org.jengine.runtime.cuda;

import java.nio.file.Path;
import org.jengine.runtime.Device;
import org.jengine.runtime.conformance.LeakConformance;
import org.junit.jupiter.api.io.TempDir;

class CudaLeakTest extends LeakConformance {
    @TempDir
    private static Path cache;

    @Override
    protected Device open() {
        return Cuda.open(cache);
    }
}

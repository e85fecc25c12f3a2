package org.jengine.runtime.cuda;

import java.nio.file.Path;
import org.jengine.runtime.Device;
import org.jengine.runtime.conformance.LibraryConformance;
import org.junit.jupiter.api.io.TempDir;

class CudaLibraryConformanceTest extends LibraryConformance {
    @TempDir
    private static Path cache;

    @Override
    protected Device open() {
        return Cuda.open(cache);
    }
}

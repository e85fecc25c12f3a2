package org.jengine.runtime.opencl;

import java.nio.file.Path;
import org.jengine.runtime.Device;
import org.jengine.runtime.conformance.LibraryConformance;
import org.junit.jupiter.api.io.TempDir;

class OpenClLibraryConformanceTest extends LibraryConformance {
    @TempDir
    private static Path cache;

    @Override
    protected Device open() {
        return OpenCl.open(cache);
    }
}

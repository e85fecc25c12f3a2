package org.jengine.runtime.cuda;

import java.nio.file.Path;
import org.jengine.runtime.Device;
import org.jengine.runtime.Slice;
import org.jengine.runtime.conformance.DeviceConformance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With the time that the software device takes, which is a thousand times that of a GPU. */
@Timeout(600)
class CudaDeviceConformanceTest extends DeviceConformance {
    @TempDir
    private static Path cache;

    @Override
    protected Device open() {
        return Cuda.open(cache);
    }

    @Override
    protected void corrupt(Slice slice) {
        CudaSlice s = (CudaSlice) slice;
        s.arena().set(s.offset() + s.bytes(), 1, (byte) 0);
    }
}

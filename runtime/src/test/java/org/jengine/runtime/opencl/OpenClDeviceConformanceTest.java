package org.jengine.runtime.opencl;

import java.nio.file.Path;
import org.jengine.runtime.Device;
import org.jengine.runtime.Slice;
import org.jengine.runtime.conformance.DeviceConformance;
import org.junit.jupiter.api.io.TempDir;

class OpenClDeviceConformanceTest extends DeviceConformance {
    @TempDir
    private static Path cache;

    @Override
    protected Device open() {
        return OpenCl.open(cache);
    }

    @Override
    protected void corrupt(Slice slice) {
        ClSlice s = (ClSlice) slice;
        s.arena().set(s.offset() + s.bytes(), 1, (byte) 0);
    }
}

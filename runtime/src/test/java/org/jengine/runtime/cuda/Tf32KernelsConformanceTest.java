package org.jengine.runtime.cuda;

import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.Library;

/** Dense layers and convolutions by our kernels alone, whose products may round their inputs to TF32. */
class Tf32KernelsConformanceTest extends Tf32LibraryConformanceTest {
    @Override
    protected String tier() {
        return "driver";
    }

    @Override
    protected Library library(Device device, Arena scratch) {
        return device.library(scratch, numerics());
    }
}

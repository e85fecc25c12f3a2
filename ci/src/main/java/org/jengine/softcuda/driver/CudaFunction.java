package org.jengine.softcuda.driver;

import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.simt.Kernel;

/** A kernel as the program holds it: with the limits that it was given. */
final class CudaFunction {
    private final long handle;
    private final CudaModule module;
    private final Kernel kernel;
    private int mostDynamicShared;
    private int carveout = -1;

    CudaFunction(long handle, CudaModule module, Kernel kernel, int mostDynamicShared) {
        this.handle = handle;
        this.module = module;
        this.kernel = kernel;
        this.mostDynamicShared = mostDynamicShared;
    }

    long handle() {
        return handle;
    }

    CudaModule module() {
        return module;
    }

    Kernel kernel() {
        return kernel;
    }

    /** Registers of a thread. */
    int registers(GpuProfile gpu) {
        return module.program().registers(kernel.name(), gpu);
    }

    /** The most bytes of dynamic shared memory that a launch may ask for. */
    int mostDynamicShared() {
        return mostDynamicShared;
    }

    void mostDynamicShared(int bytes) {
        mostDynamicShared = bytes;
    }

    int carveout() {
        return carveout;
    }

    void carveout(int percent) {
        carveout = percent;
    }
}

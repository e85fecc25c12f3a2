package org.jengine.softcuda.driver;

import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.simt.Kernel;

/** A module's kernels and variables, in the device's memory. */
public interface Program {
    /** Loads modules: parser and linker. */
    @FunctionalInterface
    interface Loader {
        /** @throws org.jengine.softcuda.ptx.PtxException if the text is no module that can run here */
        Program load(String text);
    }

    /** The version of PTX that it was written in, times ten. */
    int version();

    /** The compute capability that it was made for, times ten. */
    int capability();

    /** The kernel of that name; null if there is none. */
    Kernel kernel(String name);

    /** How many registers a thread of the kernel needs on the GPU: an assembler is asked the first time, else it is an estimate. */
    int registers(String kernel, GpuProfile gpu);

    /** The variable of that name; null if there is none. */
    Allocation variable(String name);

    /** Frees the variables. */
    void unload();
}

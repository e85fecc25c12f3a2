package org.jengine.softcuda.driver;

import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.simt.Kernel;
import org.jengine.softcuda.wire.CudaError;

/** What a GPU can hold of a kernel. */
final class Limits {
    /** What a thread of any kernel is taken to need: only an assembler knows, and this many let every multiprocessor fill. */
    static final int REGISTERS = 32;
    /** Shared memory is given out in pieces of so many bytes. */
    static final int SHARED_UNIT = 128;

    private static final int WARP = 32;
    private static final int REGISTER_UNIT = 256;

    private Limits() {
    }

    /** The most threads of a block. */
    static int threads(Kernel kernel, GpuProfile gpu) {
        int device = gpu.attribute("MAX_THREADS_PER_BLOCK");
        return kernel.maxThreads() > 0 ? Math.min(device, kernel.maxThreads()) : device;
    }

    /** How many blocks of a size are on a multiprocessor at once. */
    static int blocks(Kernel kernel, int threads, long dynamicShared, GpuProfile gpu) {
        long shared = kernel.staticShared() + dynamicShared;
        if (threads > threads(kernel, gpu) || shared > gpu.attribute("MAX_SHARED_MEMORY_PER_BLOCK_OPTIN")) {
            return 0;
        }
        int warps = (threads + WARP - 1) / WARP;
        int registers = warps * round(REGISTERS * WARP, REGISTER_UNIT);
        long pieces = round((int) shared, SHARED_UNIT) + gpu.attribute("RESERVED_SHARED_MEMORY_PER_BLOCK");
        long most = gpu.attribute("MAX_THREADS_PER_MULTIPROCESSOR") / (warps * WARP);
        most = Math.min(most, gpu.attribute("MAX_BLOCKS_PER_MULTIPROCESSOR"));
        most = Math.min(most, gpu.attribute("MAX_REGISTERS_PER_MULTIPROCESSOR") / registers);
        return (int) (pieces == 0 ? most : Math.min(most, gpu.attribute("MAX_SHARED_MEMORY_PER_MULTIPROCESSOR") / pieces));
    }

    private static int round(int value, int unit) {
        return (value + unit - 1) / unit * unit;
    }

    /**
     * Refuses a launch that the GPU could not do.
     *
     * @throws CudaError with the driver's status
     */
    static void require(CudaFunction function, int[] grid, int[] block, int shared, GpuProfile gpu) {
        Kernel kernel = function.kernel();
        String what = kernel.name() + " with " + grid[0] + " x " + grid[1] + " x " + grid[2] + " blocks of " + block[0] + " x "
                + block[1] + " x " + block[2] + " threads";
        for (int i = 0; i < grid.length; i++) {
            char axis = (char) ('X' + i);
            if (grid[i] <= 0 || grid[i] > gpu.attribute("MAX_GRID_DIM_" + axis) || block[i] <= 0
                    || block[i] > gpu.attribute("MAX_BLOCK_DIM_" + axis)) {
                throw new CudaError(Status.INVALID_VALUE, what + ": the GPU has not that many in " + axis);
            }
        }
        long threads = (long) block[0] * block[1] * block[2];
        if (threads > gpu.attribute("MAX_THREADS_PER_BLOCK")) {
            throw new CudaError(Status.INVALID_VALUE, what + ": a block has " + gpu.attribute("MAX_THREADS_PER_BLOCK") + " at most");
        }
        if (threads > threads(kernel, gpu)) {
            throw new CudaError(Status.LAUNCH_OUT_OF_RESOURCES, what + ": the kernel says " + kernel.maxThreads() + " at most");
        }
        if (shared < 0 || shared > function.mostDynamicShared()) {
            throw new CudaError(Status.INVALID_VALUE, what + ": " + Integer.toUnsignedString(shared) + " bytes of dynamic shared memory, "
                    + function.mostDynamicShared() + " are allowed (cuFuncSetAttribute allows more)");
        }
    }

    /** Refuses blocks that wait for each other and cannot all be on the GPU at once. */
    static void requireCooperative(CudaFunction function, int[] grid, int threads, int shared, GpuProfile gpu) {
        long room = (long) blocks(function.kernel(), threads, shared, gpu) * gpu.attribute("MULTIPROCESSOR_COUNT");
        if ((long) grid[0] * grid[1] * grid[2] > room) {
            throw new CudaError(Status.COOPERATIVE_LAUNCH_TOO_LARGE, function.kernel().name() + ": " + room
                    + " blocks at most run together");
        }
    }
}

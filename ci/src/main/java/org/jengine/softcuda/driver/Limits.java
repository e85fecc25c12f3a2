package org.jengine.softcuda.driver;

import org.jengine.softcuda.count.Machine;
import org.jengine.softcuda.count.Occupancy;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.simt.Kernel;
import org.jengine.softcuda.wire.CudaError;

/** What a GPU can hold of a kernel. */
final class Limits {
    /** Shared memory is given out in pieces of so many bytes. */
    static final int SHARED_UNIT = 128;

    private Limits() {
    }

    /** The most threads of a block. */
    static int threads(Kernel kernel, GpuProfile gpu) {
        int device = gpu.attribute("MAX_THREADS_PER_BLOCK");
        return kernel.maxThreads() > 0 ? Math.min(device, kernel.maxThreads()) : device;
    }

    /** The most threads of a block that a multiprocessor's registers suffice for, too. */
    static int holds(CudaFunction function, GpuProfile gpu) {
        int most = threads(function.kernel(), gpu);
        while (most > Machine.WARP && Occupancy.of(Machine.of(gpu), function.registers(gpu), 0, most).blocks() == 0) {
            most = (most - 1) / Machine.WARP * Machine.WARP;
        }
        return most;
    }

    /** How many blocks of a size are on a multiprocessor at once. */
    static int blocks(CudaFunction function, int threads, long dynamicShared, GpuProfile gpu) {
        long shared = function.kernel().staticShared() + dynamicShared;
        if (threads > threads(function.kernel(), gpu) || shared > gpu.attribute("MAX_SHARED_MEMORY_PER_BLOCK_OPTIN")) {
            return 0;
        }
        return Occupancy.of(Machine.of(gpu), function.registers(gpu), (int) shared, threads).blocks();
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
        long room = (long) blocks(function, threads, shared, gpu) * gpu.attribute("MULTIPROCESSOR_COUNT");
        if ((long) grid[0] * grid[1] * grid[2] > room) {
            throw new CudaError(Status.COOPERATIVE_LAUNCH_TOO_LARGE, function.kernel().name() + ": " + room
                    + " blocks at most run together");
        }
    }
}

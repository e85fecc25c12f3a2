package org.jengine.softcuda.programs;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static org.jengine.softcuda.programs.Cuda.check;
import static org.jengine.softcuda.programs.Cuda.function;
import static org.jengine.softcuda.programs.Cuda.launch;

import java.util.Arrays;
import java.util.function.IntSupplier;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUmodule;

/**
 * Streams some million floats through relu and adam and prints the instructions of lanes per second, the best and the median of ten
 * launches: {@code ci/softcuda [--no-check] java -cp ... StreamSpeed}. Arguments: how many million floats.
 */
public final class StreamSpeed {
    private static final int BLOCK = 256;
    private static final int LAUNCHES = 10;
    /** What a thread of each executes, as the PTX among the resources has it. */
    private static final int RELU_INSTRUCTIONS = 19;
    private static final int ADAM_INSTRUCTIONS = 40;

    private StreamSpeed() {
    }

    public static void main(String[] arguments) {
        int count = Integer.parseInt(arguments[0]) << 20;
        try (Cuda cuda = new Cuda()) {
            CUmodule module = cuda.module("net");
            CUdeviceptr a = cuda.upload(new float[count]);
            CUdeviceptr b = cuda.upload(new float[count]);
            CUdeviceptr c = cuda.upload(new float[count]);
            CUdeviceptr d = cuda.upload(new float[count]);
            time("relu", count, RELU_INSTRUCTIONS, () -> launch(function(module, "relu"), count / BLOCK, BLOCK, 0, null, a, b, count));
            time("adam", count, ADAM_INSTRUCTIONS,
                    () -> launch(function(module, "adam"), count / BLOCK, BLOCK, 0, null, a, b, c, d, 1e-3f, count));
        }
    }

    private static void time(String name, int count, int instructions, IntSupplier launch) {
        double[] seconds = new double[LAUNCHES];
        for (int k = 0; k < LAUNCHES; k++) {
            long start = System.nanoTime();
            check(launch.getAsInt());
            check(cuCtxSynchronize());
            seconds[k] = (System.nanoTime() - start) / 1e9;
        }
        Arrays.sort(seconds);
        double all = (double) instructions * count / 1e9;
        System.out.printf("%s  best %.2f  median %.2f  G lane-instructions/s%n", name, all / seconds[0], all / seconds[LAUNCHES / 2]);
    }
}

package org.jengine.softcuda.textbook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jengine.softcuda.simt.LoadedModule;
import org.junit.jupiter.api.Test;

/** Right kernels whose blocks work together, again and again, the blocks in another order each time: always right, and never a report. */
class SchedulesTest {
    private static final int RUNS = 200;
    private static final int BLOCKS = 7;

    private final Random random = new Random(8);
    private final Gpu gpu = new Gpu();

    @Test
    void rightKernelsAreCleanInEveryOrder() {
        LoadedModule lastBlock = gpu.module("last_block");
        LoadedModule histogram = gpu.module("histogram");
        LoadedModule barrier = gpu.module("grid_barrier");
        LoadedModule atomics = gpu.module("narrow_atomics");
        for (int run = 0; run < RUNS; run++) {
            lastBlock(lastBlock);
            histogram(histogram);
            atomics(atomics);
            // Whoever waits by looking again and again takes long.
            if (run % 10 == 0) {
                gridBarrier(barrier);
            }
            assertEquals(List.of(), gpu.reports(), "run " + run);
        }
    }

    private void lastBlock(LoadedModule module) {
        int n = 200 + random.nextInt(200);
        float[] x = wholes(n);
        long sum = gpu.buffer(4);
        gpu.start(module, "last_block").grid(BLOCKS, 1).block(64, 1).run(sum, gpu.buffer(4 * BLOCKS), gpu.upload(0), gpu.upload(x), n);
        assertEquals(IntStream.range(0, n).mapToDouble(k -> x[k]).sum(), gpu.floats(sum, 1)[0]);
    }

    private void histogram(LoadedModule module) {
        byte[] x = new byte[300];
        random.nextBytes(x);
        long counts = gpu.upload(new int[256]);
        gpu.start(module, "histogram").grid(BLOCKS, 1).block(64, 1).run(counts, gpu.upload(x), x.length);
        int[] expected = new int[256];
        for (byte b : x) {
            expected[b & 0xff]++;
        }
        assertArrayEquals(expected, gpu.ints(counts, 256));
    }

    /** All start the same, so that every mean is. */
    private void gridBarrier(LoadedModule module) {
        int blocks = 3;
        int n = 32 * blocks;
        float[] x = new float[n];
        Arrays.fill(x, 3);
        long a = gpu.upload(x);
        gpu.start(module, "smooth").grid(blocks, 1).block(32, 1).cooperative().run(a, gpu.buffer(4 * n), gpu.upload(0), n, 2);
        assertArrayEquals(x, gpu.floats(a, n));
    }

    private void atomics(LoadedModule module) {
        int n = 64 * BLOCKS;
        long most = gpu.upload(new float[5]);
        gpu.start(module, "narrow").grid(BLOCKS, 1).block(64, 1)
                .run(gpu.upload(new int[4]), gpu.upload(new int[8]), gpu.upload(new int[4]), gpu.upload(new int[16]), most, n);
        assertArrayEquals(new float[] {445, 446, 447, 443, 444}, gpu.floats(most, 5));
    }

    private float[] wholes(int count) {
        float[] values = new float[count];
        for (int k = 0; k < count; k++) {
            values[k] = random.nextInt(100);
        }
        return values;
    }
}

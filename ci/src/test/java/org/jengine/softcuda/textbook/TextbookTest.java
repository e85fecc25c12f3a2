package org.jengine.softcuda.textbook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jengine.softcuda.simt.LoadedModule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kernels of the kinds that textbooks have, compiled by nvcc: they give right answers, and the checker has nothing to say about them. */
class TextbookTest {
    private final Random random = new Random(11);
    private final Gpu gpu = new Gpu();

    @AfterEach
    void nothingIsReported() {
        assertEquals(List.of(), gpu.reports());
    }

    @Test
    void reduction() {
        float[] x = floats(10_007);
        long sum = gpu.upload(0f);
        gpu.start(gpu.module("reduction"), "reduction").grid(7, 1).block(256, 1).run(sum, gpu.upload(x), x.length);
        assertEquals(sum(x, 0, x.length), gpu.floats(sum, 1)[0], 1e-3);
    }

    @Test
    void lastBlock() {
        float[] x = floats(3_001);
        int blocks = 9;
        long sum = gpu.buffer(4);
        gpu.start(gpu.module("last_block"), "last_block").grid(blocks, 1).block(128, 1)
                .run(sum, gpu.buffer(4 * blocks), gpu.upload(0), gpu.upload(x), x.length);
        assertEquals(sum(x, 0, x.length), gpu.floats(sum, 1)[0], 1e-3);
    }

    @Test
    void scan() {
        int n = 1_000;
        int block = 128;
        int blocks = (n + block - 1) / block;
        int[] x = random.ints(n, -50, 50).toArray();
        LoadedModule module = gpu.module("scan");
        long out = gpu.buffer(4 * n);
        long totals = gpu.buffer(4 * blocks);
        gpu.start(module, "scan_blocks").grid(blocks, 1).block(block, 1).shared(8 * block).run(out, totals, gpu.upload(x), n);
        gpu.start(module, "scan_add").grid(blocks, 1).block(block, 1).run(out, totals, n);
        int[] expected = x.clone();
        Arrays.parallelPrefix(expected, Integer::sum);
        assertArrayEquals(expected, gpu.ints(out, n));
    }

    @Test
    void transpose() {
        int rows = 70;
        int columns = 45;
        float[] x = floats(rows * columns);
        long out = gpu.buffer(4 * x.length);
        gpu.start(gpu.module("transpose"), "transpose").grid((columns + 31) / 32, (rows + 31) / 32).block(32, 8)
                .run(out, gpu.upload(x), rows, columns);
        float[] expected = new float[x.length];
        for (int k = 0; k < x.length; k++) {
            expected[k % columns * rows + k / columns] = x[k];
        }
        assertArrayEquals(expected, gpu.floats(out, x.length));
    }

    @Test
    void histogram() {
        byte[] x = new byte[20_011];
        random.nextBytes(x);
        long counts = gpu.upload(new int[256]);
        gpu.start(gpu.module("histogram"), "histogram").grid(5, 1).block(192, 1).run(counts, gpu.upload(x), x.length);
        int[] expected = new int[256];
        for (byte b : x) {
            expected[b & 0xff]++;
        }
        assertArrayEquals(expected, gpu.ints(counts, 256));
    }

    @Test
    void product() {
        int m = 37;
        int n = 50;
        int k = 41;
        float[] a = floats(m * k);
        float[] b = floats(k * n);
        long c = gpu.buffer(4 * m * n);
        gpu.start(gpu.module("product"), "product").grid((n + 15) / 16, (m + 15) / 16).block(16, 16)
                .run(c, gpu.upload(a), gpu.upload(b), m, n, k);
        assertClose(product(a, b, m, n, k), gpu.floats(c, m * n), 1e-5);
    }

    @Test
    void tensorProduct() {
        int m = 32;
        int n = 24;
        int k = 48;
        float[] a = rounded(floats(m * k));
        float[] b = rounded(floats(k * n));
        byte[] bColumns = new byte[2 * k * n];
        for (int r = 0; r < k; r++) {
            for (int c = 0; c < n; c++) {
                putBf16(bColumns, c * k + r, b[r * n + c]);
            }
        }
        byte[] aRows = new byte[2 * m * k];
        for (int e = 0; e < a.length; e++) {
            putBf16(aRows, e, a[e]);
        }
        long c = gpu.buffer(4 * m * n);
        gpu.start(gpu.module("tensor_product"), "tensor_product").grid(n / 8, m / 16)
                .run(c, gpu.upload(aRows), gpu.upload(bColumns), m, n, k);
        assertClose(product(a, b, m, n, k), gpu.floats(c, m * n), 1e-5);
    }

    @Test
    void softmax() {
        int rows = 5;
        int columns = 300;
        float[] x = floats(rows * columns);
        long y = gpu.buffer(4 * x.length);
        gpu.start(gpu.module("softmax"), "softmax").grid(rows, 1).block(96, 1).run(y, gpu.upload(x), columns);
        double[] expected = new double[x.length];
        for (int r = 0; r < rows; r++) {
            int at = r * columns;
            double sum = IntStream.range(at, at + columns).mapToDouble(k -> Math.exp(x[k])).sum();
            IntStream.range(at, at + columns).forEach(k -> expected[k] = Math.exp(x[k]) / sum);
        }
        assertClose(expected, gpu.floats(y, x.length), 1e-6);
    }

    @Test
    void layerNorm() {
        int rows = 11;
        int columns = 200;
        float[] x = floats(rows * columns);
        float[] scale = floats(columns);
        float[] shift = floats(columns);
        long y = gpu.buffer(4 * x.length);
        gpu.start(gpu.module("layer_norm"), "layer_norm").grid((rows + 3) / 4, 1).block(128, 1)
                .run(y, gpu.upload(x), gpu.upload(scale), gpu.upload(shift), rows, columns / 4);
        double[] expected = new double[x.length];
        for (int r = 0; r < rows; r++) {
            int at = r * columns;
            double mean = sum(x, at, at + columns) / columns;
            double variance = IntStream.range(at, at + columns).mapToDouble(k -> (x[k] - mean) * (x[k] - mean)).sum() / columns;
            for (int c = 0; c < columns; c++) {
                expected[at + c] = (x[at + c] - mean) / Math.sqrt(variance + 1e-5) * scale[c] + shift[c];
            }
        }
        assertClose(expected, gpu.floats(y, x.length), 1e-4);
    }

    @Test
    void bitonicSort() {
        int n = 1 << 11;
        int[] x = random.ints(n).toArray();
        LoadedModule module = gpu.module("bitonic_sort");
        long data = gpu.upload(x);
        for (int size = 2; size <= n; size *= 2) {
            int reach = size / 2;
            for (; reach >= 256; reach /= 2) {
                gpu.start(module, "bitonic_far").grid(n / 256, 1).block(256, 1).run(data, size, reach);
            }
            gpu.start(module, "bitonic_near").grid(n / 256, 1).block(256, 1).run(data, size, reach);
        }
        Arrays.sort(x);
        assertArrayEquals(x, gpu.ints(data, n));
    }

    @Test
    void gridBarrier() {
        int n = 500;
        int rounds = 6;
        float[] x = floats(n);
        long a = gpu.upload(x);
        gpu.start(gpu.module("grid_barrier"), "smooth").grid(4, 1).block(128, 1).cooperative()
                .run(a, gpu.buffer(4 * n), gpu.upload(0), n, rounds);
        float[] expected = x;
        for (int round = 0; round < rounds; round++) {
            float[] from = expected;
            expected = new float[n];
            for (int i = 0; i < n; i++) {
                expected[i] = 0.5f * (from[(i + 1) % n] + from[(i + n - 1) % n]);
            }
        }
        assertArrayEquals(expected, gpu.floats(a, n));
    }

    @Test
    void asyncCopy() {
        int blocks = 3;
        int parts = 5;
        float[] x = floats(blocks * parts * 256);
        long y = gpu.buffer(4 * x.length);
        gpu.start(gpu.module("async_copy"), "async_copy").grid(blocks, 1).block(64, 1).run(y, gpu.upload(x), parts);
        float[] expected = new float[x.length];
        for (int k = 0; k < x.length; k++) {
            expected[k] = 2 * x[k];
        }
        assertArrayEquals(expected, gpu.floats(y, x.length));
    }

    private float[] floats(int count) {
        float[] values = new float[count];
        for (int k = 0; k < count; k++) {
            values[k] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] rounded(float[] x) {
        for (int k = 0; k < x.length; k++) {
            x[k] = Float.intBitsToFloat(Float.floatToRawIntBits(x[k]) & 0xffff0000);
        }
        return x;
    }

    private static void putBf16(byte[] to, int element, float value) {
        int bits = Float.floatToRawIntBits(value) >>> 16;
        to[2 * element] = (byte) bits;
        to[2 * element + 1] = (byte) (bits >> 8);
    }

    private static double sum(float[] x, int from, int to) {
        return IntStream.range(from, to).mapToDouble(k -> x[k]).sum();
    }

    private static double[] product(float[] a, float[] b, int m, int n, int k) {
        double[] c = new double[m * n];
        for (int r = 0; r < m; r++) {
            for (int s = 0; s < n; s++) {
                for (int j = 0; j < k; j++) {
                    c[r * n + s] += (double) a[r * k + j] * b[j * n + s];
                }
            }
        }
        return c;
    }

    private static void assertClose(double[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length);
        for (int k = 0; k < expected.length; k++) {
            assertEquals(expected[k], actual[k], tolerance * Math.max(1, Math.abs(expected[k])), "element " + k);
        }
    }
}

package org.jengine.softcuda.textbook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.simt.LoadedModule;
import org.junit.jupiter.api.Test;

/** What nvcc makes of newer CUDA C: tensor cores through nvcuda::wmma, atomics on vectors, alloca, mbarrier; threads that return early. */
class ExtensionsTest {
    private final Random random = new Random(5);
    private final Gpu gpu = new Gpu();

    /** The PTX that the tests run is that of the sources beside it. */
    @Test
    void eachPtxFileHasTheHashOfItsSource() throws IOException, NoSuchAlgorithmException {
        Path folder = Stream.of("src/test/cuda", "ci/src/test/cuda").map(Path::of).filter(Files::isDirectory).findFirst().orElseThrow();
        List<Path> sources;
        try (Stream<Path> files = Files.list(folder)) {
            sources = files.filter(file -> file.toString().endsWith(".cu")).toList();
        }
        assertTrue(sources.size() >= 18, sources::toString);
        for (Path source : sources) {
            String name = source.getFileName().toString();
            String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(source)));
            try (InputStream in = ExtensionsTest.class.getResourceAsStream("/textbook/" + name.replace(".cu", ".ptx"))) {
                String first = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().findFirst().orElseThrow();
                assertTrue(first.startsWith("// made from " + name + " ") && first.endsWith("sha256 " + hash), "run cuda/remake: " + name);
            }
        }
    }

    @Test
    void halfFragments() {
        int m = 32;
        int n = 48;
        int k = 64;
        float[] a = integers(m * k);
        float[] b = integers(n * k);
        long c = gpu.buffer(4L * m * n);
        gpu.start(gpu.module("fragments"), "halves").grid(n / 16, m / 16).run(c, halves(a), halves(b), m, n, k);
        float[] expected = new float[m * n];
        for (int r = 0; r < m; r++) {
            for (int s = 0; s < n; s++) {
                for (int j = 0; j < k; j++) {
                    expected[r * n + s] += a[r * k + j] * b[s * k + j];
                }
                expected[r * n + s] = Math.max(expected[r * n + s], 0);
            }
        }
        assertArrayEquals(expected, gpu.floats(c, m * n));
        clean();
    }

    @Test
    void byteFragments() {
        int m = 32;
        int n = 8;
        int k = 48;
        byte[] a = new byte[m * k];
        byte[] b = new byte[k * n];
        random.nextBytes(a);
        random.nextBytes(b);
        long c = gpu.buffer(4L * m * n);
        gpu.start(gpu.module("fragments"), "bytes").run(c, gpu.upload(a), gpu.upload(b), m, n, k);
        int[] expected = new int[m * n];
        for (int r = 0; r < m; r++) {
            for (int s = 0; s < n; s++) {
                for (int j = 0; j < k; j++) {
                    expected[s * m + r] += a[j * m + r] * b[j * n + s];
                }
            }
        }
        assertArrayEquals(expected, gpu.ints(c, m * n));
        clean();
    }

    @Test
    void tf32Fragments() {
        float[] a = integers(16 * 8);
        float[] b = integers(8 * 16);
        float[] sums = integers(16 * 16);
        long c = gpu.upload(sums);
        gpu.start(gpu.module("fragments"), "tf32").run(c, gpu.upload(a), gpu.upload(b));
        for (int r = 0; r < 16; r++) {
            for (int s = 0; s < 16; s++) {
                for (int j = 0; j < 8; j++) {
                    sums[r * 16 + s] += a[r * 8 + j] * b[j * 16 + s];
                }
            }
        }
        assertArrayEquals(sums, gpu.floats(c, 256));
        clean();
    }

    @Test
    void aFragmentBeyondItsBufferIsToldWithItsPlace() {
        long c = gpu.buffer(4 * 256 - 4);
        Report report = assertThrows(Fault.class, () -> gpu.start(gpu.module("fragments"), "tf32")
                .run(c, gpu.upload(new float[128]), gpu.upload(new float[128]))).report();
        assertEquals(Report.Rule.OUT_OF_BOUNDS, report.rule());
        assertTrue(report.where().contains("wmma.load.c") && report.where().contains("mma.hpp:"), report.where());
    }

    @Test
    void atomicsOnVectors() {
        int n = 1_000;
        long sums = gpu.upload(new float[4 * 7]);
        long pairs = gpu.upload(new float[2 * 5]);
        gpu.start(gpu.module("wide_atomics"), "vectors").grid(4, 1).block(256, 1)
                .run(sums, pairs, gpu.upload(new int[3]), gpu.upload(new int[3]), n);
        float[] expected = new float[28];
        float[] expectedPairs = new float[10];
        for (int i = 0; i < n; i++) {
            expected[i % 7 * 4] += i;
            expected[i % 7 * 4 + 1]++;
            expected[i % 7 * 4 + 2] -= i;
            expected[i % 7 * 4 + 3] += 0.5f;
            expectedPairs[i % 5 * 2]++;
            expectedPairs[i % 5 * 2 + 1] += 2;
        }
        assertArrayEquals(expected, gpu.floats(sums, 28));
        assertArrayEquals(expectedPairs, gpu.floats(pairs, 10));
        clean();
    }

    @Test
    void atomicsThatAreLoops() {
        int n = 450;
        long brains = gpu.upload(new int[4]);
        long pairs = gpu.upload(new int[8]);
        long halves = gpu.upload(new int[4]);
        long doubles = gpu.upload(new int[16]);
        long most = gpu.upload(new float[5]);
        gpu.start(gpu.module("narrow_atomics"), "narrow").grid(4, 1).block(128, 1).run(brains, pairs, halves, doubles, most, n);
        // 90 each, which is 0x42b4 as a bfloat16 and 0x55a0 as a half.
        assertArrayEquals(new int[] {0x42b442b4, 0x42b442b4, 0x42b4, 0}, gpu.ints(brains, 4));
        assertArrayEquals(IntStream.range(0, 8).map(k -> k < 5 ? 0xc2b442b4 : 0).toArray(), gpu.ints(pairs, 8));
        assertArrayEquals(new int[] {0x55a055a0, 0x55a055a0, 0x55a0, 0}, gpu.ints(halves, 4));
        int high = (int) (Double.doubleToLongBits(45) >>> Integer.SIZE);
        assertArrayEquals(IntStream.range(0, 10).map(k -> k % 2 * high).toArray(), gpu.ints(doubles, 10));
        assertArrayEquals(new float[] {445, 446, 447, 448, 449}, gpu.floats(most, 5));
        clean();
    }

    @Test
    void reductionsOfPackedVectors() {
        int[] x = new int[4 * 32];
        Arrays.setAll(x, k -> f16(k % 7 - 3) | f16(-(k % 5)) << 16);
        long sums = gpu.upload(new float[4]);
        long brains = gpu.upload(new int[4]);
        long most = gpu.upload(x[0], x[1], x[2], x[3]);
        gpu.start(gpu.module("wide_atomics"), "reductions").run(sums, brains, most, gpu.upload(x));
        assertArrayEquals(new float[] {32, 64, 96, 128}, gpu.floats(sums, 4));
        int[] greatest = new int[4];
        for (int e = 0; e < 4; e++) {
            int at = e;
            int low = IntStream.range(0, 32).map(k -> (4 * k + at) % 7 - 3).max().orElseThrow();
            int high = IntStream.range(0, 32).map(k -> -((4 * k + at) % 5)).max().orElseThrow();
            greatest[e] = f16(low) | f16(high) << 16;
        }
        assertArrayEquals(greatest, gpu.ints(most, 4));
        assertFalse(Arrays.equals(new int[4], gpu.ints(brains, 4)));
        clean();
    }

    @Test
    void swapsOf128Bits() {
        int[] from = new int[4 * 32];
        Arrays.setAll(from, k -> k + 1);
        long to = gpu.upload(new int[8]);
        long out = gpu.buffer(16 * 64);
        gpu.start(gpu.module("wide_atomics"), "swap").run(to, out, gpu.upload(from));
        int[] old = gpu.ints(out, 4 * 64);
        // Thread 0 finds zeros, all others what it put there; who exchanges gets what the one before had.
        assertArrayEquals(new int[4], Arrays.copyOfRange(old, 0, 4));
        assertArrayEquals(Arrays.copyOf(from, 4), Arrays.copyOfRange(old, 4 * 31, 4 * 32));
        assertArrayEquals(Arrays.copyOfRange(from, 0, 4 * 31), Arrays.copyOfRange(old, 4 * 33, 4 * 64));
        int[] left = gpu.ints(to, 8);
        assertArrayEquals(Arrays.copyOf(from, 4), Arrays.copyOf(left, 4));
        assertArrayEquals(Arrays.copyOfRange(from, 4 * 31, 4 * 32), Arrays.copyOfRange(left, 4, 8));
        clean();
    }

    @Test
    void localMemoryIsTakenAtRunTime() {
        LoadedModule module = gpu.module("stack");
        int[] in = random.ints(20, -100, 100).toArray();
        long out = gpu.buffer(4 * 20 * 40);
        gpu.start(module, "reverse").block(40, 1).run(out, gpu.upload(in), 20);
        int[] expected = IntStream.range(0, 800).map(k -> in[19 - k % 20] + k / 20).toArray();
        assertArrayEquals(expected, gpu.ints(out, 800));
        // So often that it would not fit if it were not given back.
        gpu.start(module, "nested").block(64, 1).run(out, gpu.upload(in), 2_000);
        int[] sums = IntStream.range(0, 64).map(k -> 2_000 * IntStream.rangeClosed(0, k % 5)
                .map(n -> IntStream.rangeClosed(0, n).map(i -> in[i]).sum()).sum()).toArray();
        assertArrayEquals(sums, gpu.ints(out, 64));
        clean();
    }

    @Test
    void aBarrierWaitsForNoThreadThatHasReturned() {
        for (int n : new int[] {1, 31, 32, 77, 128}) {
            int[] in = random.ints(n).toArray();
            long out = gpu.buffer(4L * n);
            gpu.start(gpu.module("early_exit"), "early_exit").block(128, 1).run(out, gpu.upload(in), n);
            assertArrayEquals(IntStream.range(0, n).map(i -> in[n - 1 - i]).toArray(), gpu.ints(out, n));
        }
        clean();
    }

    @Test
    void barriersInSharedMemoryOrderABlock() {
        int[] in = random.ints(8 * 96, -100, 100).toArray();
        long out = gpu.buffer(4 * 96);
        gpu.start(gpu.module("phases"), "phases").block(96, 1).run(out, gpu.upload(in), in.length);
        int[] expected = IntStream.range(0, 96).map(t -> IntStream.range(0, 8).map(p -> in[p * 96 + 95 - t]).sum()).toArray();
        assertArrayEquals(expected, gpu.ints(out, 96));
        clean();
    }

    @Test
    void copiesArriveAtThem() {
        int[] in = IntStream.range(0, 96).map(t -> t * t).toArray();
        int[] expected = IntStream.range(0, 96).map(t -> in[95 - t]).toArray();
        for (int counted = 0; counted < 2; counted++) {
            long out = gpu.buffer(4 * 96);
            gpu.start(gpu.module("phases"), "copied").block(96, 1).run(out, gpu.upload(in), counted);
            assertArrayEquals(expected, gpu.ints(out, 96));
        }
        clean();
    }

    @Test
    void whoDoesNotWaitForCopiesRaces() {
        gpu.start(gpu.module("phases"), "hasty").block(96, 1).run(gpu.buffer(4 * 96), gpu.upload(new int[96]));
        assertTrue(gpu.reports().stream().anyMatch(r -> r.rule() == Report.Rule.SHARED_RACE), gpu.reports()::toString);
    }

    @Test
    void whoDoesNotWaitAtThemRaces() {
        gpu.start(gpu.module("phases"), "early").block(96, 1).run(gpu.buffer(4 * 96), gpu.upload(new int[96]));
        assertTrue(gpu.reports().stream().anyMatch(r -> r.rule() == Report.Rule.SHARED_RACE), gpu.reports()::toString);
    }

    private void clean() {
        assertEquals(List.of(), gpu.reports());
    }

    /** Whole numbers so small that every sum of their products is exact. */
    private float[] integers(int count) {
        float[] made = new float[count];
        for (int k = 0; k < count; k++) {
            made[k] = random.nextInt(9) - 4;
        }
        return made;
    }

    private static int f16(int value) {
        int size = Math.abs(value);
        int exponent = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(size);
        return value == 0 ? 0 : (value < 0 ? 0x8000 : 0) | exponent + 15 << 10 | size << 10 - exponent & 0x3ff;
    }

    private long halves(float[] x) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * x.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float one : x) {
            bytes.putShort((short) f16((int) one));
        }
        return gpu.upload(bytes.array());
    }
}

package org.jengine.softcuda.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jengine.softcuda.check.Script;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.simt.Watch;
import org.jengine.softcuda.simt.Watch.Access;
import org.jengine.softcuda.work.Turn;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Counts of accesses whose cost CUDA's documents state. */
class CounterTest {
    static final Machine A100 = new Machine("A100", 8, 0, 108, 1.41e9, 1.555e12,
            Map.of("f32", 19.5e12, "tensor.bf16", 312e12), 2048, 32, 65536, 164 << 10, 1 << 10);
    private static final List<String> TEXT = List.of("ld.global.f32 %f1, [%rd1];", "st.global.f32 [%rd1], %f1;",
            "ld.shared.f32 %f1, [%r1];", "fma.rn.f32 %f1, %f2, %f3, %f4;", "@%p1 bra $L1;", "add.s32 %r1, %r1, 1;",
            "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f1,%f2,%f3,%f4}, {%r1,%r2,%r3,%r4}, {%r5,%r6}, {%f1,%f2,%f3,%f4};",
            "fma.rn.bf16x2 %r1, %r2, %r3, %r4;", "@!%p1 add.f32 %f1, %f1, %f2;");

    private final AddressSpace space = new AddressSpace();
    private final Allocation memory = space.allocate(Allocation.Kind.DEVICE, 1 << 20, "memory");
    private final Counter counter = new Counter(A100);
    private int threads;
    private Watch watch;

    @BeforeEach
    void twoWarps() {
        start(64);
    }

    private void start(int ofBlock) {
        threads = ofBlock;
        watch = counter.begin(launch(threads), turn());
        watch.blockStarts(0, threads);
    }

    private static CounterTest oneWarp() {
        CounterTest test = new CounterTest();
        test.start(32);
        return test;
    }

    private static Turn turn() {
        return new Turn(1, "k", "stream 1", earlier -> true);
    }

    private static Launch launch(int threads) {
        return new Launch(Script.kernelOf("k", TEXT, 1024), 1, 1, 1, threads, 1, 1, 0, new byte[0], false);
    }

    private long[] all() {
        return new long[] {threads == 32 ? 0xffffffffL : -1L};
    }

    private Map<?, ?> row() {
        return (Map<?, ?>) ((List<?>) counter.report().get("kernels")).get(0);
    }

    private void global(int bytes, IntUnaryOperator offset) {
        long[] offsets = new long[threads];
        Arrays.setAll(offsets, lane -> offset.applyAsInt(lane));
        watch.global(0, Access.LOAD, memory, offsets, all(), bytes);
    }

    private static void sectors(double moved, double fewest, int bytes, IntUnaryOperator offset) {
        CounterTest test = oneWarp();
        test.global(bytes, offset);
        assertEquals(moved, test.row().get("sectorsMoved"));
        assertEquals(fewest, test.row().get("sectorsFewest"));
    }

    @Test
    void aWarpMovesSectorsOf32Bytes() {
        sectors(4, 4, 4, t -> 4 * t);
        sectors(5, 4, 4, t -> 4 * t + 4);
        sectors(8, 4, 4, t -> 8 * t);
        sectors(32, 4, 4, t -> 32 * t);
        sectors(16, 16, 16, t -> 16 * t);
        sectors(1, 1, 4, t -> 4);
        sectors(4, 4, 4, t -> 4 * (31 - t));
        sectors(2, 2, 2, t -> 2 * t);
        sectors(1, 1, 1, t -> t);
        sectors(32, 4, 4, t -> 4096 * (t * 5 % 32));
        sectors(2, 2, 4, t -> 4 * (t * 7 % 16));
    }

    @Test
    void onlyActiveLanesCount() {
        watch.global(0, Access.STORE, memory, new long[64], new long[] {1L << 40 | 1L << 50}, 4);
        assertEquals(1.0, row().get("sectorsMoved"));
        assertEquals(8.0, row().get("globalStoreBytes"));
        assertEquals(0.0, row().get("globalLoadBytes"));
    }

    @Test
    void touchedBytesAreCountedOnceALaunch() {
        global(4, t -> 4 * t);
        global(4, t -> 4 * t + 128);
        global(4, t -> 4 * t);
        assertEquals(768.0, row().get("globalLoadBytes"));
        assertEquals(384.0, row().get("touchedBytes"));
        assertEquals(384 / 1.555e12, (Double) row().get("leastSeconds"), 1e-18);
    }

    private static void banks(double passes, double conflicts, int bytes, IntUnaryOperator address) {
        CounterTest test = oneWarp();
        int[] addresses = new int[32];
        Arrays.setAll(addresses, address);
        test.watch.shared(2, Access.LOAD, addresses, test.all(), bytes);
        assertEquals(passes, test.row().get("sharedPasses"));
        assertEquals(conflicts, test.row().get("sharedConflicts"));
    }

    @Test
    void aBankGivesOneWordAtATime() {
        banks(1, 0, 4, t -> 4 * t);
        banks(1, 0, 4, t -> 4 * (31 - t));
        banks(1, 0, 4, t -> 64);
        banks(2, 1, 4, t -> 8 * t);
        banks(32, 31, 4, t -> 4 * 32 * t);
        banks(1, 0, 4, t -> 4 * 33 * t);
        banks(2, 0, 8, t -> 8 * t);
        banks(4, 0, 16, t -> 16 * t);
        banks(4, 2, 8, t -> 16 * t);
        banks(1, 0, 1, t -> t);
        banks(1, 0, 2, t -> 4 * (t / 2) + t % 2);
        banks(3, 2, 4, t -> t < 3 ? 128 * t : 4);
    }

    @Test
    void instructionsAndOperationsAreCountedByLane() {
        long[] active = {0xffL};
        watch.executes(3, active, true);
        watch.executes(5, all(), false);
        watch.executes(6, all(), false);
        watch.executes(7, all(), false);
        Map<?, ?> row = row();
        assertEquals(Map.of("f32", 8.0, "integer", 64.0, "matrix", 64.0, "bf16x2", 64.0), row.get("instructions"));
        assertEquals(Map.of("f32", 16.0, "tensor.bf16", 2 * 4096.0, "bf16", 256.0), row.get("flops"));
        assertEquals(7.0, row.get("warpInstructions"));
        assertEquals(1.0, row.get("partedWarpInstructions"));
    }

    @Test
    void aBranchThatPartsAWarpIsDivergent() {
        watch.executes(5, all(), false);
        watch.executes(8, new long[] {0xffL}, true);
        watch.executes(4, new long[] {0xffff_0000_000fL}, true);
        watch.executes(5, all(), false);
        watch.executes(4, new long[] {0xffffffffL}, false);
        watch.executes(5, new long[] {0xffffL}, true);
        watch.executes(4, new long[] {0xffffL}, true);
        watch.executes(4, new long[] {1L}, true);
        assertEquals(3.0, row().get("divergentBranches"));
    }

    @Test
    void theLongestOfThreeTimesCounts() {
        for (int i = 0; i < 1000; i++) {
            watch.executes(3, all(), false);
        }
        // One block keeps one of 108 multiprocessors busy: two warps of 1000 instructions on its four issue slots.
        assertEquals(2000 / (1.41e9 * 4), (Double) row().get("issueSeconds"), 1e-15);
        assertEquals(2 * 64 * 1000 * 108 / 19.5e12, (Double) row().get("flopsSeconds"), 1e-15);
        assertEquals(row().get("flopsSeconds"), row().get("leastSeconds"));
    }

    @Test
    void graphsAndCallsHaveRows() {
        counter.graph("step", 7, 5);
        counter.begin(launch(64), turn(), "step").executes(3, all(), false);
        counter.call("cublasSgemm_v2", 3000, 2e6, "f32", null);
        counter.call("cublasSgemm_v2", 3000, 2e6, "f32", "step");
        Map<String, Object> report = counter.report();
        Map<?, ?> graph = (Map<?, ?>) ((List<?>) report.get("graphs")).get(0);
        assertEquals("step", graph.get("name"));
        assertEquals(1.0, graph.get("launches"));
        assertEquals(1.0, graph.get("kernels"));
        assertEquals(1.0, graph.get("calls"));
        assertEquals(2e6 / 19.5e12, (Double) graph.get("leastSeconds") - (Double) row().get("leastSeconds"), 1e-15);
        assertEquals(Map.of("nodes", 7, "depth", 5), graph.get("shape"));
        Map<?, ?> call = (Map<?, ?>) ((List<?>) report.get("calls")).get(0);
        assertEquals(2.0, call.get("launches"));
        assertEquals(2 * 2e6 / 19.5e12, (Double) call.get("leastSeconds"), 1e-15);
        String table = counter.table();
        assertTrue(table.contains("cublasSgemm_v2") && table.contains("step") && table.contains("(registers unknown)"), table);
    }
}

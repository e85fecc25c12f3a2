package org.jengine.softcuda.textbook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copies of whole tiles from sm_90 on, as nvcc writes them: what they bring, and what is told of those who do not wait for them. */
class BulkCopyTest {
    private static final int TILE = 256;

    private final Gpu gpu = new Gpu();
    private final int[] in = new Random(8).ints(7 * TILE, -100, 100).toArray();

    @Test
    void theyCountTheirBytesAtTheBarrierOfTheBlock() {
        long out = gpu.upload(new int[4 * TILE]);
        gpu.start(gpu.module("bulk_copy"), "turned").grid(4, 1).block(96, 1).run(out, gpu.upload(in));
        int[] expected = IntStream.range(0, 4 * TILE).map(i -> in[i / TILE * TILE + TILE - 1 - i % TILE]).toArray();
        assertArrayEquals(expected, gpu.ints(out, 4 * TILE));
        assertEquals(List.of(), gpu.reports());
    }

    @Test
    void theyComeAndGo() {
        assertArrayEquals(IntStream.range(0, TILE).map(i -> in[i] + 1).toArray(), counted(0));
        assertEquals(List.of(), gpu.reports());
    }

    private int[] counted(int fault) {
        long out = gpu.buffer(4 * TILE);
        gpu.start(gpu.module("bulk_copy"), "counted").block(96, 1).run(out, gpu.upload(in), fault);
        return gpu.ints(out, TILE);
    }

    @ParameterizedTest
    @CsvSource({"1, SHARED_RACE, nothing orders them, its bulk copy", "2, SHARED_RACE, nothing orders them, its bulk copy",
        "3, SHARED_RACE, before the asynchronous copy to it, ld.shared", "4, SHARED_RACE, no fence.proxy.async, st.shared",
        "5, SHARED_RACE, the block ends, cp.async.bulk.global",
        "6, GLOBAL_RACE, is written before the asynchronous copy from it, st.global",
        "7, SHARED_RACE, is written before the asynchronous copy from it, st.shared",
        "8, SHARED_RACE, nothing orders them, its bulk copy"})
    void whoDoesNotWaitForThemIsTold(int fault, Report.Rule rule, String message, String where) {
        counted(fault);
        assertTrue(gpu.reports().stream().anyMatch(r -> r.rule() == rule && r.message().contains(message) && r.where().contains(where)),
                gpu.reports()::toString);
    }

    @ParameterizedTest
    @CsvSource({"9, MISALIGNED, 'bulk copy to 1024 bytes at 0x'", "10, ILLEGAL_INSTRUCTION, a bulk copy of 1020 bytes"})
    void theirBytesLieAtMultiplesOfSixteen(int fault, Report.Rule rule, String message) {
        Report report = assertThrows(Fault.class, () -> counted(fault)).report();
        assertEquals(rule, report.rule());
        assertTrue(report.message().startsWith(message), report.message());
    }

    @Test
    void whatAWarpHasLearnedOfThemItPassesOn() {
        long out = gpu.buffer(4 * 96);
        gpu.start(gpu.module("bulk_copy"), "passed").block(96, 1).run(out, gpu.upload(in), 7);
        int[] expected = IntStream.range(0, 96).map(t -> t < 32 ? 0
                : IntStream.range(0, 7 * TILE).filter(i -> i % TILE % 64 == t - 32).map(i -> in[i]).sum()).toArray();
        assertArrayEquals(expected, gpu.ints(out, 96));
        assertEquals(List.of(), gpu.reports());
    }
}

package org.jengine.softcuda.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Occupancy as NVIDIA's calculator gives it. */
class OccupancyTest {
    private static final Machine H100 = new Machine("H100", 9, 0, 132, 1.98e9, 3.35e12, Map.of(), 2048, 32, 65536, 228 << 10, 1 << 10);
    private static final Machine A100 = CounterTest.A100;
    private static final Machine T4 = new Machine("T4", 7, 5, 40, 1.59e9, 320e9, Map.of(), 1024, 16, 65536, 64 << 10, 0);
    private static final Machine RTX4090 = new Machine("RTX 4090", 8, 9, 128, 2.52e9, 1.008e12, Map.of(), 1536, 24, 65536, 100 << 10,
            1 << 10);

    private static void check(Machine machine, int registers, int shared, int threads, int blocks, double part, String limit) {
        Occupancy occupancy = Occupancy.of(machine, registers, shared, threads);
        assertEquals(blocks, occupancy.blocks());
        assertEquals(part, occupancy.part());
        assertEquals(limit, occupancy.limit());
    }

    @Test
    void threadsAndBlocks() {
        check(A100, 32, 0, 256, 8, 1, "threads");
        check(A100, 32, 0, 1024, 2, 1, "threads");
        check(A100, 16, 0, 32, 32, 0.5, "blocks");
        check(T4, 32, 0, 32, 16, 0.5, "blocks");
        check(RTX4090, 32, 0, 1024, 1, 2 / 3.0, "threads");
        check(H100, 0, 0, 33, 32, 1, "threads");
    }

    @Test
    void registersComeInPortions() {
        check(A100, 64, 0, 256, 4, 0.5, "registers");
        check(A100, 37, 0, 128, 12, 0.75, "registers");
        check(A100, 255, 0, 256, 1, 0.125, "registers");
        check(H100, 40, 0, 256, 6, 0.75, "registers");
    }

    @Test
    void everyBlockNeedsAKilobyteOfSharedMemoryMoreSinceAmpere() {
        check(A100, 32, 48 << 10, 128, 3, 12 / 64.0, "shared memory");
        check(H100, 32, 100 << 10, 256, 2, 16 / 64.0, "shared memory");
        check(H100, 32, 227 << 10, 1024, 1, 0.5, "shared memory");
        check(T4, 32, 32 << 10, 128, 2, 8 / 32.0, "shared memory");
    }

    @Test
    void anAssemblersLogSaysHowManyRegistersThereAre() {
        String log = """
                ptxas info    : 0 bytes gmem
                ptxas info    : Compiling entry function 'relu' for 'sm_90'
                ptxas info    : Function properties for relu
                    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
                ptxas info    : Used 12 registers, used 0 barriers, 512 bytes smem
                ptxas info    : Compiling entry function 'adam' for 'sm_90'
                ptxas info    : Used 40 registers, 392 bytes cmem[0]
                """;
        Map<String, Integer> found = new HashMap<>();
        assertTrue(Registers.parse(log, found));
        assertEquals(Map.of("relu", 12, "adam", 40), found);
        assertFalse(Registers.parse("ptxas fatal : nothing", found));
    }
}

package org.jengine.softcuda.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jengine.softcuda.check.Report.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Races in shared memory: each rule broken once and kept once. */
class SharedRaceTest {
    private static final String STORE = "st.shared.f32 [%r1], %f1;";
    private static final String LOAD = "ld.shared.f32 %f2, [%r2];";
    private static final String BARRIER = "bar.sync 0;";
    private static final String WARP = "bar.warp.sync -1;";
    private static final String ATOMIC = "atom.shared.add.u32 %r3, [%r2], 1;";

    private static Script script(int threads) {
        return new Script(threads).kernel(STORE, LOAD, BARRIER, WARP, ATOMIC, "ld.volatile.shared.f32 %f3, [%r2];",
                "st.volatile.shared.f32 [%r2], %f3;", "bar.sync 1, 64;", "st.shared.u32 [%r1], 1;", "membar.cta;");
    }

    @Test
    void aNeighboursValueNeedsABarrier() {
        Script wrong = script(128).launch().block(0).shared(0, 4, t -> 4 * t).shared(1, 4, t -> 4 * (t ^ 64));
        assertEquals(List.of(Rule.SHARED_RACE), wrong.rules());
        Script right = script(128).launch().block(0).shared(0, 4, t -> 4 * t).barrier(2).shared(1, 4, t -> 4 * (t ^ 64));
        assertEquals(List.of(), right.rules());
    }

    @Test
    void aReportNamesBothSides() {
        Script wrong = script(64).launch().block(3).shared(0, 4, t -> 4 * t).shared(1, 4, t -> t == 5, t -> 4 * 40);
        String where = wrong.reports.all().get(0).where();
        assertEquals("two threads touch shared memory at offset 160 and nothing orders them", wrong.reports.all().get(0).message());
        assertEquals("kernel k, block (3,0,0), thread (5,0,0): " + LOAD + " (k.cu:2, PTX line 101)\n"
                + "the other side, earlier: kernel k, block (3,0,0), thread (40,0,0): " + STORE + " (k.cu:1, PTX line 100)", where);
    }

    @Test
    void aWriteMustWaitForReaders() {
        Script wrong = script(128).launch().block(0).shared(0, 4, t -> 4 * t).barrier(2).shared(1, 4, t -> 4 * (127 - t))
                .shared(0, 4, t -> 4 * t);
        assertEquals(List.of(Rule.SHARED_RACE), wrong.rules());
        Script right = script(128).launch().block(0).shared(0, 4, t -> 4 * t).barrier(2).shared(1, 4, t -> 4 * (127 - t)).barrier(2)
                .shared(0, 4, t -> 4 * t);
        assertEquals(List.of(), right.rules());
    }

    @Test
    void theOwnersLaterReadHidesNoOtherReader() {
        Script wrong = script(64).launch().block(0).shared(0, 4, t -> 4 * t).barrier(2).shared(1, 4, t -> t < 63, t -> 4 * (t + 1))
                .shared(1, 4, t -> 4 * t).shared(0, 4, t -> 4 * t);
        assertEquals(List.of(Rule.SHARED_RACE), wrong.rules());
    }

    /** Blocks have their shared memory one after the other. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void whatABlockHasLeftHidesNoReaderOfTheNext(int reads) {
        Script wrong = script(64).launch().block(0).shared(0, 4, t -> t == 0, t -> 0).barrier(2).shared(reads, 4, t -> true, t -> 0).end();
        wrong.block(1).shared(0, 4, t -> t == 0, t -> 0).barrier(2).shared(reads, 4, t -> t == 1, t -> 0)
                .shared(reads, 4, t -> t == 2, t -> 0).shared(0, 4, t -> t == 2, t -> 0);
        assertEquals(List.of(Rule.SHARED_RACE), wrong.rules());
    }

    @Test
    void aWarpsReductionNeedsWarpBarriers() {
        Script right = script(64);
        right.launch().block(0).shared(0, 4, t -> 4 * t).barrier(2);
        Script wrong = script(64);
        wrong.launch().block(0).shared(0, 4, t -> 4 * t).barrier(2);
        for (int half = 16; half > 0; half /= 2) {
            int step = half;
            right.shared(1, 4, t -> t < 32, t -> 4 * (t + step)).warpBarrier(3, t -> t < 32).shared(0, 4, t -> t < 32, t -> 4 * t)
                    .warpBarrier(3, t -> t < 32);
            wrong.shared(1, 4, t -> t < 32, t -> 4 * (t + step)).shared(0, 4, t -> t < 32, t -> 4 * t);
        }
        assertEquals(List.of(), right.rules());
        assertTrue(wrong.rules().contains(Rule.SHARED_RACE));
    }

    @Test
    void aWarpBarrierOrdersNoOtherWarp() {
        Script wrong = script(64).launch().block(0).shared(0, 4, t -> 4 * t).warpBarrier(3, t -> true).shared(1, 4, t -> 4 * (t ^ 32));
        assertEquals(List.of(Rule.SHARED_RACE), wrong.rules());
        Script right = script(64).launch().block(0).shared(0, 4, t -> 4 * t).warpBarrier(3, t -> true).shared(1, 4, t -> 4 * (t ^ 1));
        assertEquals(List.of(), right.rules());
    }

    @Test
    void aBarrierOfTwoWarpsOrdersThoseTwo() {
        Script right = script(128).launch().block(0).shared(0, 4, t -> 4 * t).barrier(7, t -> t < 64)
                .shared(1, 4, t -> t < 64, t -> 4 * (t ^ 32));
        assertEquals(List.of(), right.rules());
        Script wrong = script(128).launch().block(0).shared(0, 4, t -> 4 * t).barrier(7, t -> t < 64)
                .shared(1, 4, t -> t < 64, t -> 4 * (t + 64));
        assertEquals(List.of(Rule.SHARED_RACE), wrong.rules());
    }

    @Test
    void volatileAndAtomicAccessesDoNotRaceWithTheirLike() {
        Script right = script(64).launch().block(0).shared(6, 4, t -> 4 * t).shared(5, 4, t -> t < 32, t -> 4 * (t + 16))
                .shared(6, 4, t -> t < 32, t -> 4 * t).barrier(2).shared(4, 4, t -> 0);
        assertEquals(List.of(), right.rules());
        Script wrong = script(64).launch().block(0).shared(0, 4, t -> 4 * t).shared(4, 4, t -> 0);
        assertEquals(List.of(Rule.SHARED_RACE), wrong.rules());
    }

    @Test
    void atomicsMustBeOverBeforeAPlainRead() {
        Script wrong = script(64).launch().block(0).shared(0, 4, t -> t == 0, t -> 0).barrier(2).shared(4, 4, t -> 0)
                .shared(1, 4, t -> t == 63, t -> 0);
        assertEquals(List.of(Rule.SHARED_RACE), wrong.rules());
        Script right = script(64).launch().block(0).shared(0, 4, t -> t == 0, t -> 0).barrier(2).shared(4, 4, t -> 0).barrier(2)
                .shared(1, 4, t -> 0);
        assertEquals(List.of(), right.rules());
    }

    @Test
    void lanesOfOneInstructionMayStoreOneConstantInOnePlaceButNothingElse() {
        Script right = script(64).launch().block(0).shared(8, 4, t -> 0);
        assertEquals(List.of(), right.rules());
        Script wrong = script(64).launch().block(0).shared(0, 4, t -> t < 2, t -> 0);
        assertEquals(List.of(Rule.SHARED_RACE), wrong.rules());
    }

    @Test
    void bytesAndHalvesOfAWordAreTheirWritersOwn() {
        for (int bytes : new int[] {1, 2}) {
            Script right = script(64).launch().block(0).shared(0, bytes, t -> bytes * t).shared(1, bytes, t -> bytes * t)
                    .shared(0, bytes, t -> bytes * t);
            assertEquals(List.of(), right.rules());
            Script wrong = script(64).launch().block(0).shared(0, bytes, t -> bytes * t).shared(1, bytes, t -> bytes * (t ^ 1));
            assertEquals(List.of(Rule.SHARED_RACE), wrong.rules());
        }
    }

    @Test
    void aPageBecomesFinerInTheMiddle() {
        Script right = script(64).launch().block(0).shared(0, 4, t -> 4 * t).barrier(2).shared(1, 1, t -> t).shared(1, 4, t -> 4 * t + 256)
                .barrier(2);
        assertEquals(List.of(Rule.UNINITIALISED), right.rules());
    }

    @Test
    void wideAccessesMeetNarrowOnes() {
        Script wrong = script(64).launch().block(0).shared(0, 16, t -> 16 * t).shared(1, 4, t -> t == 9, t -> 16 * 8 + 12);
        assertEquals(List.of(Rule.SHARED_RACE), wrong.rules());
        Script right = script(64).launch().block(0).shared(0, 16, t -> 16 * t).shared(1, 4, t -> 16 * t + 12);
        assertEquals(List.of(), right.rules());
    }

    @Test
    void everyBlocksSharedMemoryIsNew() {
        Script script = script(64).launch().block(0).shared(0, 4, t -> 4 * t).end().block(1).shared(1, 4, t -> 4 * t);
        assertEquals(List.of(Rule.UNINITIALISED), script.rules());
        Script right = script(64).launch().block(0).shared(0, 4, t -> 4 * t).end().block(1).shared(0, 4, t -> 4 * (63 - t));
        assertEquals(List.of(), right.rules());
    }

    @Test
    void oneWarpMayWaitForAnotherByAFlag() {
        Script right = script(64).launch().block(0).shared(0, 4, t -> t == 0, t -> 128).barrier(2).shared(0, 4, t -> t == 3, t -> 0)
                .executes(9, t -> t == 3).shared(4, 4, t -> t == 3, t -> 128).shared(4, 4, t -> t == 40, t -> 128)
                .shared(1, 4, t -> t == 40, t -> 0);
        assertEquals(List.of(), right.rules());
        Script wrong = script(64).launch().block(0).shared(0, 4, t -> t == 0, t -> 128).barrier(2).shared(0, 4, t -> t == 3, t -> 0)
                .shared(4, 4, t -> t == 3, t -> 128).shared(4, 4, t -> t == 40, t -> 128).shared(1, 4, t -> t == 40, t -> 0);
        assertEquals(List.of(Rule.SHARED_RACE), wrong.rules());
    }

    @Test
    void aBarrierInMemoryOrdersWhoArrivesBeforeWhoSeesIt() {
        for (boolean waits : new boolean[] {true, false}) {
            Script script = script(64).kernel(STORE, LOAD, BARRIER, "mbarrier.init.shared.b64 [%r4], 32;",
                    "mbarrier.arrive.shared.b64 %rd1, [%r4];", "mbarrier.test_wait.shared.b64 %p1, [%r4], %rd1;");
            script.launch().block(0).shared(3, 8, t -> t == 0, t -> 512).barrier(2).shared(0, 4, t -> t < 32, t -> 4 * t)
                    .shared(4, 8, t -> t < 32, t -> 512);
            if (waits) {
                script.shared(5, 8, t -> t >= 32, t -> 512);
            }
            script.shared(1, 4, t -> t >= 32, t -> 4 * (t - 32));
            assertEquals(waits ? List.of() : List.of(Rule.SHARED_RACE), script.rules());
        }
    }
}

package org.jengine.softcuda.simt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.junit.jupiter.api.Test;

/** Barriers of the block, and what happens where somebody does not come. */
class BarrierTest {
    @Test
    void warpsThatParkedAtABarrierSeeWhatOthersStored() {
        // The second warp comes by a longer way.
        int[] got = Bed.kernel(".reg .u32 %a, %s; .reg .pred %p; .shared .u32 s[64];", """
                mov.u32 %s, s;
                mad.lo.u32 %s, %t, 4, %s;
                setp.lt.u32 %p, %t, 32;
                @%p bra FIRST;
                st.shared.u32 [%s], %t;
                bar.sync 3;
                mov.u32 %a, 1;
                bra DONE;
                FIRST:
                bar.sync 3;
                ld.shared.u32 %a, [%s+128];
                DONE:
                st.global.u32 [%mine], %a;
                """).run(64, 64);
        assertArrayEquals(IntStream.range(0, 64).map(t -> t < 32 ? t + 32 : 1).toArray(), got);
    }

    @Test
    void producersArriveAndConsumersWait() {
        int[] got = Bed.kernel(".reg .u32 %a, %s; .reg .pred %p; .shared .u32 s[64];", """
                mov.u32 %s, s;
                mad.lo.u32 %s, %t, 4, %s;
                setp.lt.u32 %p, %t, 32;
                @%p bra CONSUME;
                mul.lo.u32 %a, %t, 3;
                st.shared.u32 [%s], %a;
                bar.arrive 1, 64;
                bra DONE;
                CONSUME:
                bar.sync 1, 64;
                ld.shared.u32 %a, [%s+128];
                DONE:
                st.global.u32 [%mine], %a;
                """).run(64, 64);
        assertArrayEquals(IntStream.range(0, 64).map(t -> 3 * (t < 32 ? t + 32 : t)).toArray(), got);
    }

    @Test
    void everyPairOfWarpsHasABarrierOfItsOwn() {
        int[] got = Bed.kernel(".reg .u32 %a, %s, %id; .reg .pred %p; .shared .u32 s[128];", """
                mov.u32 %s, s;
                mad.lo.u32 %s, %t, 4, %s;
                shr.u32 %id, %t, 6;
                add.u32 %id, %id, 1;
                st.shared.u32 [%s], %t;
                bar.sync %id, 64;
                xor.b32 %a, %t, 32;
                mov.u32 %s, s;
                mad.lo.u32 %s, %a, 4, %s;
                ld.shared.u32 %a, [%s];
                st.global.u32 [%mine], %a;
                """).run(128, 128);
        assertArrayEquals(IntStream.range(0, 128).map(t -> t ^ 32).toArray(), got);
    }

    @Test
    void barriersInSharedMemoryCountPhases() {
        // The first warp waits by state for two phases, the second by parity; each time the other's value has to be there.
        int[] got = Bed.kernel(".reg .u32 %a, %b, %s, %o; .reg .u64 %x; .reg .pred %p, %q; .shared .u32 s[64]; .shared .align 8 .b64 bar;",
                """
                mov.u32 %s, s;
                mad.lo.u32 %s, %t, 4, %s;
                xor.b32 %o, %t, 32;
                mov.u32 %b, s;
                mad.lo.u32 %o, %o, 4, %b;
                setp.eq.u32 %p, %t, 0;
                @%p mbarrier.init.shared.b64 [bar], 64;
                bar.sync 0;
                setp.lt.u32 %q, %t, 32;
                @%q bra FIRST;
                st.volatile.shared.u32 [%s], %t;
                mbarrier.arrive.shared.b64 _, [bar];
                WAIT:
                mbarrier.test_wait.parity.shared.b64 %p, [bar], 0;
                @!%p bra WAIT;
                ld.volatile.shared.u32 %a, [%o];
                bra DONE;
                FIRST:
                st.volatile.shared.u32 [%s], %t;
                mbarrier.arrive.release.cta.shared::cta.b64 %x, [bar];
                AGAIN:
                mbarrier.try_wait.shared.b64 %p, [bar], %x;
                @!%p bra AGAIN;
                ld.volatile.shared.u32 %a, [%o];
                DONE:
                mbarrier.test_wait.parity.shared.b64 %p, [bar], 1;
                @%p add.u32 %a, %a, 1000;
                st.global.u32 [%mine], %a;
                """).run(64, 64);
        assertArrayEquals(IntStream.range(0, 64).map(t -> t ^ 32).toArray(), got);
    }

    @Test
    void barriersReducePredicates() {
        String registers = ".reg .u32 %a, %b; .reg .pred %p, %q;";
        String body = """
                setp.lt.u32 %%p, %%t, 40;
                bar.red.popc.u32 %%a, 0, %%p;
                bar.red.and.pred %%q, 0, %sp;
                selp.u32 %%b, 1000, 0, %%q;
                add.u32 %%a, %%a, %%b;
                bar.red.or.pred %%q, 0, %%p;
                selp.u32 %%b, 5000, 0, %%q;
                add.u32 %%a, %%a, %%b;
                st.global.u32 [%%mine], %%a;
                """;
        for (int threads : new int[] {40, 70}) {
            int[] got = Bed.kernel(registers, body.formatted("%")).run(threads, threads);
            assertArrayEquals(IntStream.range(0, threads).map(t -> 40 + (threads == 40 ? 1000 : 0) + 5000).toArray(), got);
        }
    }

    private static Report fault(String registers, String body, int threads) {
        Fault fault = assertThrows(Fault.class, () -> Bed.kernel(registers, body).run(threads, threads));
        return fault.report();
    }

    @Test
    void threadsThatEndedAreMissedAtABarrierThatCountsThem() {
        Report report = fault(".reg .pred %p;", "setp.ge.u32 %p, %t, 32;\n@%p ret;\nbar.sync 0, 64;", 64);
        assertEquals(Report.Rule.BARRIER_DIVERGENCE, report.rule());
        assertTrue(report.where().contains("threads 0-31 wait at barrier 0: PTX line "), report.where());
        assertTrue(report.where().contains("bar.sync 0, 64;"), report.where());
        assertTrue(report.where().contains("threads 32-63 have ended"), report.where());
    }

    /** In whichever order they come and end, also in the midst of a warp. */
    @Test
    void aBarrierOfTheBlockIsForThreadsThatHaveNotEnded() {
        String body = """
                setp.%s.u32 %%p, %%t, 50;
                @%%p ret;
                bar.sync 0;
                setp.%s.u32 %%p, %%t, %d;
                @%%p ret;
                bar.sync 0;
                mov.u32 %%a, 7;
                st.global.u32 [%%mine], %%a;
                """;
        int[] got = Bed.kernel(".reg .pred %p; .reg .u32 %a;", body.formatted("ge", "ge", 20)).run(64, 64);
        assertArrayEquals(IntStream.range(0, 64).map(t -> t < 20 ? 7 : got[63]).toArray(), got);
        int[] last = Bed.kernel(".reg .pred %p; .reg .u32 %a;", body.formatted("lt", "lt", 60)).run(64, 64);
        assertArrayEquals(IntStream.range(0, 64).map(t -> t >= 60 ? 7 : last[0]).toArray(), last);
    }

    @Test
    void threadsWaitAtDifferentBarriersForever() {
        Report report = fault(".reg .pred %p;", """
                setp.ge.u32 %p, %t, 32;
                @%p bra B;
                bar.sync 1;
                bra C;
                B: bar.sync 2;
                C:""", 64);
        assertEquals(Report.Rule.BARRIER_DIVERGENCE, report.rule());
        assertTrue(report.where().contains("threads 0-31 wait at barrier 1"), report.where());
        assertTrue(report.where().contains("threads 32-63 wait at barrier 2"), report.where());
    }

    @Test
    void aWarpMustNotPartBeforeAnAlignedBarrier() {
        String body = """
                setp.ge.u32 %%p, %%t, 16;
                @%%p bra B;
                %1$s 0;
                bra C;
                B: %1$s 0;
                C:""";
        Report report = fault(".reg .pred %p;", body.formatted("bar.sync"), 32);
        assertEquals(Report.Rule.BARRIER_DIVERGENCE, report.rule());
        assertTrue(report.where().startsWith("threads 0-15: PTX line "), report.where());
        Bed.kernel(".reg .pred %p;", body.formatted("barrier.sync")).run(32, 32);
    }

    @Test
    void lanesThatNeverComeAreMissedByTheirWarp() {
        Report report = fault(".reg .pred %p; .reg .u32 %a;", """
                setp.ge.u32 %p, %t, 16;
                @%p bra B;
                shfl.sync.down.b32 %a, %t, 1, 0x1f, -1;
                B: bar.sync 0;""", 32);
        assertEquals(Report.Rule.BARRIER_DIVERGENCE, report.rule());
        assertTrue(report.where().contains("threads 0-15 wait for others of their warp: PTX line"), report.where());
    }
}

package org.jengine.softcuda.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.jengine.softcuda.check.Report.Rule;
import org.jengine.softcuda.memory.Allocation;
import org.junit.jupiter.api.Test;

/** Races in global memory: each rule broken once and kept once. */
class GlobalRaceTest {
    private static final int LOAD = 0;
    private static final int STORE = 1;
    private static final int BARRIER = 2;
    private static final int ATOMIC = 3;
    private static final int FENCE = 4;
    private static final int VOLATILE_LOAD = 5;
    private static final int FLAG = 6;
    private static final int RELEASE = 7;
    private static final int ACQUIRE = 8;
    private static final int LATER_LOAD = 9;

    private static Script script(int threads) {
        return new Script(threads).kernel("ld.global.f32 %f1, [%rd1];", "st.global.f32 [%rd2], %f1;", "bar.sync 0;",
                "atom.global.add.u32 %r1, [%rd3], 1;", "membar.gl;", "ld.volatile.global.u32 %r2, [%rd3];", "st.global.u32 [%rd4], %r9;",
                "st.release.gpu.global.u32 [%rd3], 1;", "ld.acquire.gpu.global.u32 %r2, [%rd3];", "ld.global.f32 %f1, [%rd1];",
                "mov.u32 %r9, 7;", "@%p1 mov.u32 %r8, 7;");
    }

    @Test
    void threadsWriteTheirOwn() {
        Script right = script(256);
        Allocation x = right.memory(1 << 20);
        right.launch();
        for (int block = 0; block < 1024; block++) {
            long start = 1024L * block;
            right.block(block).global(LOAD, x, 4, t -> start + 4 * t).global(STORE, x, 4, t -> start + 4 * t).end();
        }
        assertEquals(List.of(), right.rules());
    }

    @Test
    void blocksMayNotWriteTheSameWord() {
        Script wrong = script(64);
        Allocation x = wrong.memory(4096);
        wrong.launch().block(0).global(STORE, x, 4, t -> 4 * t).end().block(1).global(STORE, x, 4, t -> 4 * (t + 63)).end();
        assertEquals(List.of(Rule.GLOBAL_RACE), wrong.rules());
        String where = wrong.reports.all().get(0).where();
        assertTrue(where.contains("block (1,0,0), thread (0,0,0)") && where.contains("block (0,0,0), thread (63,0,0)"), where);
        assertTrue(wrong.reports.all().get(0).message().contains("offset 252 of memory"), wrong.reports.all().get(0).message());
    }

    @Test
    void aBarrierOrdersABlockAndNoOther() {
        Script right = script(128);
        Allocation x = right.memory(4096);
        right.launch().block(0).global(STORE, x, 4, t -> 4 * t).barrier(BARRIER).global(LOAD, x, 4, t -> 4 * (127 - t)).end();
        assertEquals(List.of(), right.rules());
        right.block(1).global(LATER_LOAD, x, 4, t -> 4 * t);
        assertEquals(List.of(Rule.GLOBAL_RACE), right.rules());
    }

    @Test
    void aWriteMayNotFollowAnotherBlocksRead() {
        Script wrong = script(64);
        Allocation x = wrong.memory(4096);
        wrong.launch().block(0).global(LOAD, x, 4, t -> 4 * t).end().block(1).global(LOAD, x, 4, t -> 4 * t).barrier(BARRIER)
                .global(STORE, x, 4, t -> 4 * t);
        assertEquals(List.of(Rule.GLOBAL_RACE), wrong.rules());
        assertTrue(wrong.reports.all().get(0).where().contains("earlier: kernel k, block (0,0,0)"), wrong.reports.all().get(0).where());
    }

    @Test
    void shiftingInPlaceIsARaceAtEveryWidth() {
        for (int bytes : new int[] {1, 2, 4, 8, 16}) {
            Script wrong = script(128);
            Allocation x = wrong.memory(8192);
            wrong.launch().block(0).global(LOAD, x, bytes, t -> bytes * (t + 1)).global(STORE, x, bytes, t -> bytes * t);
            assertEquals(List.of(Rule.GLOBAL_RACE), wrong.rules());
            Script right = script(128);
            Allocation y = right.memory(8192);
            right.launch().block(0).global(LOAD, y, bytes, t -> bytes * t).global(STORE, y, bytes, t -> bytes * t);
            assertEquals(List.of(), right.rules());
        }
    }

    @Test
    void everybodyMayReadAWord() {
        Script right = script(256);
        Allocation x = right.memory(4096);
        Allocation y = right.memory(1 << 16);
        right.launch();
        for (int block = 0; block < 16; block++) {
            long start = 1024L * block;
            right.block(block).global(LOAD, x, 4, t -> 8).global(LOAD, x, 16, t -> 64 + 16 * (t / 16))
                    .global(STORE, y, 4, t -> start + 4 * t).end();
        }
        assertEquals(List.of(), right.rules());
    }

    @Test
    void atomicsOfAllBlocksMeet() {
        Script right = script(256);
        Allocation x = right.memory(4096);
        right.launch();
        for (int block = 0; block < 8; block++) {
            right.block(block).global(ATOMIC, x, 4, t -> 4 * (t * 7 % 64)).end();
        }
        assertEquals(List.of(), right.rules());
        right.block(9).global(LOAD, x, 4, t -> t == 0, t -> 0);
        assertEquals(List.of(Rule.GLOBAL_RACE), right.rules());
    }

    @Test
    void theLastAtomicHidesNoOther() {
        Script wrong = script(64);
        Allocation x = wrong.memory(4096);
        wrong.launch().block(0).global(ATOMIC, x, 4, t -> t < 2, t -> 0).global(LOAD, x, 4, t -> t == 1, t -> 0);
        assertEquals(List.of(Rule.GLOBAL_RACE), wrong.rules());
    }

    @Test
    void manyThreadsMayRaiseAFlag() {
        Script right = script(128);
        Allocation x = right.memory(4096);
        right.launch();
        for (int block = 0; block < 3; block++) {
            right.block(block).global(FLAG, x, 4, t -> t % 3 == 0, t -> 16).end();
        }
        assertEquals(List.of(), right.rules());
    }

    /** Every block writes its part, fences, counts itself; the last one reads all parts. */
    private static Script lastBlock(boolean fence, boolean barrier, boolean barrierAfter) {
        Script script = script(64);
        Allocation parts = script.memory(4096);
        Allocation counter = script.memory(512);
        script.launch();
        for (int block = 0; block < 8; block++) {
            int at = 8 * block;
            script.block(block).global(STORE, parts, 4, t -> t == 0 || t == 40, t -> at + t / 10);
            if (fence) {
                script.executes(FENCE, t -> true);
            }
            if (barrier) {
                script.barrier(BARRIER);
            }
            script.global(ATOMIC, counter, 4, t -> t == 0, t -> 0);
            if (barrierAfter) {
                script.barrier(BARRIER);
            }
            if (block == 7) {
                script.global(LOAD, parts, 4, t -> t < 16, t -> 4 * t).global(LATER_LOAD, parts, 4, t -> t == 50, t -> 0);
            }
            script.end();
        }
        return script;
    }

    @Test
    void theLastBlockMayReadWhatOthersFenced() {
        assertEquals(List.of(), lastBlock(true, true, true).rules());
    }

    @Test
    void theLastBlockMayNotReadWithoutTheFence() {
        assertTrue(lastBlock(false, true, true).rules().contains(Rule.GLOBAL_RACE));
    }

    @Test
    void theOtherWarpsPartNeedsTheBarrierBeforeCounting() {
        assertTrue(lastBlock(true, false, true).rules().contains(Rule.GLOBAL_RACE));
    }

    @Test
    void theOtherWarpsReadNeedsTheBarrierAfterCounting() {
        assertTrue(lastBlock(true, true, false).rules().contains(Rule.GLOBAL_RACE));
    }

    /** Four blocks that run together write, wait for one another as cooperative groups do, and read their neighbour's; twice. */
    private static Script grid(boolean fence) {
        Script script = script(64).cooperative();
        Allocation x = script.memory(4096);
        Allocation arrived = script.memory(512);
        script.launch();
        for (int step = 0; step < 5; step++) {
            for (int block = 0; block < 4; block++) {
                long own = 256L * block;
                long neighbour = 256L * ((block + 1) % 4);
                if (step == 0) {
                    script.block(block);
                } else {
                    script.again(block).global(VOLATILE_LOAD, arrived, 4, t -> t == 0, t -> 0).barrier(BARRIER);
                }
                if (step % 2 == 0) {
                    script.global(STORE, x, 4, t -> own + 4 * t);
                } else {
                    script.global(LOAD, x, 4, t -> neighbour + 4 * (63 - t));
                }
                script.barrier(BARRIER);
                if (fence) {
                    script.executes(FENCE, t -> t == 0);
                }
                script.global(ATOMIC, arrived, 4, t -> t == 0, t -> 0).global(VOLATILE_LOAD, arrived, 4, t -> t == 0, t -> 0);
            }
        }
        return script;
    }

    @Test
    void aGridMayWaitForItself() {
        assertEquals(List.of(), grid(true).rules());
        assertTrue(grid(false).rules().contains(Rule.GLOBAL_RACE));
    }

    @Test
    void releaseAndAcquireCarryOrderOverOtherBlocks() {
        for (boolean released : new boolean[] {true, false}) {
            Script script = script(32);
            Allocation x = script.memory(512);
            Allocation flags = script.memory(512);
            script.launch().block(0).global(STORE, x, 4, t -> t == 0, t -> 0).global(RELEASE, flags, 4, t -> t == 0, t -> 0).end();
            script.block(1).global(ACQUIRE, flags, 4, t -> t == 0, t -> 0);
            if (released) {
                script.global(RELEASE, flags, 4, t -> t == 0, t -> 4);
            }
            script.end().block(2).global(ACQUIRE, flags, 4, t -> t == 0, t -> 4).global(LOAD, x, 4, t -> t == 0, t -> 0).end();
            assertEquals(released ? List.of() : List.of(Rule.GLOBAL_RACE), script.rules());
        }
    }

    @Test
    void numbersOfGroupsMayRunOut() {
        Script script = script(32);
        Allocation x = script.memory(1 << 16);
        script.launch();
        for (int block = 0; block < 3; block++) {
            long at = 128L * block;
            script.block(block);
            for (int i = 0; i < 300_000; i++) {
                script.global(STORE, x, 4, t -> at + 4 * t).barrier(BARRIER).global(LOAD, x, 4, t -> at + 4 * (t ^ 1)).barrier(BARRIER);
            }
            script.end();
        }
        assertEquals(List.of(), script.rules());
        script.block(9).global(STORE, x, 4, t -> 4 * t).end();
        assertEquals(Set.of(Rule.GLOBAL_RACE), Set.copyOf(script.rules()));
        assertTrue(script.reports.all().get(0).where().contains("an earlier block"), script.reports.all().get(0).where());
    }

    @Test
    void aBudgetForgetsReadersOfDataThatNobodyWrites() {
        Script script = new Script(256, 1 << 20).kernel("ld.global.u8 %r1, [%rd1];", "st.global.u8 [%rd2], %r1;");
        Allocation x = script.memory(1 << 22);
        script.launch();
        for (int block = 0; block < 1 << 14; block++) {
            long at = 256L * block;
            script.block(block).global(0, x, 1, t -> at + t).end();
        }
        assertEquals(List.of(), script.rules());
        script.block(1 << 14).global(1, x, 1, t -> (1 << 22) - 256 + t);
        assertEquals(List.of(Rule.GLOBAL_RACE), script.rules());
        Script kept = script.block(1 << 14 | 1);
        kept.global(1, x, 1, t -> t);
        assertEquals(1, kept.rules().size(), "nobody remembers who read the first bytes");
    }

    @Test
    void aLoopOfCompareAndSwapMayStartWithAGuess() {
        Script right = script(64).kernel("ld.global.u32 %r1, [%rd1];", "atom.global.cas.b32 %r2, [%rd1], %r1, %r3;",
                "ld.global.u32 %r1, [%rd2];");
        Allocation x = right.memory(4096);
        right.launch().block(0).global(0, x, 4, t -> 0).global(1, x, 4, t -> 0).global(1, x, 4, t -> t > 0, t -> 0);
        assertEquals(List.of(), right.rules());
        right.global(2, x, 4, t -> 0);
        assertEquals(List.of(Rule.GLOBAL_RACE), right.rules());
    }

    /** Without an optimiser the load and the swap have other registers. */
    @Test
    void aGuessIsKnownByWhoSwapsIt() {
        for (boolean all : new boolean[] {true, false}) {
            Script script = script(64).kernel("ld.global.u16 %rs1, [%rd1];", "atom.cas.b32 %r2, [%rd2], %r1, %r3;");
            Allocation x = script.memory(4096);
            script.launch();
            for (int block = 0; block < 3; block++) {
                script.block(block).global(0, x, 2, t -> 4 * (t % 5) + 2).global(1, x, 4, t -> t < 20, t -> 4 * (t % 5))
                        .global(0, x, 2, t -> t == 30, t -> 2).global(1, x, 4, t -> t >= 20 && (all || t != 30), t -> 4 * (t % 5));
                assertTrue(!all && block > 0 || script.rules().isEmpty(), "told before the block has ended");
                script.end();
            }
            assertEquals(all ? Set.of() : Set.of(Rule.GLOBAL_RACE), Set.copyOf(script.rules()));
        }
    }

    /** Blocks that take turns each have guesses of their own; a store is none. */
    @Test
    void anotherThreadsSwapExcusesNoOne() {
        Script wrong = script(64).kernel("ld.global.u32 %r1, [%rd1];", "atom.cas.b32 %r2, [%rd2], %r1, %r3;").cooperative();
        Allocation x = wrong.memory(4096);
        wrong.launch().block(0).global(0, x, 4, t -> t == 7, t -> 0).block(1).global(1, x, 4, t -> t == 7, t -> 0).end();
        assertEquals(List.of(), wrong.rules());
        wrong.again(0).global(1, x, 4, t -> t == 8, t -> 0).global(1, x, 4, t -> t == 7, t -> 4).end();
        assertEquals(Set.of(Rule.GLOBAL_RACE), Set.copyOf(wrong.rules()));
        assertTrue(wrong.reports.all().get(0).where().contains("block (0,0,0), thread (7,0,0): ld.global"), wrong.reports.all()::toString);
        Script stored = script(64).kernel("st.global.u32 [%rd1], %r1;", "atom.cas.b32 %r2, [%rd2], %r1, %r3;");
        Allocation y = stored.memory(4096);
        stored.launch().block(0).global(0, y, 4, t -> t == 7, t -> 0).global(1, y, 4, t -> t < 9, t -> 0);
        assertEquals(List.of(Rule.GLOBAL_RACE), stored.rules());
    }

    @Test
    void aCounterMustBeClearedBeforeAnotherBlockCounts() {
        Script wrong = script(32);
        Allocation x = wrong.memory(512);
        wrong.launch().block(0).global(STORE, x, 4, t -> t == 0, t -> 0).global(ATOMIC, x, 4, t -> t == 0, t -> 0).end();
        assertEquals(List.of(), wrong.rules());
        wrong.block(1).global(ATOMIC, x, 4, t -> t == 0, t -> 0);
        assertEquals(List.of(Rule.GLOBAL_RACE), wrong.rules());
    }

    @Test
    void whoCountedLastMayClearTheCounter() {
        Script right = script(32);
        Allocation counter = right.memory(512);
        right.launch();
        for (int block = 0; block < 4; block++) {
            right.block(block).executes(FENCE, t -> t == 0).global(ATOMIC, counter, 4, t -> t == 0, t -> 0).end();
        }
        right.block(4).executes(FENCE, t -> t == 0).global(ATOMIC, counter, 4, t -> t == 0, t -> 0)
                .global(STORE, counter, 4, t -> t == 0, t -> 0).end();
        assertEquals(List.of(), right.rules());
        right.block(5).global(STORE, counter, 4, t -> t == 0, t -> 0).end();
        assertEquals(Set.of(Rule.GLOBAL_RACE), Set.copyOf(right.rules()));
    }
}

package org.jengine.softcuda.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.jengine.softcuda.check.Report.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks that do first what others were seen to do, in shared memory, and then something else. */
class RepeatsTest {
    private static final String STORE = "st.shared.f32 [%r1], %f1;";
    private static final String LOAD = "ld.shared.f32 %f2, [%r2];";
    private static final String BARRIER = "bar.sync 0;";
    private static final int THREADS = 128;

    private static Script script() {
        return new Script(THREADS).kernel(STORE, LOAD, BARRIER, "bar.warp.sync -1;", "membar.cta;", "atom.global.add.u32 %r3, [%rd1], 1;",
                "bar.sync 1, 64;", "ld.shared.f32 %f3, [%r2];");
    }

    /** A step of a tile: what one half of the threads wrote the other reads. */
    private static Script step(Script script) {
        return script.shared(0, 4, t -> 4 * t).barrier(2).shared(1, 4, t -> 4 * (t ^ 64)).barrier(2);
    }

    private static Script blocks(Script script, int count) {
        script.launch();
        for (int block = 0; block < count; block++) {
            step(step(script.block(block))).end();
        }
        assertEquals(List.of(), script.rules());
        return script;
    }

    @Test
    void aBarrierThatIsMissingLaterIsFound() {
        Script script = blocks(script(), 3).block(7);
        step(script).shared(0, 4, t -> 4 * t).shared(1, 4, t -> 4 * (t ^ 64));
        assertEquals(List.of(Rule.SHARED_RACE), script.rules());
        assertEquals("kernel k, block (7,0,0), thread (0,0,0): " + LOAD + " (k.cu:2, PTX line 101)\nthe other side, earlier: kernel k, "
                + "block (7,0,0), thread (64,0,0): " + STORE + " (k.cu:1, PTX line 100)", script.reports.all().get(0).where());
    }

    @Test
    void soItIsInAnotherLaunch() {
        Script script = blocks(script(), 2).launch().block(0).shared(0, 4, t -> 4 * t).shared(1, 4, t -> 4 * (t ^ 64));
        assertEquals(List.of(Rule.SHARED_RACE), script.rules());
    }

    @Test
    void anAddressThatIsAnotherIsFound() {
        Script script = blocks(script(), 2).block(2).shared(0, 4, t -> 4 * t).barrier(2)
                .shared(1, 4, t -> t == 5 ? 4 * THREADS : 4 * (t ^ 64));
        assertEquals(List.of(Rule.UNINITIALISED), script.rules());
    }

    @Test
    void aBlockReadsNothingThatOnlyOthersWrote() {
        Script script = blocks(script(), 2).block(2).shared(1, 4, t -> 4 * (t ^ 64));
        assertEquals(List.of(Rule.UNINITIALISED), script.rules());
    }

    @Test
    void whatARepeatedPhaseWroteCountsAsWritten() {
        Script script = blocks(script(), 2).block(2);
        step(script).shared(7, 4, t -> 4 * (THREADS - 1 - t)).barrier(2);
        assertEquals(List.of(), script.rules());
        script.shared(7, 4, t -> t == 0, t -> 4 * THREADS);
        assertEquals(List.of(Rule.UNINITIALISED), script.rules());
    }

    @Test
    void aPhaseThatEndsEarlyIsAPhase() {
        Script script = script().launch();
        for (int block = 0; block < 3; block++) {
            script.block(block).shared(0, 4, t -> 4 * t).shared(1, 4, t -> 4 * t).barrier(2).end();
            script.block(10 + block).shared(0, 4, t -> 4 * t).barrier(2).shared(1, 4, t -> 4 * (t ^ 1)).barrier(2).end();
        }
        assertEquals(List.of(), script.rules());
        script.block(20).shared(0, 4, t -> 4 * t).barrier(2).shared(1, 4, t -> 4 * (t ^ 1)).shared(0, 4, t -> 4 * t);
        assertEquals(List.of(Rule.SHARED_RACE), script.rules());
    }

    /** A fence with an atomic on either side carries order, and the phase that it lies in is the same but for it. */
    @Test
    void whatOrdersWithinAPhaseIsSeenInItsPlace() {
        Script script = script();
        var counter = script.memory(4);
        script.launch();
        for (int block = 0; block < 3; block++) {
            script.block(block).shared(0, 4, t -> t < 32, t -> 4 * t).executes(4, t -> t < 32)
                    .global(5, counter, 4, t -> t == 0, t -> 0).global(5, counter, 4, t -> t == 32, t -> 0)
                    .executes(4, t -> t >= 32 && t < 64).shared(1, 4, t -> t >= 32 && t < 64, t -> 4 * (t - 32)).end();
            assertEquals(List.of(), script.rules());
        }
        script.block(3).shared(0, 4, t -> t < 32, t -> 4 * t).shared(1, 4, t -> t >= 32 && t < 64, t -> 4 * (t - 32));
        assertEquals(List.of(Rule.SHARED_RACE), script.rules());
    }

    @Test
    void aBarrierOfSomeWarpsOrdersThoseOnly() {
        Script script = script().launch();
        for (int block = 0; block < 2; block++) {
            script.block(block).shared(0, 4, t -> 4 * t).barrier(2).shared(1, 4, t -> 4 * (t ^ 64)).end();
        }
        script.block(2).shared(0, 4, t -> 4 * t).barrier(6, t -> t < 64).shared(1, 4, t -> t < 64, t -> 4 * (t ^ 32)).end();
        assertEquals(List.of(), script.rules());
        script.block(3).shared(0, 4, t -> 4 * t).barrier(6, t -> t < 64).shared(1, 4, t -> 4 * (t ^ 64));
        assertEquals(List.of(Rule.SHARED_RACE), script.rules());
    }

    /** Blocks of random phases: what is found in the last hangs on it alone, whatever was seen before. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aBlockIsFoundAsCleanAsAlone(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Script together = script();
        int wrong = 0;
        for (int launch = 0; launch < 200; launch++) {
            long block = random.nextLong();
            Script alone = random(script().launch(), new SplittableRandom(block));
            random(together.launch(), new SplittableRandom(block));
            assertEquals(alone.reports.all().stream().map(Report::where).toList(),
                    together.reports.all().stream().map(Report::where).toList(), "launch " + launch);
            if (!alone.rules().isEmpty()) {
                // What was told of two instructions is not told again.
                together = script();
                wrong++;
            }
        }
        assertTrue(wrong > 10 && wrong < 150, wrong + " of 200 were found wrong");
    }

    /** Four phases of a few accesses each, drawn from few; now and then one that is wrong. */
    private static Script random(Script script, SplittableRandom random) {
        script.block(0).shared(0, 4, t -> 4 * t).barrier(2);
        for (int phase = 0; phase < 4; phase++) {
            for (int access = random.nextInt(3); access >= 0; access--) {
                int shift = random.nextInt(20) == 0 ? 1 : 0;
                int base = 512 * random.nextInt(random.nextInt(12) == 0 ? 2 : 1);
                int pc = random.nextInt(2);
                script.shared(pc, 4, t -> base + 4 * (t + shift & THREADS - 1));
            }
            script.barrier(2);
        }
        return script.end();
    }
}

package org.jengine.softcuda.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jengine.softcuda.check.Report.Rule;
import org.jengine.softcuda.memory.AddressSpace;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.memory.CheckedView;
import org.jengine.softcuda.ptx.PtxModule;
import org.jengine.softcuda.simt.Kernel;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.simt.LoadedModule;
import org.jengine.softcuda.simt.Machine;
import org.jengine.softcuda.simt.MachineLimits;
import org.jengine.softcuda.work.Turn;
import org.junit.jupiter.api.Test;

/** PTX kernels that run on the interpreter: right ones, and the same ones with one line left out or changed. */
class PlantedFaultTest {
    private static final int THREADS = 256;
    private static final int BLOCKS = 8;
    private static final int SEEDS = 8;

    /** Every block turns its 256 floats around by way of shared memory. */
    private static final String TURN = """
            .version 7.0
            .target sm_80
            .address_size 64
            .visible .entry turn(.param .u64 x, .param .u64 y) {
                .shared .align 4 .b8 s[1024];
                .reg .b32 %r<9>;
                .reg .b64 %rd<9>;
                .reg .f32 %f<3>;
                ld.param.u64 %rd1, [x];
                ld.param.u64 %rd2, [y];
                mov.u32 %r1, %tid.x;
                mov.u32 %r2, %ctaid.x;
                mad.lo.s32 %r3, %r2, 256, %r1;
                mul.wide.s32 %rd3, %r3, 4;
                add.s64 %rd4, %rd1, %rd3;
                add.s64 %rd5, %rd2, %rd3;
                ld.global.f32 %f1, [%rd4];
                mov.u32 %r4, s;
                shl.b32 %r5, %r1, 2;
                add.s32 %r6, %r4, %r5;
                st.shared.f32 [%r6], %f1;
                bar.sync 0;
                sub.s32 %r7, %r4, %r5;
                ld.shared.f32 %f2, [%r7+1020];
                st.global.f32 [%rd5], %f2;
                ret;
            }
            """;

    /** Every block writes a number, and the last block that counts itself adds them all up. */
    private static final String LAST = """
            .version 7.0
            .target sm_80
            .address_size 64
            .visible .entry last(.param .u64 x, .param .u64 y) {
                .reg .pred %p<4>;
                .reg .b32 %r<12>;
                .reg .b64 %rd<9>;
                ld.param.u64 %rd1, [x];
                ld.param.u64 %rd2, [y];
                mov.u32 %r1, %tid.x;
                mov.u32 %r2, %ctaid.x;
                setp.ne.s32 %p1, %r1, 0;
                @%p1 bra DONE;
                mul.wide.s32 %rd3, %r2, 4;
                add.s64 %rd4, %rd1, %rd3;
                st.global.u32 [%rd4], %r2;
                membar.gl;
                atom.global.add.u32 %r3, [%rd2], 1;
                mov.u32 %r4, %nctaid.x;
                sub.s32 %r5, %r4, 1;
                setp.ne.u32 %p2, %r3, %r5;
                @%p2 bra DONE;
                mov.u32 %r6, 0;
                mov.u32 %r7, 0;
            LOOP:
                ld.volatile.global.u32 %r8, [%rd1];
                add.s32 %r6, %r6, %r8;
                add.s64 %rd1, %rd1, 4;
                add.s32 %r7, %r7, 1;
                setp.lt.u32 %p3, %r7, %r4;
                @%p3 bra LOOP;
                st.global.u32 [%rd2+4], %r6;
            DONE:
                ret;
            }
            """;

    /** As TURN, by way of an asynchronous copy. */
    private static final String COPY = with(with(TURN, "ld.global.f32 %f1, [%rd4];", ""), "st.shared.f32 [%r6], %f1;", """
            cp.async.ca.shared.global [%r6], [%rd4], 4;
                cp.async.commit_group;
                cp.async.wait_group 0;""");

    private final AddressSpace space = new AddressSpace();
    private int turns;

    private Turn turn(String name) {
        return new Turn(++turns, name, "stream 1", earlier -> true);
    }

    /** Runs a module's only kernel on two arrays; returns what was reported. */
    private List<Report> run(String ptx, String kernelName, long seed, int bytes, int written) {
        List<Report> told = new ArrayList<>();
        Reports reports = new Reports(told::add);
        CheckedView view = new CheckedView(space, reports);
        Allocation x = space.allocate(Allocation.Kind.DEVICE, bytes, "x");
        Allocation y = space.allocate(Allocation.Kind.DEVICE, bytes, "y");
        view.fill(turn("cuMemsetD8"), x.base(), 0, 1, written);
        view.fill(turn("cuMemsetD8"), y.base(), 0, 1, written);
        Kernel kernel = LoadedModule.load(PtxModule.parse(ptx), space).kernel(kernelName);
        byte[] arguments = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(x.base()).putLong(y.base()).array();
        Launch launch = new Launch(kernel, BLOCKS, 1, 1, THREADS, 1, 1, 0, arguments, false);
        Turn turn = turn(kernelName);
        Machine machine = new Machine(space, new MachineLimits(4, 1 << 16), seed, text -> { });
        try {
            machine.run(launch, turn, List.of(new Checker(space, reports).begin(launch, turn)));
        } catch (Fault e) {
            told.add(e.report());
        }
        space.shadows().settle();
        return told;
    }

    private Set<Rule> rules(String ptx, String kernel, int bytes, int written) {
        Set<Rule> rules = new TreeSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            run(ptx, kernel, seed, bytes, written).forEach(report -> rules.add(report.rule()));
        }
        return rules;
    }

    private static String without(String ptx, String line) {
        return with(ptx, line, "");
    }

    private static String with(String ptx, String line, String other) {
        assertTrue(ptx.contains(line), line);
        return ptx.replace(line, other);
    }

    private static final int SIZE = BLOCKS * THREADS * 4;

    @Test
    void rightKernelsAreClean() {
        assertEquals(Set.of(), rules(TURN, "turn", SIZE, SIZE));
        assertEquals(Set.of(), rules(LAST, "last", SIZE, SIZE));
    }

    @Test
    void aMissingBarrierIsARaceAtBothLines() {
        String wrong = without(TURN, "bar.sync 0;");
        assertEquals(Set.of(Rule.SHARED_RACE), rules(wrong, "turn", SIZE, SIZE));
        Report report = run(wrong, "turn", 0, SIZE, SIZE).get(0);
        assertTrue(report.where().contains("ld.shared.f32 %f2, [%r7+1020]; (PTX line 24)"), report.where());
        assertTrue(report.where().contains("st.shared.f32 [%r6], %f1; (PTX line 21)"), report.where());
    }

    @Test
    void aCopyThatWasNotWaitedForIsARaceWithWhoeverReads() {
        assertEquals(Set.of(), rules(COPY, "turn", SIZE, SIZE));
        String wrong = with(COPY, "cp.async.wait_group 0;", "cp.async.wait_group 1;");
        assertEquals(Set.of(Rule.SHARED_RACE), rules(wrong, "turn", SIZE, SIZE));
        Report report = run(wrong, "turn", 0, SIZE, SIZE).get(0);
        assertTrue(report.message().contains("before the asynchronous copy to it was waited for"), report.message());
        assertTrue(report.where().contains("ld.shared.f32 %f2, [%r7+1020]; (PTX line"), report.where());
        assertTrue(report.where().contains("cp.async.ca.shared.global [%r6], [%rd4], 4; (PTX line 21)"), report.where());
    }

    /** Another thread knows of the copy only by a barrier after the wait. */
    @Test
    void aCopyThatWasWaitedForTooLateIsARace() {
        String wrong = with(with(COPY, "cp.async.wait_group 0;", ""), "ld.shared.f32 %f2", "cp.async.wait_group 0;\nld.shared.f32 %f2");
        assertEquals(Set.of(Rule.SHARED_RACE), rules(wrong, "turn", SIZE, SIZE));
        String half = with(with(COPY, "cp.async.wait_group 0;", ""), "sub.s32 %r7", "@%p1 cp.async.wait_group 0;\nsub.s32 %r7")
                .replace(".reg .b32 %r<9>;", ".reg .b32 %r<9>;\n.reg .pred %p<2>;\nsetp.eq.u32 %p1, 0, 0;");
        assertEquals(Set.of(Rule.SHARED_RACE), rules(half, "turn", SIZE, SIZE));
    }

    @Test
    void aBarrierOfOneWarpIsNotEnough() {
        assertEquals(Set.of(Rule.SHARED_RACE), rules(with(TURN, "bar.sync 0;", "bar.warp.sync -1;"), "turn", SIZE, SIZE));
    }

    @Test
    void anArrayThatIsOneShortIsOutOfBounds() {
        assertTrue(rules(TURN, "turn", SIZE - 4, SIZE - 4).contains(Rule.OUT_OF_BOUNDS));
    }

    @Test
    void neighbouringBlocksOverlap() {
        String wrong = with(TURN, "mad.lo.s32 %r3, %r2, 256, %r1;", "mad.lo.s32 %r3, %r2, 255, %r1;");
        assertEquals(Set.of(Rule.GLOBAL_RACE), rules(wrong, "turn", SIZE, SIZE));
    }

    @Test
    void inputThatNobodyWrote() {
        assertEquals(Set.of(Rule.UNINITIALISED), rules(TURN, "turn", SIZE, SIZE - 4));
    }

    @Test
    void sharedMemoryThatNobodyWrote() {
        assertEquals(Set.of(Rule.UNINITIALISED), rules(without(TURN, "st.shared.f32 [%r6], %f1;"), "turn", SIZE, SIZE));
    }

    @Test
    void aMissingFenceIsARace() {
        assertEquals(Set.of(Rule.GLOBAL_RACE), rules(without(LAST, "membar.gl;"), "last", SIZE, SIZE));
    }

    @Test
    void aCounterThatIsNotAtomicIsARace() {
        String wrong = with(LAST, "atom.global.add.u32 %r3, [%rd2], 1;",
                "ld.global.u32 %r3, [%rd2];\nadd.s32 %r9, %r3, 1;\nst.global.u32 [%rd2], %r9;");
        assertTrue(rules(wrong, "last", SIZE, SIZE).contains(Rule.GLOBAL_RACE));
    }
}

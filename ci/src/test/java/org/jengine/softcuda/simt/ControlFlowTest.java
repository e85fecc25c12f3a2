package org.jengine.softcuda.simt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jengine.softcuda.memory.Allocation;
import org.junit.jupiter.api.Test;

/** Branches, loops, calls and ends: what lanes compute when they part and meet. */
class ControlFlowTest {
    private static final int THREADS = 70;

    private static int[] each(IntUnaryOperator value) {
        return IntStream.range(0, THREADS).map(value).toArray();
    }

    @Test
    void lanesPartAndMeet() {
        Bed bed = Bed.kernel(".reg .u32 %a, %b; .reg .pred %p, %q;", """
                and.b32 %a, %t, 1;
                setp.eq.u32 %p, %a, 0;
                mov.u32 %b, 7;
                @%p bra EVEN;
                add.u32 %b, %b, %t;
                bra.uni DONE;
                EVEN:
                setp.lt.u32 %q, %t, 10;
                @!%q bra DONE;
                mul.lo.u32 %b, %t, 100;
                DONE:
                activemask.b32 %a;
                shl.b32 %b, %b, 1;
                and.b32 %a, %a, 1;
                or.b32 %b, %b, %a;
                st.global.u32 [%mine], %b;
                """);
        assertArrayEquals(each(t -> 2 * (t % 2 == 1 ? 7 + t : t < 10 ? 100 * t : 7) + 1), bed.run(THREADS, THREADS));
    }

    @Test
    void everyLaneLoopsAsOftenAsItWants() {
        Bed bed = Bed.kernel(".reg .u32 %n, %s; .reg .pred %p;", """
                mov.u32 %n, %t;
                mov.u32 %s, 0;
                LOOP:
                setp.eq.u32 %p, %n, 0;
                @%p bra END;
                add.u32 %s, %s, %n;
                sub.u32 %n, %n, 1;
                bra LOOP;
                END:
                st.global.u32 [%mine], %s;
                """);
        assertArrayEquals(each(t -> t * (t + 1) / 2), bed.run(THREADS, THREADS));
    }

    @Test
    void predicatesHoldBackSingleInstructions() {
        Bed bed = Bed.kernel(".reg .u32 %a; .reg .pred %p;", """
                mov.u32 %a, 1;
                setp.gt.u32 %p, %t, 40;
                @%p mov.u32 %a, 2;
                @!%p st.global.u32 [%mine], %a;
                @%p add.u32 %a, %a, %t;
                @%p st.global.u32 [%mine], %a;
                @%p exit;
                add.u32 %a, %a, 5;
                st.global.u32 [%mine], %a;
                """);
        assertArrayEquals(each(t -> t > 40 ? 2 + t : 6), bed.run(THREADS, THREADS));
    }

    @Test
    void indexedBranchesGoWhereTheirNumberSays() {
        Bed bed = Bed.kernel(".reg .u32 %a, %b;", """
                rem.u32 %a, %t, 3;
                TS: .branchtargets L0, L1, L2;
                brx.idx %a, TS;
                L0: mov.u32 %b, 10; bra DONE;
                L1: mov.u32 %b, 20; bra DONE;
                L2: mov.u32 %b, 30;
                DONE:
                st.global.u32 [%mine], %b;
                """);
        assertArrayEquals(each(t -> 10 * (t % 3 + 1)), bed.run(THREADS, THREADS));
    }

    private static final String FIBONACCI = """
            .func (.param .b32 r) fib(.param .b32 n) {
            .reg .b32 %n, %a, %b; .reg .pred %p;
            ld.param.u32 %n, [n];
            setp.lt.s32 %p, %n, 2;
            @%p bra END;
            add.s32 %a, %n, -1;
            { .param .b32 param0; st.param.b32 [param0+0], %a; .param .b32 retval0;
            call.uni (retval0), fib, (param0);
            ld.param.b32 %a, [retval0+0]; }
            add.s32 %b, %n, -2;
            { .param .b32 param0; st.param.b32 [param0+0], %b; .param .b32 retval0;
            call.uni (retval0), fib, (param0);
            ld.param.b32 %b, [retval0+0]; }
            add.s32 %n, %a, %b;
            END:
            st.param.b32 [r+0], %n;
            ret;
            }
            """;

    @Test
    void functionsCallThemselves() {
        Bed bed = Bed.of(FIBONACCI + """
                .visible .entry k(.param .u64 out) {
                .reg .u64 %out; .reg .u32 %t, %v;
                ld.param.u64 %out, [out];
                mov.u32 %t, %tid.x;
                { .param .b32 param0; st.param.b32 [param0], %t; .param .b32 retval0;
                call.uni (retval0), fib, (param0);
                ld.param.b32 %v, [retval0]; }
                mad.wide.u32 %out, %t, 4, %out;
                st.u32 [%out], %v;
                ret;
                }
                """);
        assertArrayEquals(new int[] {0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89}, bed.run(12, 12));
    }

    @Test
    void pointersCallTheFunctionOfEachLane() {
        Bed bed = Bed.of("""
                .func (.reg .b32 %r) one(.reg .b32 %x) { add.u32 %r, %x, 1; ret; }
                .func (.reg .b32 %r) two(.reg .b32 %x) { mul.lo.u32 %r, %x, 2; ret; }
                .global .align 8 .u64 table[2] = {one, two};
                .visible .entry k(.param .u64 out) {
                .reg .u64 %out, %f, %a; .reg .u32 %t, %v, %w;
                ld.param.u64 %out, [out];
                mov.u32 %t, %tid.x;
                and.b32 %v, %t, 1;
                mov.u64 %a, table;
                mad.wide.u32 %a, %v, 8, %a;
                ld.global.u64 %f, [%a];
                proto: .callprototype (.reg .b32 _) _ (.reg .b32 _);
                call (%w), %f, (%t), proto;
                mad.wide.u32 %out, %t, 4, %out;
                st.global.u32 [%out], %w;
                ret;
                }
                """);
        assertArrayEquals(each(t -> t % 2 == 0 ? t + 1 : 2 * t), bed.run(THREADS, THREADS));
    }

    @Test
    void parametersCanBeStructuresAndCallsCanBePredicated() {
        Bed bed = Bed.of("""
                .func (.param .align 8 .b8 r[16]) swap(.param .align 8 .b8 s[16]) {
                .reg .b64 %a, %b;
                ld.param.b64 %a, [s]; ld.param.b64 %b, [s+8];
                st.param.b64 [r], %b; st.param.b64 [r+8], %a;
                ret;
                }
                .visible .entry k(.param .u64 out) {
                .reg .u64 %out, %a, %b; .reg .u32 %t, %v; .reg .pred %p;
                ld.param.u64 %out, [out];
                mov.u32 %t, %tid.x;
                cvt.u64.u32 %a, %t;
                mov.u64 %b, 1000;
                setp.ge.u32 %p, %t, 3;
                @%p bra SKIP;
                { .param .align 8 .b8 p[16]; .param .align 8 .b8 q[16];
                st.param.v2.b64 [p], {%a, %b};
                call (q), swap, (p);
                ld.param.v2.b64 {%a, %b}, [q]; }
                SKIP:
                cvt.u32.u64 %v, %a;
                mad.wide.u32 %out, %t, 4, %out;
                st.global.u32 [%out], %v;
                ret;
                }
                """);
        assertArrayEquals(each(t -> t < 3 ? 1000 : t), bed.run(THREADS, THREADS));
    }

    @Test
    void aLaneThatHoldsALockIsLetThrough() {
        Bed bed = Bed.of("""
                .global .u32 lock; .global .u32 sum;
                .visible .entry k(.param .u64 out) {
                .reg .u64 %out; .reg .u32 %a; .reg .pred %p;
                TRY:
                atom.global.cas.b32 %a, [lock], 0, 1;
                setp.ne.u32 %p, %a, 0;
                @%p bra TRY;
                ld.volatile.global.u32 %a, [sum];
                add.u32 %a, %a, 1;
                st.volatile.global.u32 [sum], %a;
                membar.gl;
                atom.global.exch.b32 %a, [lock], 0;
                ret;
                }
                """);
        bed.run(64, 1);
        assertEquals(64, bed.module().variable("sum").getInt(0));
        assertNull(bed.module().variable("none"));
    }

    @Test
    void everyThreadOfEveryBlockRunsOnceWhateverTheOrder() {
        for (long seed = 0; seed < 8; seed++) {
            Bed bed = Bed.of("""
                    .visible .entry k(.param .u64 out) {
                    .reg .u64 %out; .reg .u32 %a, %b, %c;
                    ld.param.u64 %out, [out];
                    mov.u32 %a, %ctaid.x; mov.u32 %b, %ntid.x; mov.u32 %c, %tid.x;
                    mad.lo.u32 %a, %a, %b, %c;
                    mad.wide.u32 %out, %a, 4, %out;
                    red.global.add.u32 [%out], 1;
                    ret;
                    }
                    """, seed);
            Allocation out = bed.ints(new int[37 * 50]);
            bed.launch("k", 37, 50, 0, false, out);
            int[] ones = new int[37 * 50];
            Arrays.fill(ones, 1);
            assertArrayEquals(ones, Bed.ints(out));
        }
    }

    @Test
    void blocksOfACooperativeLaunchWaitForOneAnother() {
        Bed bed = Bed.of("""
                .global .u32 come;
                .visible .entry k(.param .u64 out) {
                .reg .u64 %out; .reg .u32 %a, %n; .reg .pred %p;
                ld.param.u64 %out, [out];
                mov.u32 %a, %tid.x;
                setp.ne.u32 %p, %a, 0;
                @%p bra WAITED;
                atom.global.add.u32 %a, [come], 1;
                mov.u32 %n, %nctaid.x;
                SPIN:
                ld.acquire.gpu.global.u32 %a, [come];
                setp.lt.u32 %p, %a, %n;
                @%p bra SPIN;
                WAITED:
                barrier.sync 0;
                ld.global.u32 %n, [come];
                red.global.add.u32 [%out], %n;
                ret;
                }
                """);
        Allocation out = bed.ints(0);
        bed.launch("k", 9, 33, 0, true, out);
        assertArrayEquals(new int[] {9 * 9 * 33}, Bed.ints(out));
    }

    @Test
    void aBlockThatWaitsForALaterOneIsNotStuckIfThatCanRun() {
        String text = """
                .global .u32 done;
                .visible .entry k(.param .u64 out) {
                .reg .u64 %out; .reg .u32 %a, %n; .reg .pred %p;
                ld.param.u64 %out, [out];
                mov.u32 %n, %ctaid.x;
                setp.eq.u32 %p, %n, 3;
                @%p st.volatile.global.u32 [done], 5;
                SPIN:
                ld.volatile.global.u32 %a, [done];
                setp.eq.u32 %p, %a, 0;
                @%p bra SPIN;
                red.global.add.u32 [%out], %a;
                ret;
                }
                """;
        Bed bed = Bed.of(text, 0);
        Allocation out = bed.ints(0);
        bed.launch("k", 4, 1, 0, false, out);
        assertArrayEquals(new int[] {20}, Bed.ints(out));
    }
}

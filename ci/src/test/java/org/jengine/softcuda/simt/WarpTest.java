package org.jengine.softcuda.simt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What lanes of a warp tell one another, against the ISA's own words written down in Java. */
class WarpTest {
    private static final int THREADS = 64;

    private static int[] each(IntUnaryOperator value) {
        return IntStream.range(0, THREADS).map(value).toArray();
    }

    private static int[] run(String registers, String body) {
        return Bed.kernel(registers, body + "\nst.global.u32 [%mine], %r;").run(THREADS, THREADS);
    }

    @Test
    void shufflesFollowTheIsasText() {
        for (String mode : new String[] {"up", "down", "bfly", "idx"}) {
            for (int b : new int[] {0, 1, 5, 16, 31}) {
                for (int c : new int[] {0, 0x1f, 0x181f, 0x1800, 0x1007}) {
                    int[] got = run(".reg .u32 %a, %r, %v; .reg .pred %p;", """
                            add.u32 %%a, %%t, 1000;
                            shfl.sync.%s.b32 %%r|%%p, %%a, %d, %d, -1;
                            selp.u32 %%v, 100000, 0, %%p;
                            add.u32 %%r, %%r, %%v;""".formatted(mode, b, c));
                    assertArrayEquals(each(t -> shuffled(mode, t, b, c)), got, mode + " " + b + " " + c);
                }
            }
        }
    }

    private static int shuffled(String mode, int thread, int b, int c) {
        int lane = thread % 32;
        int mask = c >> 8 & 0x1f;
        int max = lane & mask | c & 0x1f & ~mask;
        int min = lane & mask;
        int j = switch (mode) {
            case "up" -> lane - (b & 0x1f);
            case "down" -> lane + (b & 0x1f);
            case "bfly" -> lane ^ b & 0x1f;
            default -> min | b & 0x1f & ~mask;
        };
        boolean in = mode.equals("up") ? j >= max : j <= max;
        return 1000 + thread - lane + (in ? j : lane) + (in ? 100000 : 0);
    }

    @Test
    void partOfAWarpShufflesAmongItself() {
        int[] got = run(".reg .u32 %r; .reg .pred %p;", """
                and.b32 %r, %t, 31;
                setp.lt.u32 %p, %r, 8;
                mov.u32 %r, 0;
                @!%p bra REST;
                shfl.sync.down.b32 %r, %t, 1, 0x1f, 0xff;
                bra DONE;
                REST:
                shfl.sync.bfly.b32 %r, %t, 1, 0x1f, 0xffffff00;
                DONE:""");
        for (int t = 0; t < THREADS; t++) {
            if (t % 32 != 7) {
                assertEquals(t % 32 < 8 ? t + 1 : t ^ 1, got[t]);
            }
        }
    }

    @Test
    void lanesWaitForThoseThatTheyName() {
        // The odd lanes come to the shuffle later, by a branch that lies behind it in the text.
        int[] got = run(".reg .u32 %r, %a; .reg .pred %p;", """
                and.b32 %r, %t, 1;
                setp.eq.u32 %p, %r, 1;
                mov.u32 %a, %t;
                @%p bra ODD;
                BACK:
                shfl.sync.bfly.b32 %r, %a, 1, 0x1f, -1;
                bra DONE;
                ODD:
                add.u32 %a, %t, 500;
                bra BACK;
                DONE:""");
        assertArrayEquals(each(t -> t % 2 == 0 ? t + 1 + 500 : t - 1), got);
    }

    @Test
    void aWarpBarrierLetsEarlyStoresBeSeen() {
        Bed bed = Bed.kernel(".reg .u32 %r, %a; .reg .pred %p; .shared .u32 s[64];", """
                shl.b32 %a, %t, 2;
                mov.u32 %r, s;
                add.u32 %a, %a, %r;
                and.b32 %r, %t, 1;
                setp.eq.u32 %p, %r, 1;
                @%p bra ODD;
                bar.warp.sync -1;
                ld.shared.u32 %r, [%a+4];
                bra DONE;
                ODD:
                st.shared.u32 [%a], %t;
                bar.warp.sync 0xffffffff;
                mov.u32 %r, 9;
                DONE:
                st.global.u32 [%mine], %r;
                """);
        assertArrayEquals(each(t -> t % 2 == 0 ? t + 1 : 9), bed.run(THREADS, THREADS));
    }

    @Test
    void votesCountThoseWhoAreNamed() {
        assertArrayEquals(each(t -> t < 32 ? 0x7ffff8 : 0), run(".reg .u32 %r; .reg .pred %p, %q;", """
                setp.gt.u32 %p, %t, 2;
                setp.lt.u32 %q, %t, 23;
                and.pred %p, %p, %q;
                vote.sync.ballot.b32 %r, %p, -1;"""));
        String count = """
                setp.%s %%p, %%t, %d;
                vote.sync.%s.pred %%q, %%p, -1;
                selp.u32 %%r, 1, 0, %%q;""";
        String registers = ".reg .u32 %r; .reg .pred %p, %q;";
        assertArrayEquals(each(t -> t < 32 ? 1 : 0), run(registers, count.formatted("lt.u32", 40, "all")));
        assertArrayEquals(each(t -> 1), run(registers, count.formatted("lt.u32", 40, "any")));
        assertArrayEquals(each(t -> t < 32 ? 1 : 0), run(registers, count.formatted("lt.u32", 40, "uni")));
        assertArrayEquals(each(t -> t < 32 ? 0 : 1), run(registers, """
                setp.lt.u32 %p, %t, 32;
                vote.sync.any.pred %q, !%p, -1;
                selp.u32 %r, 1, 0, %q;"""));
    }

    @Test
    void matchesFindEquals() {
        assertArrayEquals(each(WarpTest::same), run(".reg .u32 %r, %a;", """
                rem.u32 %a, %t, 3;
                match.any.sync.b32 %r, %a, -1;"""));
        assertArrayEquals(each(t -> t < 32 ? -1 : 0), run(".reg .u32 %r, %a; .reg .pred %p; .reg .u64 %l;", """
                max.u32 %a, %t, 40;
                cvt.u64.u32 %l, %a;
                match.all.sync.b64 %r|%p, %l, -1;
                @!%p mov.u32 %r, 0;"""));
    }

    private static int same(int thread) {
        int mask = 0;
        for (int lane = 0; lane < 32; lane++) {
            int other = thread - thread % 32 + lane;
            mask |= other % 3 == thread % 3 ? 1 << lane : 0;
        }
        return mask;
    }

    @Test
    void reductionsJoinWarps() {
        String[] forms = {"add.s32", "min.s32", "max.s32", "min.u32", "max.u32", "and.b32", "or.b32", "xor.b32"};
        for (String form : forms) {
            int[] got = run(".reg .u32 %r, %a;", """
                    sub.u32 %%a, %%t, 20;
                    redux.sync.%s %%r, %%a, -1;""".formatted(form));
            assertArrayEquals(each(t -> joined(form, t / 32)), got, form);
        }
    }

    private static int joined(String form, int warp) {
        return IntStream.range(32 * warp, 32 * warp + 32).map(t -> t - 20).reduce((a, b) -> switch (form) {
            case "add.s32" -> a + b;
            case "min.s32" -> Math.min(a, b);
            case "max.s32" -> Math.max(a, b);
            case "min.u32" -> Integer.compareUnsigned(a, b) < 0 ? a : b;
            case "max.u32" -> Integer.compareUnsigned(a, b) > 0 ? a : b;
            case "and.b32" -> a & b;
            case "or.b32" -> a | b;
            default -> a ^ b;
        }).orElseThrow();
    }

    @Test
    void oneLaneIsElected() {
        assertArrayEquals(each(t -> 4 + (t % 32 == 4 ? 100 : 0)), run(".reg .u32 %r, %a; .reg .pred %p;", """
                and.b32 %a, %t, 31;
                mov.u32 %r, 4;
                setp.lt.u32 %p, %a, 4;
                @%p bra DONE;
                elect.sync %r|%p, 0xfffffff0;
                @%p add.u32 %r, %r, 100;
                DONE:"""));
    }

    @Test
    void matricesAreLoadedStoredAndTurned() {
        // Element (row, column) of matrix m is 64 m + 8 row + column.
        String fill = """
                mov.u32 %b, s;
                mad.lo.u32 %a, %t, 16, %b;
                mul.lo.u32 %v, %t, 8;
                mov.u32 %n, 0;
                FILL:
                cvt.u16.u32 %h, %v;
                st.shared.u16 [%a], %h;
                add.u32 %a, %a, 2; add.u32 %v, %v, 1; add.u32 %n, %n, 1;
                setp.lt.u32 %p, %n, 8;
                @%p bra FILL;
                bar.warp.sync -1;
                mad.lo.u32 %a, %t, 16, %b;
                """;
        String registers = ".reg .u32 %r, %a, %b, %v, %n, %x<4>; .reg .u16 %h; .reg .pred %p; .shared .align 16 .b16 s[256];";
        for (int matrix = 0; matrix < 4; matrix++) {
            int m = matrix;
            int[] plain = Bed.kernel(registers, fill + "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%x0, %x1, %x2, %x3}, [%a];\n"
                    + "st.global.u32 [%mine], %x" + m + ";").run(32, 32);
            int[] turned = Bed.kernel(registers, fill + "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%x0, %x1, %x2, %x3}, [%a];\n"
                    + "st.global.u32 [%mine], %x" + m + ";").run(32, 32);
            for (int t = 0; t < 32; t++) {
                int first = 64 * m + 8 * (t / 4) + 2 * (t % 4);
                assertEquals(first | first + 1 << 16, plain[t]);
                int across = 64 * m + 8 * (2 * (t % 4)) + t / 4;
                assertEquals(across | across + 8 << 16, turned[t]);
            }
        }
        int[] back = Bed.kernel(registers, fill + """
                ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%x0}, [%a];
                movmatrix.sync.aligned.m8n8.trans.b16 %x1, %x0;
                stmatrix.sync.aligned.m8n8.x1.trans.shared.b16 [%a], {%x1};
                mad.lo.u32 %a, %t, 4, %b;
                bar.warp.sync -1;
                ld.shared.u32 %r, [%a];
                st.global.u32 [%mine], %r;
                """).run(32, 32);
        for (int t = 0; t < 32; t++) {
            assertEquals(2 * t | 2 * t + 1 << 16, back[t]);
        }
    }
}

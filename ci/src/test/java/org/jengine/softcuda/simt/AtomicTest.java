package org.jengine.softcuda.simt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Atomic operations of all types. */
class AtomicTest {
    private static final int THREADS = 45;

    private static int[] both(String form, int start, String operand) {
        int[] global = Bed.kernel(".reg .u32 %a, %o;", """
                mov.u32 %%a, %d;
                st.global.u32 [%%out], %%a;
                %s
                red.global.%s [%%out], %%a;
                """.formatted(start, operand, form)).run(THREADS, 1);
        int[] shared = Bed.kernel(".reg .u32 %a, %o; .shared .align 8 .u32 s[2];", """
                mov.u32 %%a, %d;
                st.shared.u32 [s], %%a;
                bar.sync 0;
                %s
                atom.shared.%s %%o, [s], %%a;
                bar.sync 0;
                ld.shared.u32 %%a, [s];
                st.global.u32 [%%out], %%a;
                """.formatted(start, operand, form)).run(THREADS, 1);
        assertArrayEquals(global, shared, form);
        return global;
    }

    private static int one(String form, int start, String operand) {
        return both(form, start, operand)[0];
    }

    @Test
    void wholeNumbersAreJoined() {
        assertEquals(5 + THREADS * (THREADS - 1) / 2, one("add.u32", 5, "mov.u32 %a, %t;"));
        assertEquals(THREADS + 99, one("max.s32", -1, "add.u32 %a, %t, 100;"));
        assertEquals(-1, one("max.u32", -1, "add.u32 %a, %t, 100;"));
        assertEquals(-10, one("min.s32", 3, "sub.u32 %a, %t, 10;"));
        assertEquals(0, one("min.u32", 3, "sub.u32 %a, %t, 10;"));
        assertEquals(0x40, one("and.b32", 0xff, "or.b32 %a, %t, 0x40;"));
        assertEquals(0x3f, one("or.b32", 0, "mov.u32 %a, %t;"));
        assertEquals(IntStream.range(0, THREADS).reduce(9, (a, b) -> a ^ b), one("xor.b32", 9, "mov.u32 %a, %t;"));
        assertEquals((3 + THREADS) % 11, one("inc.u32", 3, "mov.u32 %a, 10;"));
        assertEquals(3, one("dec.u32", 3, "mov.u32 %a, 8;"));
    }

    @Test
    void floatsOfAllLengthsAreAdded() {
        String asFloat = "{ .reg .f32 %f; cvt.rn.f32.u32 %f, %t; mov.b32 %a, %f; }";
        assertEquals(1f + THREADS * (THREADS - 1) / 2, Float.intBitsToFloat(one("add.f32", Float.floatToIntBits(1f), asFloat)));
        assertEquals(THREADS | THREADS << 17, toInts(one("add.noftz.f16x2", 0, "mov.u32 %a, 0x40003c00;")));
        assertEquals(0x42343534 & 0xffff0000, one("add.noftz.bf16x2", 0, "mov.u32 %a, 0x3f800000;"));
    }

    /** Two halves that hold small whole numbers. */
    private static int toInts(int halves) {
        return whole(halves & 0xffff) | whole(halves >>> 16) << 16;
    }

    private static int whole(int half) {
        return (int) ((0x400 | half & 0x3ff) * Math.pow(2, (half >>> 10) - 25));
    }

    @Test
    void halvesRoundToEven() {
        // 2048 + 1 lies between 2048 and 2050; 2050 + 1 rounds up to 2052; denormals and infinities as they are.
        assertEquals(0x6800, Halves.add(0x6800, 0x3c00));
        assertEquals(0x6802, Halves.add(0x6801, 0x3c00));
        assertEquals(0x0003, Halves.add(0x0001, 0x0002));
        assertEquals(0x7c00, Halves.add(0x7bff, 0x7bff));
        assertEquals(0x7fff, Halves.add(0x7c00, 0xfc00));
        assertEquals(0x8000, Halves.add(0x8000, 0x8000));
        assertEquals(0x0400, Halves.add(0x03ff, 0x0001));
        assertEquals(0x4380, Halves.addBrain(0x4380, 0x3f80));
        assertEquals(0x4382, Halves.addBrain(0x4381, 0x3f80));
        assertEquals(0x7fff, Halves.addBrain(0x7f80, 0xff80));
    }

    @Test
    void longsDoublesAndShortsToo() {
        int[] got = Bed.kernel(".reg .u64 %a, %b, %o; .reg .f64 %d; .reg .u32 %i;", """
                cvt.u64.u32 %a, %t;
                shl.b64 %a, %a, 20;
                atom.global.add.u64 %o, [%out], %a;
                cvt.rn.f64.u32 %d, %t;
                red.global.add.f64 [%out+8], %d;
                neg.s64 %a, %a;
                red.global.min.s64 [%out+16], %a;
                red.global.max.u64 [%out+24], %a;
                atom.global.exch.b64 %o, [%out+32], 77;
                """).run(THREADS, 10);
        long sum = (long) THREADS * (THREADS - 1) / 2;
        assertEquals(sum << 20, got[0] & 0xffffffffL | (long) got[1] << 32);
        assertEquals((double) sum, Double.longBitsToDouble(got[2] & 0xffffffffL | (long) got[3] << 32));
        assertEquals(-(THREADS - 1L) << 20, got[4] & 0xffffffffL | (long) got[5] << 32);
        assertEquals(-1L << 20, got[6] & 0xffffffffL | (long) got[7] << 32);
        assertEquals(77, got[8]);
        int[] small = Bed.kernel(".reg .b16 %h, %g;", """
                mov.b16 %h, -2;
                mov.b16 %g, 0;
                atom.global.cas.b16 %g, [%out+2], %g, %h;
                st.global.b16 [%mine+4], %g;
                """).run(1, 2);
        assertArrayEquals(new int[] {0xfffe << 16, 0}, small);
    }

    @Test
    void oldValuesTellLanesApart() {
        int[] got = Bed.kernel(".reg .u32 %a; .reg .u64 %p;", """
                atom.global.add.u32 %a, [%out], 1;
                mad.wide.u32 %p, %a, 4, %out;
                st.global.u32 [%p+4], %a;
                """).run(THREADS, THREADS + 1);
        assertEquals(THREADS, got[0]);
        assertArrayEquals(IntStream.range(0, THREADS).toArray(), Arrays.copyOfRange(got, 1, got.length));
    }

    @Test
    void globalSumsOfFloatsFlushWhatIsNotNormal() {
        String body = """
                mov.u32 %%a, 1;
                %s.add.f32 [%s], 0f00000001;
                """;
        assertArrayEquals(new int[] {0}, Bed.kernel(".reg .u32 %a;", body.formatted("red.global", "%out")).run(THREADS, 1));
        int[] shared = Bed.kernel(".reg .u32 %a; .shared .u32 s;", "st.shared.u32 [s], 0; bar.sync 0;\n"
                + body.formatted("red.shared", "s") + "bar.sync 0; ld.shared.u32 %a, [s]; st.global.u32 [%out], %a;").run(THREADS, 1);
        assertTrue(shared[0] == THREADS, "shared memory keeps them: " + shared[0]);
    }
}

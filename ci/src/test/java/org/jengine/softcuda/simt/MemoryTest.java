package org.jengine.softcuda.simt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jengine.softcuda.memory.Allocation;
import org.junit.jupiter.api.Test;

/** Loads and stores of all spaces and widths. */
class MemoryTest {
    private static final int THREADS = 70;

    private static int[] each(IntUnaryOperator value) {
        return IntStream.range(0, THREADS).map(value).toArray();
    }

    @Test
    void narrowValuesAreWidenedByTheirSign() {
        String[] forms = {"u8", "s8", "u16", "s16", "b8", "b16"};
        int[] wanted = {0xf3, -13, 0xf2f3, (short) 0xf2f3, 0xf3, 0xf2f3};
        for (int k = 0; k < forms.length; k++) {
            for (String space : new String[] {"global", "shared", "local"}) {
                int[] got = Bed.kernel(".reg .u32 %a, %b; .shared .u32 s[2]; .local .u32 l[2];", """
                        mov.u32 %%a, 0xf0f1f2f3;
                        st.global.u32 [%%out], %%a;
                        st.shared.u32 [s+4], %%a;
                        st.local.u32 [l+4], %%a;
                        ld.%s.%s %%b, [%s];
                        bar.sync 0;
                        st.global.u32 [%%mine], %%b;
                        """.formatted(space, forms[k], space.equals("global") ? "%out" : space.charAt(0) + "+4")).run(THREADS, THREADS);
                int value = wanted[k];
                assertArrayEquals(each(t -> value), got, forms[k] + " " + space);
            }
        }
    }

    @Test
    void aSixteenBitRegisterKeepsItsBitsOnly() {
        int[] got = Bed.kernel(".reg .u32 %b; .reg .u16 %h;", """
                mov.u32 %b, 0x80;
                st.global.u32 [%mine], %b;
                ld.global.s8 %h, [%mine];
                mov.b32 %b, {%h, 0};
                st.global.u32 [%mine], %b;
                """).run(3, 3);
        assertArrayEquals(new int[] {0xff80, 0xff80, 0xff80}, got);
    }

    @Test
    void vectorsOfAllLengthsComeBackAsTheyWent() {
        for (String type : new String[] {"b16", "u32", "f32", "u64", "f64"}) {
            for (int n : new int[] {2, 4}) {
                int bytes = Integer.parseInt(type.substring(1)) / 8;
                StringBuilder list = new StringBuilder();
                StringBuilder fill = new StringBuilder();
                for (int k = 0; k < n; k++) {
                    list.append(k == 0 ? "" : ", ").append("%x").append(k);
                    String narrow = type.equals("b16") ? "u16" : type;
                    String round = type.startsWith("f") ? "rn." : "";
                    fill.append("add.u32 %v, %v, 3;\n").append(type.equals("u32") ? "mov.u32" : "cvt." + round + narrow + ".u32")
                            .append(" %x").append(k).append(", %v;\n");
                }
                String back = type.equals("u32") ? "mov.u32" : "cvt." + (type.startsWith("f") ? "rzi." : "") + "u32."
                        + (type.equals("b16") ? "u16" : type);
                // 32 bytes at once are for global memory alone.
                for (String space : n * bytes == 32 ? new String[] {"global"} : new String[] {"global", "shared", "local"}) {
                    String place = space.equals("global") ? "%place" : space.equals("shared") ? "%s" : "l";
                    int[] got = Bed.kernel(".reg .u32 %v, %s; .reg .u64 %place; .reg ." + type + " %x<4>; .shared .align 16 .b8 s[2560];"
                            + " .local .align 16 .b8 l[64];\n", """
                            mov.u32 %%s, s;
                            mad.lo.u32 %%s, %%t, %1$d, %%s;
                            mad.wide.u32 %%place, %%t, %1$d, %%out;
                            add.u64 %%place, %%place, 320;
                            mov.u32 %%v, %%t;
                            %2$s
                            st.%3$s.v%4$d.%5$s [%6$s], {%7$s};
                            %8$s
                            ld.%3$s.v%4$d.%5$s {%7$s}, [%6$s];
                            %9$s %%v, %%x%10$d;
                            st.global.u32 [%%mine], %%v;
                            """.formatted(n * bytes, fill, space, n, type, place, list, fill, back, n - 1)).run(THREADS, 80 + 8 * THREADS);
                    assertArrayEquals(each(t -> t + 3 * n), Arrays.copyOf(got, THREADS), type + " v" + n + " " + space);
                }
            }
        }
    }

    @Test
    void lanesReadWhereTheyLike() {
        int[] data = IntStream.range(0, 1000).map(k -> k * k).toArray();
        Bed bed = Bed.of("""
                .visible .entry k(.param .u64 out, .param .u64 in) {
                .reg .u64 %out, %in, %p; .reg .u32 %t, %i, %a;
                ld.param.u64 %out, [out]; ld.param.u64 %in, [in];
                mov.u32 %t, %tid.x;
                mad.wide.u32 %out, %t, 4, %out;
                mul.lo.u32 %i, %t, 389;
                rem.u32 %i, %i, 1000;
                mad.wide.u32 %p, %i, 4, %in;
                ld.global.nc.u32 %a, [%p];
                st.global.u32 [%out], %a;
                ret;
                }
                """);
        Allocation out = bed.ints(new int[THREADS]);
        bed.launch("k", 1, THREADS, 0, false, out, bed.ints(data));
        assertArrayEquals(each(t -> data[t * 389 % 1000]), Bed.ints(out));
    }

    @Test
    void accessesGoAcrossPagesAndAllocations() {
        Bed bed = Bed.of("""
                .visible .entry k(.param .u64 a, .param .u64 b, .param .u32 far) {
                .reg .u64 %a, %b, %p; .reg .u32 %t, %o, %far; .reg .pred %q;
                ld.param.u64 %a, [a]; ld.param.u64 %b, [b]; ld.param.u32 %far, [far];
                mov.u32 %t, %tid.x;
                and.b32 %o, %t, 1;
                setp.eq.u32 %q, %o, 0;
                selp.b64 %p, %a, %b, %q;
                mad.wide.u32 %p, %t, 4, %p;
                st.global.u32 [%p], %t;
                mad.wide.u32 %p, %t, 4, %a;
                cvt.u64.u32 %b, %far;
                add.u64 %p, %p, %b;
                st.u32 [%p], %t;
                mad.wide.u32 %p, %t, 65536, %a;
                st.u32 [%p+1024], %t;
                ret;
                }
                """);
        Allocation a = bed.space().allocate(Allocation.Kind.DEVICE, 5L << 20, "a");
        Allocation b = bed.ints(new int[THREADS]);
        int far = Allocation.PAGE - 32;
        bed.launch("k", 1, THREADS, 0, false, a, b, far);
        for (int t = 0; t < THREADS; t++) {
            assertEquals(t % 2 == 0 ? t : 0, a.getInt(4L * t));
            assertEquals(t % 2 == 0 ? 0 : t, b.getInt(4L * t));
            assertEquals(t, a.getInt(far + 4L * t));
            assertEquals(t, a.getInt(65536L * t + 1024));
        }
    }

    @Test
    void genericAddressesFindTheirSpace() {
        int[] got = Bed.kernel(".reg .u32 %a, %k, %s; .reg .u64 %g, %l, %h; .reg .pred %p, %q, %r; .shared .u32 s[80];"
                + " .local .u32 l[2];\n", """
                mov.u64 %l, l;
                cvta.local.u64 %l, %l;
                mov.u64 %h, s;
                cvta.shared.u64 %h, %h;
                mad.wide.u32 %h, %t, 4, %h;
                rem.u32 %k, %t, 3;
                setp.eq.u32 %p, %k, 0;
                selp.b64 %g, %l, %h, %p;
                setp.eq.u32 %p, %k, 1;
                selp.b64 %g, %mine, %g, %p;
                add.u32 %a, %t, 1000;
                st.u32 [%g], %a;
                isspacep.local %p, %g;
                isspacep.shared %q, %g;
                isspacep.global %r, %g;
                @%p ld.local.u32 %a, [l];
                mov.u32 %s, s;
                mad.lo.u32 %s, %t, 4, %s;
                @%q ld.shared.u32 %a, [%s];
                @%r ld.global.u32 %a, [%mine];
                @%q add.u32 %a, %a, 10000;
                @%r add.u32 %a, %a, 20000;
                st.global.u32 [%mine], %a;
                """).run(THREADS, THREADS);
        assertArrayEquals(each(t -> 1000 + t + (t % 3 == 0 ? 0 : t % 3 == 1 ? 20000 : 10000)), got);
    }

    @Test
    void variablesStartWithTheirValues() {
        Bed bed = Bed.of("""
                .const .align 4 .u32 table[4] = {1, 2, 0x30, 07};
                .global .align 4 .f32 real = 0f3FC00000;
                .global .align 4 .f32 short[3] = {1.5, -2.0};
                .global .align 1 .b8 bytes[5] = {65, 66, 67};
                .global .align 8 .u64 where = table+8;
                .visible .entry k(.param .u64 out) {
                .reg .u64 %out, %p; .reg .u32 %a, %t; .reg .f32 %f;
                ld.param.u64 %out, [out];
                ld.global.u64 %p, [where];
                ld.u32 %a, [%p];
                st.u32 [%out], %a;
                mov.u32 %t, %tid.x;
                mov.u64 %p, table;
                mad.wide.u32 %p, %t, 4, %p;
                ld.const.u32 %a, [%p];
                mad.wide.u32 %p, %t, 4, %out;
                st.u32 [%p+4], %a;
                ld.global.f32 %f, [real];
                st.f32 [%out+20], %f;
                ld.global.f32 %f, [short+4];
                st.f32 [%out+24], %f;
                ld.global.u8 %a, [bytes+2];
                st.u32 [%out+28], %a;
                ret;
                }
                """);
        Allocation out = bed.ints(new int[8]);
        bed.launch("k", 1, 4, 0, false, out);
        assertArrayEquals(new int[] {0x30, 1, 2, 0x30, 7, Float.floatToIntBits(1.5f), Float.floatToIntBits(-2f), 67}, Bed.ints(out));
        assertEquals(Allocation.Kind.CONSTANT, bed.module().variable("table").kind());
        bed.module().unload();
        assertEquals(32, bed.space().liveBytes());
    }

    @Test
    void sharedMemoryLiesWhereTheKernelPutsIt() {
        Bed bed = Bed.of("""
                .extern .shared .align 16 .b8 dynamic[];
                .shared .align 4 .b8 ofAll[12];
                .visible .entry k(.param .u64 out) {
                .reg .u64 %out; .reg .u32 %a, %b;
                .shared .align 8 .b8 own[24];
                ld.param.u64 %out, [out];
                mov.u32 %a, dynamic;
                st.u32 [%out], %a;
                mov.u32 %a, own;
                mov.u32 %b, ofAll;
                sub.u32 %a, %a, %b;
                st.u32 [%out+4], %a;
                mov.u32 %a, %dynamic_smem_size;
                st.u32 [%out+8], %a;
                mov.u32 %a, %total_smem_size;
                st.u32 [%out+12], %a;
                st.shared.u32 [dynamic+252], %a;
                ret;
                }
                """);
        Allocation out = bed.ints(new int[4]);
        bed.launch("k", 2, 33, 256, false, out);
        int[] got = Bed.ints(out);
        assertEquals(48, got[0]);
        assertEquals(-24, got[1], "a kernel's own variables come first");
        assertEquals(256, got[2]);
        assertEquals(304, got[3]);
        assertEquals(36, bed.module().kernel("k").staticShared());
    }

    @Test
    void parametersLieAtTheirAlignment() {
        Bed bed = Bed.of("""
                .visible .entry k(.param .u64 out, .param .u8 small, .param .align 8 .b8 pair[16], .param .f32 last) {
                .reg .u64 %out, %p, %q; .reg .u32 %a, %b, %t; .reg .f32 %f;
                ld.param.u64 %out, [out];
                ld.param.u8 %a, [small];
                st.u32 [%out], %a;
                ld.param.u32 %a, [pair+12];
                st.u32 [%out+4], %a;
                ld.param.f32 %f, [last];
                st.f32 [%out+8], %f;
                mov.b64 %p, pair;
                cvta.param.u64 %p, %p;
                mov.u32 %t, %tid.x;
                mad.wide.u32 %p, %t, 4, %p;
                ld.u32 %a, [%p];
                cvta.to.global.u64 %q, %p;
                ld.global.u32 %b, [%q];
                add.u32 %a, %a, %b;
                mad.wide.u32 %p, %t, 4, %out;
                st.u32 [%p+12], %a;
                ret;
                }
                """);
        Kernel kernel = bed.module().kernel("k");
        assertArrayEquals(new int[] {0, 8, 16, 32}, kernel.parameters().stream().mapToInt(Kernel.Parameter::offset).toArray());
        assertArrayEquals(new int[] {8, 1, 16, 4}, kernel.parameters().stream().mapToInt(Kernel.Parameter::bytes).toArray());
        byte[] arguments = new byte[36];
        Allocation out = bed.ints(new int[7]);
        Transfer.put(arguments, 0, Long.BYTES, out.base());
        arguments[8] = (byte) 200;
        for (int k = 0; k < 4; k++) {
            Transfer.put(arguments, 16 + 4 * k, Integer.BYTES, 11 * (k + 1));
        }
        Transfer.put(arguments, 32, Integer.BYTES, Float.floatToIntBits(2.5f));
        new Machine(bed.space(), Bed.LIMITS, 1, text -> { }).run(new Launch(kernel, 1, 1, 1, 4, 1, 1, 0, arguments, false),
                new org.jengine.softcuda.work.Turn(1, "k", "test", earlier -> true), java.util.List.of());
        assertArrayEquals(new int[] {200, 44, Float.floatToIntBits(2.5f), 22, 44, 66, 88}, Bed.ints(out));
    }

    @Test
    void asynchronousCopiesArriveWhenTheyAreWaitedFor() {
        Bed bed = Bed.of("""
                .visible .entry k(.param .u64 out, .param .u64 in) {
                .reg .u64 %out, %in; .reg .u32 %t, %s, %a, %n;
                .shared .align 16 .b8 s[4096];
                ld.param.u64 %out, [out]; ld.param.u64 %in, [in];
                mov.u32 %t, %tid.x;
                mov.u32 %s, s;
                mad.lo.u32 %s, %t, 16, %s;
                mad.wide.u32 %in, %t, 16, %in;
                mad.wide.u32 %out, %t, 20, %out;
                mov.u32 %a, 7;
                st.shared.v4.u32 [%s], {%a, %a, %a, %a};
                st.shared.v4.u32 [%s+1024], {%a, %a, %a, %a};
                cp.async.cg.shared.global [%s], [%in], 16;
                cp.async.commit_group;
                mov.u32 %n, 4;
                cp.async.ca.shared.global [%s+1024], [%in], 8, %n;
                cp.async.commit_group;
                ld.shared.u32 %a, [%s];
                st.global.u32 [%out], %a;
                cp.async.wait_group 1;
                ld.shared.u32 %a, [%s+12];
                st.global.u32 [%out+4], %a;
                ld.shared.u32 %a, [%s+1024];
                st.global.u32 [%out+8], %a;
                cp.async.wait_all;
                ld.shared.u32 %a, [%s+1024];
                st.global.u32 [%out+12], %a;
                ld.shared.u32 %a, [%s+1028];
                st.global.u32 [%out+16], %a;
                ret;
                }
                """);
        Allocation out = bed.ints(new int[5 * 40]);
        Allocation in = bed.ints(IntStream.range(100, 100 + 4 * 40).toArray());
        bed.launch("k", 1, 40, 0, false, out, in);
        int[] got = Bed.ints(out);
        for (int t = 0; t < 40; t++) {
            assertArrayEquals(new int[] {7, 103 + 4 * t, 7, 100 + 4 * t, 0}, Arrays.copyOfRange(got, 5 * t, 5 * t + 5), "thread " + t);
        }
    }

    @Test
    void registersWithoutATypeHoldFloatsAndIntegers() {
        int[] got = Bed.kernel(".reg .b32 %a, %b, %c, %d; .reg .b64 %x, %y; .reg .pred %p;", """
                cvt.rn.f32.u32 %a, %t;
                mov.b32 %b, 0f3F800000;
                add.f32 %c, %a, %b;
                mul.f32 %c, %c, %c;
                setp.gt.f32 %p, %c, 0f42000000;
                selp.b32 %d, %c, %b, %p;
                and.b32 %d, %d, 0x7fffffff;
                cvt.f64.f32 %x, %c;
                add.f64 %y, %x, 0d3FF0000000000000;
                cvt.rn.f32.f64 %a, %y;
                mov.b64 %x, {%d, %a};
                st.global.b64 [%out], %x;
                ld.global.b32 %a, [%out];
                add.f32 %a, %a, %b;
                st.global.b32 [%mine], %a;
                """).run(1, 2);
        assertArrayEquals(new int[] {Float.floatToIntBits(2f), Float.floatToIntBits(2f)}, got);
    }
}

package org.jengine.softcuda.simt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.memory.Allocation;
import org.junit.jupiter.api.Test;

/** Functions that every device has. */
class DeviceCallTest {
    private static final String EXTERN = """
            .extern .func (.param .b32 r) vprintf(.param .b64 f, .param .b64 a);
            .extern .func (.param .b64 r) malloc(.param .b64 n);
            .extern .func free(.param .b64 p);
            """;

    private static String bytes(String name, String text) {
        StringJoiner list = new StringJoiner(", ");
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            list.add(Integer.toString(b));
        }
        return ".global .align 1 .b8 " + name + "[" + bytes.length + "] = {" + list + "};\n";
    }

    @Test
    void kernelsPrint() {
        Bed bed = Bed.of(EXTERN + bytes("format", "%d|%5.2f|%s|%08llx|%u|%-4i|%g|%%|%c\n") + bytes("word", "abc") + """
                .visible .entry k(.param .u64 out) {
                .local .align 8 .b8 l[64];
                .reg .u64 %f, %a; .reg .u32 %t, %r;
                mov.u32 %t, %tid.x;
                mov.u64 %a, l;
                st.local.u32 [%a], %t;
                st.local.f64 [%a+8], 0d400921FB54442D18;
                mov.u64 %f, word;
                st.local.u64 [%a+16], %f;
                st.local.u64 [%a+24], 0xabcdef;
                st.local.u32 [%a+32], -1;
                st.local.u32 [%a+36], -7;
                st.local.f64 [%a+40], 0d3FE0000000000000;
                st.local.u32 [%a+48], 65;
                cvta.local.u64 %a, %a;
                mov.u64 %f, format;
                cvta.global.u64 %f, %f;
                { .param .b64 p0; .param .b64 p1; .param .b32 ret; st.param.b64 [p0], %f; st.param.b64 [p1], %a;
                call.uni (ret), vprintf, (p0, p1);
                ld.param.b32 %r, [ret]; }
                ld.param.u64 %f, [out];
                mad.wide.u32 %f, %t, 4, %f;
                st.u32 [%f], %r;
                ret;
                }
                """);
        Allocation out = bed.ints(0, 0);
        bed.launch("k", 1, 2, 0, false, out);
        String line = "| 3.14|abc|00abcdef|4294967295|-7  |0.5|%|A\n";
        assertEquals("0" + line + "1" + line, bed.printed());
        assertArrayEquals(new int[] {8, 8}, Bed.ints(out));
    }

    @Test
    void memoryIsTakenAndGivenBack() {
        String body = """
                .visible .entry k(.param .u64 out) {
                .reg .u64 %%p, %%o; .reg .u32 %%t;
                mov.u32 %%t, %%tid.x;
                { .param .b64 p0; .param .b64 ret; st.param.b64 [p0], 8;
                call (ret), malloc, (p0);
                ld.param.b64 %%p, [ret]; }
                st.u32 [%%p+4], %%t;
                ld.u32 %%t, [%%p+4];
                ld.param.u64 %%o, [out];
                red.global.add.u32 [%%o], %%t;
                add.u64 %%p, %%p, %d;
                { .param .b64 p0; st.param.b64 [p0], %%p; call free, (p0); }
                ret;
                }
                """;
        Bed bed = Bed.of(EXTERN + body.formatted(0));
        Allocation out = bed.ints(0);
        bed.launch("k", 1, 5, 0, false, out);
        assertArrayEquals(new int[] {10}, Bed.ints(out));
        assertEquals(4, bed.space().liveBytes());
        Bed wrong = Bed.of(EXTERN + body.formatted(1));
        assertThrows(Fault.class, () -> wrong.launch("k", 1, 1, 0, false, wrong.ints(0)));
    }
}

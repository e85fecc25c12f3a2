package org.jengine.softcuda.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.ptx.PtxModule;
import org.junit.jupiter.api.Test;

/** What is told of kernels' registers: by the assembler where there is one, else about that. */
class RegistersTest {
    private static final String HEAD = ".version 7.0\n.target sm_80\n.address_size 64\n.visible .entry k(.param .u64 to) {\n"
            + ".reg .pred %p;\n.reg .b32 %r<99>;\n.reg .b64 %rd<9>;\nld.param.u64 %rd1, [to];\ncvta.to.global.u64 %rd2, %rd1;\n";

    private static int estimate(String body) {
        return RegisterEstimate.of(PtxModule.parse(HEAD + body + "ret;\n}\n"), "k");
    }

    /** So many loads, then a sum of them all. */
    private static String loads(int count) {
        StringBuilder text = new StringBuilder();
        for (int k = 1; k <= count; k++) {
            text.append("ld.global.u32 %r").append(k).append(", [%rd2+").append(4 * k).append("];\n");
        }
        for (int k = 2; k <= count; k++) {
            text.append("add.u32 %r1, %r1, %r").append(k).append(";\n");
        }
        return text.append("st.global.u32 [%rd2], %r1;\n").toString();
    }

    @Test
    void whatIsHeldAtOnceIsCounted() {
        assertEquals(16, estimate(loads(2)));
        assertEquals(8 + 30, estimate(loads(30)));
        assertEquals(8 + 30, estimate(loads(30) + loads(20)));
    }

    @Test
    void whatCameIntoALoopIsHeldUntilItsEnd() {
        String uses = "add.u32 %r1, %r1, %r2;\n";
        String loop = "mov.u32 %r90, %tid.x;\n" + loads(20) + "mov.u32 %r91, %ntid.x;\nL:\nadd.u32 %r1, %r90, %r91;\n" + loads(20)
                + "setp.ne.u32 %p, %r1, 0;\n@%p bra L;\n";
        assertEquals(8 + 20 + 2, estimate(loop));
        assertTrue(estimate(loads(20) + uses) < estimate(loop));
    }

    /** Estimates of compiled kernels are not far from what NVIDIA's assembler says. */
    @Test
    void estimatesAreNearTheAssemblers() throws IOException {
        List<String> far = new ArrayList<>();
        int seen = 0;
        for (String name : List.of("reduction", "scan", "transpose", "softmax", "layer_norm", "net", "tensor_product", "histogram")) {
            String text;
            try (InputStream in = RegistersTest.class.getResourceAsStream("/textbook/" + name + ".ptx")) {
                // The assembler in the jar ends at 8.0, and nothing here is newer than 7.0.
                text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace(".version 9.0", ".version 7.0");
            }
            String log = PtxCompiler.assemble(text, "sm_80");
            assumeTrue(log != null, "JCuda's assembler does not run here");
            Map<String, Integer> assembled = new HashMap<>();
            assertTrue(Registers.parse(log, assembled), log);
            PtxModule module = PtxModule.parse(text);
            for (Map.Entry<String, Integer> kernel : assembled.entrySet()) {
                int about = RegisterEstimate.of(module, kernel.getKey());
                seen++;
                if (2 * about < kernel.getValue() || about > 2 * Math.max(kernel.getValue(), 12)) {
                    far.add(kernel + " by the assembler, about " + about);
                }
            }
        }
        assertTrue(seen >= 15, seen + " kernels");
        assertEquals(List.of(), far);
    }

    @Test
    void everyKernelHasANumber() {
        String text = HEAD + loads(30) + "ret;\n}\n";
        Map<String, Integer> found = Registers.of(text, PtxModule.parse(text), 9, 0);
        assertNotNull(found.get("k"));
        assertTrue(found.get("k") >= 8 && found.get("k") <= 64, found.toString());
        // No assembler takes what is for no GPU.
        String none = text.replace("sm_80", "sm_75").replace("add.u32 %r1, %r1, %r2", "add.u32 %r1, %r1, %r2, %r3");
        assertEquals(8 + 30, Registers.of(none, PtxModule.parse(text), 9, 0).get("k"));
    }
}

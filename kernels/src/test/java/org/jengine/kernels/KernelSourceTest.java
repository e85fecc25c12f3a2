package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KernelSourceTest {
    /** A ReLU with macros; only what its text depends on is of interest. */
    private record Def(String entry, Map<String, String> constants) implements KernelDef {
        @Override
        public List<Param> params() {
            return List.of();
        }

        @Override
        public long elements(String buffer, Args sizes) {
            return 0;
        }

        @Override
        public Grid grid(Args sizes) {
            return new Grid(1, 1, 1, 1);
        }

        @Override
        public void reference(Args a) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Case> cases() {
            return List.of();
        }
    }

    /** Programs are filed under the hash from run to run, while {@link Map#of} changes its order with each. */
    @Test
    void theTextDoesNotHangOnTheOrderOfTheConstants() {
        Map<String, String> forth = new LinkedHashMap<>();
        Map<String, String> back = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            forth.put("C" + i, "" + i);
            back.put("C" + (4 - i), "" + (4 - i));
        }
        KernelSource source = KernelSource.of(new Def("relu_fwd_f32", forth));
        assertEquals(source, KernelSource.of(new Def("relu_fwd_f32", back)));
        assertEquals(source.hash(), KernelSource.of(new Def("relu_fwd_f32", back)).hash());
        assertTrue(source.text().startsWith("#define REAL_F32\n#define C0 0\n#define C1 1\n"), source.text());
        assertNotEquals(source.hash(), KernelSource.of(new Def("relu_fwd_bf16", forth)).hash());
        assertNotEquals(source.hash(), KernelSource.of(new Def("relu_fwd_f32", Map.of("C0", "1"))).hash());
    }

    @Test
    void includesStandInTheTextOnce() {
        String text = KernelSource.of(NormStats.of(DType.BF16)).text();
        assertTrue(text.startsWith("#define REAL_BF16\n"), text);
        assertEquals(text.indexOf("#define JENGINE_PORTABLE_H"), text.lastIndexOf("#define JENGINE_PORTABLE_H"));
        assertTrue(text.contains("stride_of(int channels)") && !text.contains("#include"), text);
    }

    @Test
    void aTargetHasItsOwnTextOrTheNearestThatItCanRun() {
        KernelDef adam = Adam.of(DType.F32);
        assertTrue(KernelSource.of(adam).text().contains("#line 1 \"adam.cu\"\n"));
        assertTrue(KernelSource.of(adam, Target.CUDA).text().contains("#line 1 \"adam.cuda.cu\"\n"));
        assertEquals(KernelSource.of(adam, Target.CUDA), KernelSource.of(adam, Target.SM80));
        KernelDef sum = SumPartials.of();
        assertEquals(KernelSource.of(sum), KernelSource.of(sum, Target.SM80));
    }

    @Test
    void aMissingTextIsNamed() {
        Def def = new Def("soft_plus_f32", Map.of());
        String message = assertThrows(IllegalArgumentException.class, () -> KernelSource.of(def)).getMessage();
        assertEquals("there is no kernel text soft_plus.cu", message);
    }
}

package org.jengine.softcuda.simt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.memory.Allocation;
import org.junit.jupiter.api.Test;

/** What watches are told. */
class WatchTest {
    /** Writes down all that it is told. */
    private static final class Diary implements Watch {
        private final List<String> lines = new ArrayList<>();
        private Kernel kernel;

        private String text(int pc) {
            String text = kernel.text(pc).replaceAll("^@!?%p ", "");
            return text.substring(0, text.indexOf(' ') < 0 ? text.length() : text.indexOf(' '));
        }

        private static String lanes(long[] active) {
            StringBuilder text = new StringBuilder();
            for (int k = 0; k < active.length * Long.SIZE; k++) {
                if ((active[k / Long.SIZE] >>> k & 1) != 0) {
                    text.append(text.length() == 0 ? "" : " ").append(k);
                }
            }
            return text.toString();
        }

        @Override
        public void blockStarts(long block, int threads) {
            lines.add("start " + block + " " + threads);
        }

        @Override
        public void blockContinues(long block) {
            lines.add("continue " + block);
        }

        @Override
        public void blockEnds() {
            lines.add("end");
        }

        @Override
        public void global(int pc, Access access, Allocation allocation, long[] offsets, long[] active, int bytes) {
            StringBuilder text = new StringBuilder();
            for (String lane : lanes(active).split(" ")) {
                text.append(" ").append(lane).append(":").append(offsets[Integer.parseInt(lane)]);
            }
            lines.add(access + " " + allocation.label() + text + " x" + bytes);
        }

        @Override
        public void shared(int pc, Access access, int[] addresses, long[] active, int bytes) {
            StringBuilder text = new StringBuilder();
            for (String lane : lanes(active).split(" ")) {
                text.append(" ").append(lane).append(":").append(addresses[Integer.parseInt(lane)]);
            }
            lines.add(access + " shared" + text + " x" + bytes);
        }

        @Override
        public void barrier(int pc, long[] active) {
            lines.add("barrier " + lanes(active));
        }

        @Override
        public void warpBarrier(int pc, long[] active) {
            lines.add("warp barrier " + lanes(active));
        }

        @Override
        public void executes(int pc, long[] active, boolean parted) {
            lines.add(text(pc) + " " + lanes(active) + (parted ? " parted" : ""));
        }
    }

    private static List<String> told(String registers, String body, int threads) {
        Diary diary = new Diary();
        Bed bed = Bed.kernel(registers, body).watch(diary);
        diary.kernel = bed.module().kernel("k");
        bed.run(threads, 8);
        // The head of the kernel is the same everywhere.
        List<String> lines = new ArrayList<>(diary.lines);
        assertEquals("start 0 " + threads, lines.remove(0));
        assertEquals("end", lines.remove(lines.size() - 1));
        for (String start : List.of("ld.param.u64", "cvta.to.global.u64", "mov.u32", "mad.wide.u32")) {
            assertEquals(start, lines.remove(0).split(" ")[0]);
        }
        return lines;
    }

    @Test
    void stepsAccessesAndBarriersAreToldInTheirOrder() {
        assertEquals(List.of("setp.lt.u32 0 1 2 3", "bra 0 1 parted", "st.global.u32 2 3 parted", "STORE ints 2:8 3:12 x4",
                "bar.warp.sync 0 1 2 3", "warp barrier 0 1 2 3", "st.shared.v2.u32 0 1 2 3",
                "STORE shared 0:8 1:8 2:8 3:8 x8", "bar.sync 0 1 2 3",
                "barrier 0 1 2 3",
                "red.global.add.u32 0 1 parted", "ATOMIC ints 0:4 1:4 x4", "ret; 0 1 2 3"),
                told(".reg .pred %p; .shared .align 8 .u32 s[4];", """
                        setp.lt.u32 %p, %t, 2;
                        @%p bra B;
                        st.global.u32 [%mine], %t;
                        B:
                        bar.warp.sync -1;
                        st.shared.v2.u32 [s+8], {%t, %t};
                        bar.sync 0;
                        @%p red.global.add.u32 [%out+4], %t;
                        """, 4));
    }

    @Test
    void scatteredAccessesAreToldByAllocation() {
        List<String> lines = told(".reg .pred %p; .reg .u64 %q;", """
                mul.wide.u32 %q, %t, 8;
                add.u64 %q, %q, %out;
                ld.global.u32 %t, [%q];
                """, 3);
        assertTrue(lines.contains("LOAD ints 0:0 1:8 2:16 x4"), lines.toString());
    }

    @Test
    void blocksThatTakeTurnsAreToldApart() {
        Diary diary = new Diary();
        Bed bed = Bed.of("""
                .global .u32 come;
                .visible .entry k(.param .u64 out) {
                .reg .u32 %a; .reg .pred %p;
                red.global.add.u32 [come], 1;
                SPIN:
                ld.volatile.global.u32 %a, [come];
                setp.lt.u32 %p, %a, 2;
                @%p bra SPIN;
                ret;
                }
                """).watch(diary);
        diary.kernel = bed.module().kernel("k");
        bed.launch("k", 2, 1, 0, true, bed.ints(0));
        List<String> turns = diary.lines.stream().filter(s -> s.matches("(start|continue|end).*")).toList();
        assertEquals(4 + 1, turns.size(), turns.toString());
        assertTrue(turns.get(0).startsWith("start ") && turns.get(1).startsWith("start "), turns.toString());
        assertEquals("end", turns.get(2));
        assertEquals(turns.get(0).replace("start", "continue").replace(" 1", ""), turns.get(3).replace(" 1", ""));
    }
}

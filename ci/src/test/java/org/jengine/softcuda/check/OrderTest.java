package org.jengine.softcuda.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jengine.softcuda.check.Report.Rule;
import org.jengine.softcuda.memory.Allocation;
import org.junit.jupiter.api.Test;

/** Kernels against other turns, and against memory that nobody wrote. */
class OrderTest {
    private static Script script() {
        return new Script(64).kernel("ld.global.f32 %f1, [%rd1];", "st.global.f32 [%rd2], %f1;",
                "ld.global.v4.f32 {%f1,%f2,%f3,%f4}, [%rd1];", "red.global.add.f32 [%rd1], %f1;");
    }

    @Test
    void aKernelReadsWhatAnEarlierTurnWrote() {
        Script right = script();
        Allocation x = right.fresh(4096);
        right.launch().block(0).global(1, x, 4, t -> 4 * t).end();
        right.launch().block(0).global(0, x, 4, t -> 4 * (63 - t)).end();
        right.view.readBytes(right.turn("cuMemcpyDtoH"), x.base(), 256);
        assertEquals(List.of(), right.rules());
        right.view.readBytes(right.turn("cuMemcpyDtoH"), x.base(), 257);
        assertEquals(List.of(Rule.UNINITIALISED), right.rules());
    }

    @Test
    void aKernelMayNotReadFreshMemory() {
        Script wrong = script();
        Allocation x = wrong.fresh(4096);
        wrong.launch().block(0).global(1, x, 4, t -> t != 21, t -> 4 * t).barrier(0).global(2, x, 16, t -> t < 16, t -> 16 * t);
        assertEquals(List.of(Rule.UNINITIALISED), wrong.rules());
        Report report = wrong.reports.all().get(0);
        assertTrue(report.message().contains("offset 84 of fresh memory"), report.message());
        assertTrue(report.where().contains("thread (5,0,0): ld.global.v4.f32"), report.where());
    }

    @Test
    void anAtomicReadsToo() {
        Script wrong = script();
        Allocation x = wrong.fresh(4096);
        wrong.launch().block(0).global(3, x, 4, t -> 0);
        assertEquals(List.of(Rule.UNINITIALISED), wrong.rules());
    }

    @Test
    void aKernelMustBeOrderedAfterTheCopyThatFeedsIt() {
        Script wrong = script();
        Allocation x = wrong.memory(8192);
        int upload = 1;
        wrong.launch(wrong.turn("relu", earlier -> earlier != upload)).block(2).global(0, x, 4, t -> 4096 + 4 * t).end();
        assertEquals(List.of(Rule.STREAM_ORDER), wrong.rules());
        String where = wrong.reports.all().get(0).where();
        assertTrue(where.contains("block (2,0,0)") && where.contains("in relu (turn 2, stream 1)"), where);
        assertTrue(where.endsWith("the other side: upload (turn 1, stream 1)"), where);
    }

    @Test
    void aCopyMustBeOrderedAfterTheKernelThatFillsIt() {
        Script wrong = script();
        Allocation x = wrong.memory(8192);
        wrong.launch().block(0).global(1, x, 4, t -> 8 * t).end();
        wrong.view.readBytes(wrong.turn("between", earlier -> earlier != 2), x.base() + 4, 4);
        wrong.view.writeBytes(wrong.turn("between", earlier -> earlier != 2), x.base() + 12, new byte[4]);
        assertEquals(List.of(), wrong.rules());
        wrong.view.readBytes(wrong.turn("cuMemcpyDtoH", earlier -> earlier != 2), x.base(), 8);
        assertEquals(List.of(Rule.STREAM_ORDER), wrong.rules());
    }

    @Test
    void turnsThatOnlyReadNeedNoOrder() {
        Script right = script();
        Allocation x = right.memory(8192);
        right.launch(right.turn("a", earlier -> earlier == 1)).block(0).global(0, x, 4, t -> 4 * t).end();
        right.launch(right.turn("b", earlier -> earlier == 1)).block(0).global(0, x, 4, t -> 4 * t).end();
        assertEquals(List.of(), right.rules());
        right.launch(right.turn("c", earlier -> earlier != 2)).block(0).global(1, x, 4, t -> t == 9, t -> 4 * t).end();
        assertEquals(List.of(Rule.STREAM_ORDER), right.rules());
    }

    @Test
    void neighboursInAPageAreNoConflict() {
        Script right = script();
        Allocation x = right.memory(8192);
        right.launch(right.turn("a", earlier -> earlier == 1)).block(0).global(1, x, 4, t -> 4 * t).end();
        right.launch(right.turn("b", earlier -> earlier == 1)).block(0).global(1, x, 4, t -> 256 + 4 * t).end();
        right.launch(right.turn("c", earlier -> earlier == 1)).block(0).global(1, x, 1, t -> 512 + t).end();
        right.launch(right.turn("d", earlier -> earlier == 1)).block(0).global(1, x, 1, t -> 576 + 63 - t).end();
        assertEquals(List.of(), right.rules());
    }
}

package org.jengine.softcuda.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Report.Rule;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.work.Turn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Ranges of device memory: where they may lie, what was written there, and which turns may touch them. */
class CheckedViewTest {
    private final AddressSpace space = new AddressSpace();
    private final List<Report> told = new ArrayList<>();
    private final CheckedView view = new CheckedView(space, new Reports(told::add));
    private int turns;

    private Turn turn(String name) {
        return turn(name, earlier -> true);
    }

    private Turn turn(String name, Turn.Order order) {
        return new Turn(++turns, name, "stream 1", order);
    }

    private Allocation device(long bytes) {
        return space.allocate(Allocation.Kind.DEVICE, bytes, "a");
    }

    private List<Rule> rules() {
        return told.stream().map(Report::rule).toList();
    }

    private static Report fault(Executable access) {
        return assertThrows(Fault.class, access).report();
    }

    @Test
    void bytesAndFloatsComeBackAcrossPages() {
        Allocation a = device(Allocation.PAGE + 16384);
        float[] floats = new float[3000];
        Random random = new Random(1);
        for (int i = 0; i < floats.length; i++) {
            floats[i] = random.nextFloat();
        }
        long at = a.base() + Allocation.PAGE - 4000;
        assertEquals(Rule.MISALIGNED, fault(() -> view.writeFloats(turn("w"), at - 2, floats)).rule());
        view.writeFloats(turn("w"), at, floats);
        assertArrayEquals(floats, view.readFloats(turn("r"), at, floats.length));
        byte[] bytes = new byte[5000];
        random.nextBytes(bytes);
        view.writeBytes(turn("w"), at + 1, bytes);
        assertArrayEquals(bytes, view.readBytes(turn("r"), at + 1, bytes.length));
        assertEquals(List.of(), told);
    }

    @Test
    void copiesMoveBytesBothWaysOverThemselves() {
        int count = Allocation.PAGE + 5000;
        byte[] bytes = new byte[count];
        new Random(2).nextBytes(bytes);
        Allocation a = device(count + 3000);
        view.writeBytes(turn("w"), a.base(), bytes);
        view.copy(turn("c"), a.base() + 3000, a.base(), count);
        assertArrayEquals(bytes, view.readBytes(turn("r"), a.base() + 3000, count));
        view.copy(turn("c"), a.base(), a.base() + 3000, count);
        assertArrayEquals(bytes, view.readBytes(turn("r"), a.base(), count));
    }

    @Test
    void fillsRepeatTheLowestBytes() {
        Allocation a = device(64);
        view.fill(turn("f"), a.base(), 0x04030201, 2, 5);
        assertArrayEquals(new byte[] {1, 2, 1, 2, 1, 2, 1, 2, 1, 2}, view.readBytes(turn("r"), a.base(), 10));
        view.fill(turn("f"), a.base() + 4, 0x04030201, 4, 1);
        assertArrayEquals(new byte[] {1, 2, 1, 2, 1, 2, 3, 4, 1, 2}, view.readBytes(turn("r"), a.base(), 10));
        assertEquals(Rule.MISALIGNED, fault(() -> view.fill(turn("f"), a.base() + 2, 0, 4, 1)).rule());
        assertEquals(List.of(), told);
    }

    @Test
    void aRangePastTheEndIsAFaultWithTheNearestAllocation() {
        Allocation a = device(100);
        Report report = fault(() -> view.writeBytes(turn("cuMemcpyHtoD"), a.base() + 96, new byte[5]));
        assertEquals(Rule.OUT_OF_BOUNDS, report.rule());
        assertTrue(report.message().contains("starts at offset 96 and reaches 1 bytes past the end of a ["), report.message());
        assertTrue(report.where().contains("cuMemcpyHtoD (turn 1, stream 1)"), report.where());
        assertTrue(fault(() -> view.readBytes(turn("r"), a.base() + 100, 1)).message().contains("is 0 bytes past the end"));
        view.writeBytes(turn("w"), a.base() + 96, new byte[4]);
        view.writeBytes(turn("w"), a.base() + 100, new byte[0]);
        assertEquals(List.of(), told);
    }

    @Test
    void freedMemoryIsNamedWithWhoFreedIt() {
        Allocation a = device(100);
        space.free(a, "cuMemFree");
        Report report = fault(() -> view.readBytes(turn("r"), a.base() + 4, 1));
        assertEquals(Rule.USE_AFTER_FREE, report.rule());
        assertTrue(report.message().endsWith("freed by cuMemFree"), report.message());
    }

    @Test
    void pointersOfTheWrongSideAreTold() {
        Allocation a = device(100);
        assertEquals(Rule.HOST_POINTER, fault(() -> view.readBytes(turn("r"), 0x7f12_3456_7000L, 4)).rule());
        assertTrue(fault(() -> view.readBytes(turn("r"), 0, 4)).message().contains("null"));
        assertEquals(Rule.DEVICE_POINTER, Addresses.notHost(space, a.base() + 8, "the destination of cuMemcpyDtoH", "").rule());
        assertNull(Addresses.notHost(space, 0x7f12_3456_7000L, "the destination of cuMemcpyDtoH", ""));
    }

    @Test
    void readingWhatNobodyWroteIsToldWithTheFirstByte() {
        Allocation a = device(10000);
        view.writeBytes(turn("w"), a.base(), new byte[5000]);
        view.readBytes(turn("r"), a.base(), 5000);
        assertEquals(List.of(), told);
        view.readBytes(turn("r"), a.base() + 10, 5000);
        assertEquals(List.of(Rule.UNINITIALISED), rules());
        assertTrue(told.get(0).message().contains("offset 5000 of a"), told.get(0).message());
    }

    @Test
    void aCopyCarriesWhatWasNeverWritten() {
        Allocation a = device(10000);
        Allocation b = device(10000);
        view.fill(turn("f"), b.base(), 0, 1, 10000);
        view.writeBytes(turn("w"), a.base(), new byte[4095]);
        view.copy(turn("c"), b.base() + 1, a.base(), 6000);
        view.readBytes(turn("r"), b.base(), 4096);
        view.readBytes(turn("r"), b.base() + 6001, 3999);
        assertEquals(List.of(), told);
        view.readBytes(turn("r"), b.base() + 4096, 1);
        assertEquals(List.of(Rule.UNINITIALISED), rules());
    }

    @Test
    void variablesOfModulesAreZeroAndSoWritten() {
        Allocation a = space.allocate(Allocation.Kind.GLOBAL, 100, "counter");
        assertArrayEquals(new byte[4], view.readBytes(turn("r"), a.base(), 4));
        assertEquals(List.of(), told);
    }

    @Test
    void turnsThatNothingOrdersMayNotWriteWhatTheOtherTouches() {
        Allocation a = device(10000);
        view.writeBytes(turn("first"), a.base(), new byte[10000]);
        view.readBytes(turn("reader", earlier -> earlier == 1), a.base() + 100, 100);
        view.readBytes(turn("other reader", earlier -> earlier == 1), a.base() + 100, 100);
        view.writeBytes(turn("elsewhere", earlier -> earlier == 1), a.base() + 200, new byte[100]);
        assertEquals(List.of(), told);
        view.writeBytes(turn("writer", earlier -> earlier != 2), a.base() + 199, new byte[1]);
        assertEquals(List.of(Rule.STREAM_ORDER), rules());
        assertTrue(told.get(0).message().contains("is not ordered after reader (turn 2, stream 1)"), told.get(0).message());
        view.readBytes(turn("late", earlier -> earlier != 4), a.base() + 250, 10);
        assertEquals(List.of(Rule.STREAM_ORDER, Rule.STREAM_ORDER), rules());
        view.readBytes(turn("all over", earlier -> true), a.base(), 10000);
        assertEquals(2, told.size());
    }

    @Test
    void memoryIsFreedAfterAllThatTouchIt() {
        Allocation a = device(100);
        view.writeBytes(turn("w"), a.base(), new byte[100]);
        view.freed(turn("cuMemFreeAsync"), a);
        assertEquals(List.of(), told);
        view.freed(turn("cuMemFreeAsync", earlier -> false), a);
        assertEquals(List.of(Rule.FREED_WHILE_QUEUED), rules());
    }

    @Test
    void aPlainViewLooksAtBoundsOnly() {
        Allocation a = device(100);
        PlainView plain = new PlainView(space);
        assertArrayEquals(new byte[8], plain.readBytes(turn("r"), a.base(), 8));
        assertEquals(Rule.OUT_OF_BOUNDS, fault(() -> plain.readBytes(turn("r"), a.base() + 93, 8)).rule());
    }
}

package org.jengine.softcuda.check;

import java.util.HashSet;
import java.util.Set;
import org.jengine.softcuda.check.Report.Rule;
import org.jengine.softcuda.memory.Addresses;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.memory.Shadows;
import org.jengine.softcuda.simt.Kernel;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.work.Turn;

/** Words for what a launch does wrong; a fault is told once for each pair of instructions. */
final class LaunchReports {
    private final Launch launch;
    private final Turn turn;
    private final Shadows shadows;
    private final Reports reports;
    private final Set<Long> told = new HashSet<>();

    LaunchReports(Launch launch, Turn turn, Shadows shadows, Reports reports) {
        this.launch = launch;
        this.turn = turn;
        this.shadows = shadows;
        this.reports = reports;
    }

    /**
     * A conflict of two threads.
     *
     * @param allocation the memory, or null for shared memory
     * @param offset     in the allocation, or the address in shared memory
     * @param otherBlock the other side's block, -1 if it is not known any more
     */
    record Race(Allocation allocation, long offset, int pc, long block, int thread, int otherPc, long otherBlock, int otherThread) {
    }

    void race(Race race) {
        Rule rule = race.allocation == null ? Rule.SHARED_RACE : Rule.GLOBAL_RACE;
        if (first(rule, race.pc, race.otherPc)) {
            String message = "two threads touch " + place(race.allocation, race.offset) + " and nothing orders them";
            String where = side(race.pc, race.block, race.thread) + "\nthe other side, earlier: "
                    + side(race.otherPc, race.otherBlock, race.otherThread);
            tell(new Report(rule, message, where), race.pc, race.otherPc);
        }
    }

    /** Memory that a copy, which nobody has waited for, is on its way to, or that it takes while somebody writes there. */
    void tooEarly(Allocation allocation, long offset, int pc, long block, int thread, int copyPc, int copyThread, boolean taken) {
        Rule rule = allocation == null ? Rule.SHARED_RACE : Rule.GLOBAL_RACE;
        if (first(rule, pc, copyPc)) {
            String message = place(allocation, offset) + (taken ? " is written before the asynchronous copy from it was waited for"
                    : " is touched before the asynchronous copy to it was waited for");
            String where = side(pc, block, thread) + "\nthe other side, earlier: " + side(copyPc, block, copyThread);
            tell(new Report(rule, message, where), pc, copyPc);
        }
    }

    /** A block has ended while a bulk copy may still use its shared memory. */
    void leftUnderway(long block, int pc, int thread) {
        if (first(Rule.SHARED_RACE, pc, -1)) {
            String message = "the block ends before a bulk copy that uses its shared memory was waited for";
            tell(new Report(Rule.SHARED_RACE, message, side(pc, block, thread)), pc, -1);
        }
    }

    /** A bulk copy takes what a thread wrote, and no fence tells it of that. */
    void unfenced(int address, int pc, long block, int thread, int otherPc, int otherThread) {
        if (first(Rule.SHARED_RACE, pc, otherPc)) {
            String message = "a bulk copy takes " + place(null, address) + " with no fence.proxy.async behind what wrote it";
            String where = side(pc, block, thread) + "\nthe other side, earlier: " + side(otherPc, block, otherThread);
            tell(new Report(Rule.SHARED_RACE, message, where), pc, otherPc);
        }
    }

    void uninitialised(Allocation allocation, long offset, int pc, long block, int thread) {
        if (first(Rule.UNINITIALISED, pc, -1)) {
            String message = "a read of bytes that nobody wrote, at " + place(allocation, offset);
            tell(new Report(Rule.UNINITIALISED, message, side(pc, block, thread)), pc, -1);
        }
    }

    void unordered(Allocation allocation, long offset, int pc, long block, int thread, int otherTurn) {
        if (first(Rule.STREAM_ORDER, pc, otherTurn)) {
            String other = shadows.name(otherTurn);
            String message = "an access of " + place(allocation, offset) + " is not ordered after " + other;
            String where = side(pc, block, thread) + "\nin " + shadows.name(turn.number()) + "\nthe other side: " + other;
            tell(new Report(Rule.STREAM_ORDER, message, where), pc, -1);
        }
    }

    /** Whether nothing was found so far. */
    boolean none() {
        return told.isEmpty();
    }

    private boolean first(Rule rule, int pc, int other) {
        return told.add(((long) rule.ordinal() << Integer.SIZE - 4 | pc) << Integer.SIZE | other & 0xffffffffL);
    }

    private void tell(Report report, int pc, int other) {
        reports.add(report, launch.kernel().name() + " " + pc + " " + other);
    }

    private static String place(Allocation allocation, long offset) {
        return allocation == null ? "shared memory at offset " + offset : Addresses.place(allocation, offset);
    }

    /** One side, as in {@code kernel adam, block (1,0,0), thread (5,0,0): ld.global.f32 ... (adam.cu:12, PTX line 40)}. */
    private String side(int pc, long block, int thread) {
        Kernel kernel = launch.kernel();
        String source = kernel.sourceLine(pc);
        String blockName = block < 0 ? "an earlier block" : "block " + triple(block, launch.gridX(), launch.gridY());
        String who = thread == Groups.COPIER ? "its bulk copy" : "thread " + triple(thread, launch.blockX(), launch.blockY());
        return "kernel " + kernel.name() + ", " + blockName + ", " + who + ": "
                + kernel.text(pc).strip() + " (" + (source == null ? "" : source + ", ") + "PTX line " + kernel.ptxLine(pc) + ")";
    }

    private static String triple(long number, int x, int y) {
        return "(" + number % x + "," + number / x % y + "," + number / x / y + ")";
    }
}

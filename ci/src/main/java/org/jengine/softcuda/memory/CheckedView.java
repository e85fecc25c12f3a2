package org.jengine.softcuda.memory;

import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Report.Rule;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.work.Turn;

/** A view that also reports reads of bytes that nobody wrote, and accesses that no order keeps from those of other turns. */
public final class CheckedView extends PlainView {
    private final Shadows shadows;
    private final Reports reports;

    public CheckedView(AddressSpace space, Reports reports) {
        super(space);
        shadows = space.shadows();
        this.reports = reports;
    }

    @Override
    void before(Turn turn, Allocation allocation, long offset, long count, boolean writes) {
        enter(turn);
        touch(turn, allocation, offset, count, writes);
        if (writes) {
            allocation.shadow().setWritten(offset, count);
        } else {
            requireWritten(turn, allocation, offset, count);
        }
    }

    @Override
    void published(Turn turn, Allocation allocation, long offset, long count) {
        enter(turn);
        allocation.shadow().touch(new Ordered(turn), offset, count, true);
        allocation.shadow().setWritten(offset, count);
    }

    @Override
    int awaited(Turn turn, Allocation allocation, long offset, long count) {
        enter(turn);
        requireWritten(turn, allocation, offset, count);
        return allocation.shadow().writer(offset);
    }

    private void requireWritten(Turn turn, Allocation allocation, long offset, long count) {
        long missing = allocation.shadow().unwritten(offset, count);
        if (missing >= 0) {
            reports.add(new Report(Rule.UNINITIALISED, "a read of " + count + " bytes at offset " + offset
                    + " reaches bytes that nobody wrote, the first at " + Addresses.place(allocation, missing), where(turn)),
                    turn.name() + " " + allocation.label());
        }
    }

    @Override
    void beforeCopy(Turn turn, Allocation to, long goal, Allocation from, long start, long count) {
        enter(turn);
        touch(turn, from, start, count, false);
        touch(turn, to, goal, count, true);
        to.shadow().copyWritten(goal, from.shadow(), start, count);
    }

    /**
     * Reports memory that is freed in a turn though another turn that touches it may still run.
     *
     * @param turn the free, in its place among the streams
     */
    @Override
    public void freed(Turn turn, Allocation allocation) {
        enter(turn);
        int other = allocation.shadow().unfinished(new Ordered(turn));
        if (other != 0) {
            reports.add(new Report(Rule.FREED_WHILE_QUEUED, allocation + " is freed and nothing orders that after " + shadows.name(other),
                    where(turn) + "\nthe other side: " + shadows.name(other)), turn.name() + " " + allocation.label());
        }
    }

    /** Reports a use that was performed before, and sees to it that later ones are held against the turn. */
    @Override
    public void begun(Turn turn, Allocation allocation) {
        enter(turn);
        Ordered order = new Ordered(turn);
        int other = allocation.shadow().unfinished(order);
        if (other != 0) {
            reports.add(new Report(Rule.STREAM_ORDER, allocation + " is used by " + shadows.name(other)
                    + ", and nothing orders that after the allocation", where(turn) + "\nthe other side: " + shadows.name(other)),
                    turn.name() + " " + allocation.label());
        }
        allocation.shadow().begun(order);
    }

    private void enter(Turn turn) {
        shadows.settle();
        shadows.enter(turn);
    }

    private void touch(Turn turn, Allocation allocation, long offset, long count, boolean writes) {
        int other = allocation.shadow().touch(new Ordered(turn), offset, count, writes);
        if (other != 0) {
            reports.add(new Report(Rule.STREAM_ORDER, (writes ? "a write" : "a read") + " of " + count + " bytes at "
                    + Addresses.place(allocation, offset) + " is not ordered after " + shadows.name(other),
                    where(turn) + "\nthe other side: " + shadows.name(other)), turn.name() + " " + allocation.label());
        }
    }
}

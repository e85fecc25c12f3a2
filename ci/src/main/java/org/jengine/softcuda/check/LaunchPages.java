package org.jengine.softcuda.check;

import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.memory.Ordered;
import org.jengine.softcuda.memory.Page;
import org.jengine.softcuda.work.Turn;

/** The pages of global memory that a launch has touched. */
final class LaunchPages {
    private final int launch;
    private final Ordered order;
    private final CellPool pool;
    private final List<Page> touched = new ArrayList<>();
    private int settled;

    LaunchPages(int launch, Turn turn, CellPool pool) {
        this.launch = launch;
        order = new Ordered(turn);
        this.pool = pool;
    }

    Ordered order() {
        return order;
    }

    /** Makes the page's cells this launch's. */
    void enter(Page page) {
        if (page.launch != launch) {
            // Before the page is among them: its own cells are about to be used.
            if (pool.spent()) {
                giveUp();
            }
            page.launch = launch;
            page.unordered = !page.ordered(order);
            touched.add(page);
        }
    }

    /**
     * Forgets which threads read pages that nobody wrote, the oldest first, until a part of the budget is free: a data set may be read in
     * one launch that has no room for every byte's reader. A later write of this launch there is then not held against those reads.
     */
    private void giveUp() {
        int goal = settled + (touched.size() - settled + 1) / 2;
        for (; settled < goal; settled++) {
            Page page = touched.get(settled);
            if (page.writes == null && page.launch == launch) {
                end(page);
            }
        }
    }

    private void end(Page page) {
        pool.give(page);
        page.settle(order);
    }

    /** The pages whose cells are in use. */
    List<Page> touched() {
        return touched;
    }

    /** Turns what threads did into marks of the turn. */
    void settle() {
        for (Page page : touched) {
            if (page.launch == launch) {
                end(page);
            }
        }
        touched.clear();
        settled = 0;
    }
}

package org.jengine.softcuda.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jengine.softcuda.memory.Page;

/** Arrays for the cells of pages: a launch takes them, the next one gets the same again. */
final class CellPool {
    /** Most pages' cells are of 4 bytes; those of finer pages are left to the garbage collector. */
    private static final int USUAL = Page.BYTES / 4;

    private final List<int[]> free = new ArrayList<>();
    private final long budget;
    private long out;

    /** @param budget bytes of cells after which pages should be given back early */
    CellPool(long budget) {
        this.budget = budget;
    }

    int[] take(Page page) {
        int cells = page.cells();
        out += cells;
        if (cells == USUAL && !free.isEmpty()) {
            int[] old = free.remove(free.size() - 1);
            Arrays.fill(old, 0);
            return old;
        }
        return new int[cells];
    }

    /** Takes a page's arrays back; the page must be settled next. */
    void give(Page page) {
        give(page.writes);
        give(page.reads);
        give(page.others);
    }

    private void give(int[] cells) {
        if (cells != null) {
            out -= cells.length;
            if (cells.length == USUAL && (long) free.size() * USUAL * Integer.BYTES < budget) {
                free.add(cells);
            }
        }
    }

    /** A page's arrays are {@code times} as long as they were. */
    void grown(Page page, int times) {
        for (int[] cells : new int[][] {page.writes, page.reads, page.others}) {
            out += cells == null ? 0 : cells.length - cells.length / times;
        }
    }

    boolean spent() {
        return out * Integer.BYTES > budget;
    }
}

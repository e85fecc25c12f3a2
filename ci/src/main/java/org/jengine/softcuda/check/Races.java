package org.jengine.softcuda.check;

import java.util.Arrays;
import org.jengine.softcuda.memory.Page;

/**
 * Finds accesses that nothing orders. For every cell the last writer is known, and two readers since: the last, and another one, which is
 * of another block if any reader was. That is enough to find a conflict of a write with any reader.
 *
 * <p>Accesses come as strips: lane k touches {@code width} cells from {@code cell + k * step} on. The loops over whole strips decide nearly
 * always; what they can't decide goes cell by cell.
 */
final class Races {
    /** Is told of conflicts. */
    interface Sink {
        /**
         * @param cell   the cell of the page
         * @param thread the thread that accesses it now
         * @param other  what the cell said: group and thread of the other side
         */
        void race(Page page, int cell, int thread, int other);
    }

    /** Shorter strips are not worth more than one look at each cell. */
    private static final int FEW = 4;

    private final Groups groups;
    private final Instructions instructions;
    private final Syncs syncs;
    private final CellPool pool;
    private final Sink sink;

    private BlockState block;
    private boolean shared;
    private boolean strong;
    private int pc;
    private int mark;
    private int ownFloor;
    private int barrierFloor;

    private Page page;
    private int cell;
    private int lanes;
    private int step;
    private int width;
    private int thread;

    Races(Groups groups, Instructions instructions, Syncs syncs, CellPool pool, Sink sink) {
        this.groups = groups;
        this.instructions = instructions;
        this.syncs = syncs;
        this.pool = pool;
        this.sink = sink;
    }

    /**
     * Says whose accesses come next.
     *
     * @param group    the group they belong to
     * @param together whether blocks run at the same time, so that their groups are mixed
     */
    void begin(BlockState now, int instruction, int group, boolean ofShared, boolean together) {
        block = now;
        shared = ofShared;
        pc = instruction;
        strong = instructions.strong[instruction];
        mark = group << Groups.THREAD_BITS;
        barrierFloor = now.barrier() << Groups.THREAD_BITS;
        // Other blocks' cells of shared memory are no one's; of global memory, only what the block did itself is ordered by its barriers.
        ownFloor = ofShared ? 0 : together ? Integer.MAX_VALUE : now.first() << Groups.THREAD_BITS;
    }

    /** Cells for the page. Those of shared memory end with the launch, and are no part of the budget for what outlasts blocks. */
    private int[] take() {
        return shared ? new int[page.cells()] : pool.take(page);
    }

    /** States the strip: {@code lanes} lanes from {@code thread} on. */
    void strip(Page where, int at, int count, int apart, int wide, int from) {
        page = where;
        cell = at;
        lanes = count;
        step = apart;
        width = wide;
        thread = from;
    }

    void read() {
        int[] writes = page.writes;
        if (writes != null && (lanes < FEW && !shared || page.changed || !free(writes) && !own(writes))) {
            for (int k = 0; k < lanes; k++) {
                for (int c = cell + k * step; c < cell + k * step + width; c++) {
                    readAfterWrite(c, thread + k);
                }
            }
        }
        if (shared) {
            noteReadOfShared();
        } else {
            noteRead();
        }
    }

    void write() {
        if (strong) {
            change();
            return;
        }
        int[] writes = page.writes;
        boolean overlap = lanes > 1 && Math.abs(step) < width;
        if (writes == null) {
            writes = take();
            page.writes = writes;
        }
        if (overlap || lanes < FEW || !free(writes) && !own(writes) || !harmless(page.reads) || !harmless(page.others)) {
            for (int k = 0; k < lanes; k++) {
                for (int c = cell + k * step; c < cell + k * step + width; c++) {
                    writeAfterAll(c, thread + k);
                }
            }
            return;
        }
        page.writesSet += note(writes);
        clear(page.reads);
        page.readsSet = 0;
        clear(page.others);
    }

    /**
     * A strong write. It counts as a reader too, and the last plain writer stays: another thread's strong access, which has no conflict
     * with this one, may have one with that.
     */
    void change() {
        page.changed = true;
        if (page.writes == null) {
            page.writes = take();
        }
        int[] reads = reads();
        for (int k = 0; k < lanes; k++) {
            for (int c = cell + k * step; c < cell + k * step + width; c++) {
                check(c, thread + k, page.writes[c]);
                check(c, thread + k, reads[c]);
                if (page.others != null) {
                    check(c, thread + k, page.others[c]);
                }
                int last = page.writes[c];
                if (last == 0 || instructions.strong[groups.pc(last >>> Groups.THREAD_BITS)]
                        || shared && last < barrierFloor) {
                    page.writes[c] = mark | thread + k;
                }
                noteRead(c, thread + k);
            }
        }
    }

    /** The strip, of one lane, has been written by a bulk copy. What came in between has been told already. */
    void copied() {
        if (page.writes == null) {
            page.writes = take();
        }
        Arrays.fill(page.writes, cell, cell + width, mark | Groups.COPIER);
        clear(page.reads);
        page.readsSet = 0;
        clear(page.others);
    }

    private boolean harmless(int[] cells) {
        return cells == null || free(cells) || own(cells);
    }

    /** Whether the cells are all nobody's, or all of this block before its last barrier. */
    private boolean free(int[] cells) {
        int start = cells[cell];
        if (shared) {
            return most(cells) < barrierFloor;
        }
        if (start == 0) {
            return most(cells) == 0;
        }
        return start >= ownFloor && start < barrierFloor && most(cells) < barrierFloor && least(cells) >= ownFloor;
    }

    private int most(int[] cells) {
        int most = 0;
        if (step == width) {
            int end = cell + lanes * width;
            for (int i = cell; i < end; i++) {
                most = Math.max(most, cells[i]);
            }
        } else {
            for (int k = 0, at = cell; k < lanes; k++, at += step) {
                for (int c = at; c < at + width; c++) {
                    most = Math.max(most, cells[c]);
                }
            }
        }
        return most;
    }

    private int least(int[] cells) {
        int least = Integer.MAX_VALUE;
        for (int k = 0, at = cell; k < lanes; k++, at += step) {
            for (int c = at; c < at + width; c++) {
                least = Math.min(least, cells[c]);
            }
        }
        return least;
    }

    /** Whether each lane's cells are its own thread's, by one plain instruction. */
    private boolean own(int[] cells) {
        int start = cells[cell];
        int group = start >>> Groups.THREAD_BITS;
        if ((start & Groups.THREAD) != thread || groups.block(group) != block.block() || instructions.strong[groups.pc(group)]) {
            return false;
        }
        int wrong = 0;
        if (step == width && width == 1) {
            for (int k = 0; k < lanes; k++) {
                wrong |= cells[cell + k] ^ start + k;
            }
        } else {
            for (int k = 0, at = cell; k < lanes; k++, at += step) {
                for (int c = at; c < at + width; c++) {
                    wrong |= cells[c] ^ start + k;
                }
            }
        }
        return wrong == 0;
    }

    /** Makes the cells the threads' own; returns how many of them were nobody's, at least. */
    private int note(int[] cells) {
        int start = mark | thread;
        int set = cells[cell] == 0 && !shared ? lanes * width : 0;
        if (step == width && width == 1) {
            for (int k = 0; k < lanes; k++) {
                cells[cell + k] = start + k;
            }
        } else {
            for (int k = 0, at = cell; k < lanes; k++, at += step) {
                for (int c = at; c < at + width; c++) {
                    cells[c] = start + k;
                }
            }
        }
        return set;
    }

    private void clear(int[] cells) {
        if (cells != null) {
            if (step == width) {
                Arrays.fill(cells, cell, cell + lanes * width, 0);
            } else {
                for (int k = 0, at = cell; k < lanes; k++, at += step) {
                    Arrays.fill(cells, at, at + width, 0);
                }
            }
        }
    }

    private int[] reads() {
        if (page.reads == null) {
            page.reads = take();
        }
        return page.reads;
    }

    /** As {@link #noteRead()}, in one pass: of shared memory most cells are read by many threads, all of them of this block. */
    private void noteReadOfShared() {
        int[] reads = reads();
        // All lanes may read the same: the first and the last stand for them.
        int hop = lanes > 1 && step == 0 ? lanes - 1 : 1;
        for (int k = 0; k < lanes; k += hop) {
            int reader = mark | thread + k;
            int at = cell + k * step;
            for (int c = at; c < at + width; c++) {
                int last = reads[c];
                reads[c] = reader;
                if (last >= barrierFloor && ((last ^ reader) & Groups.THREAD) != 0) {
                    if (page.others == null) {
                        page.others = take();
                    }
                    page.others[c] = last;
                }
            }
        }
    }

    private void noteRead() {
        int[] reads = reads();
        if (lanes > 1 && step == 0) {
            for (int c = cell; c < cell + width; c++) {
                noteRead(c, thread);
                noteRead(c, thread + lanes - 1);
            }
        } else if (lanes >= FEW && Math.abs(step) >= width && (free(reads) || own(reads))) {
            page.readsSet += note(reads);
        } else {
            for (int k = 0; k < lanes; k++) {
                for (int c = cell + k * step; c < cell + k * step + width; c++) {
                    noteRead(c, thread + k);
                }
            }
        }
    }

    private void noteRead(int c, int t) {
        int last = page.reads[c];
        page.reads[c] = mark | t;
        if (last == 0 || shared && last < barrierFloor) {
            return;
        }
        boolean sameBlock = groups.block(last >>> Groups.THREAD_BITS) == block.block();
        if (sameBlock && (last & Groups.THREAD) == t) {
            return;
        }
        if (page.others == null) {
            page.others = take();
        }
        int other = page.others[c];
        if (shared || !sameBlock || other == 0 || groups.block(other >>> Groups.THREAD_BITS) == block.block()) {
            page.others[c] = last;
        }
    }

    private void readAfterWrite(int c, int t) {
        check(c, t, page.writes[c]);
        if (page.changed) {
            checkChange(c, t, page.reads);
            checkChange(c, t, page.others);
        }
    }

    private void checkChange(int c, int t, int[] cells) {
        if (cells != null && cells[c] != 0 && instructions.changes[groups.pc(cells[c] >>> Groups.THREAD_BITS)]) {
            check(c, t, cells[c]);
        }
    }

    private void writeAfterAll(int c, int t) {
        int last = page.writes[c];
        if (last != 0 && !instructions.sameValue(pc, groups.pc(last >>> Groups.THREAD_BITS))) {
            check(c, t, last);
        }
        page.writes[c] = mark | t;
        if (page.reads != null) {
            check(c, t, page.reads[c]);
            page.reads[c] = 0;
            page.readsSet = 0;
        }
        if (page.others != null) {
            check(c, t, page.others[c]);
            page.others[c] = 0;
        }
    }

    /** Tells of a conflict if nothing orders the cell's entry before thread t's access. */
    private void check(int c, int t, int entry) {
        int group = entry >>> Groups.THREAD_BITS;
        int other = entry & Groups.THREAD;
        if (group == 0 || shared && group < block.barrier()) {
            return;
        }
        if (strong && instructions.strong[groups.pc(group)]) {
            return;
        }
        long otherBlock = groups.block(group);
        if (otherBlock == block.block()) {
            if (other == t || group < block.barrier() || group < block.known(t >> 5, other >> 5)) {
                return;
            }
        } else if (shared) {
            return;
        }
        if (otherBlock != block.block() && syncs.ordered(block, t >> 5, otherBlock, group, other)) {
            return;
        }
        sink.race(page, c, t, entry);
    }
}

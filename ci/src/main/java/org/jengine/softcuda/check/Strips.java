package org.jengine.softcuda.check;

import java.util.function.LongPredicate;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.memory.Page;
import org.jengine.softcuda.simt.Watch.Access;

/**
 * Cuts what lanes do into strips of evenly spaced addresses within a page and asks, for each: was it written, are other turns' accesses
 * over, and do {@link Races} find a conflict.
 */
final class Strips {
    private final Groups groups;
    private final Instructions instructions;
    private final LaunchPages pages;
    private final CellPool pool;
    private final LaunchReports reports;
    private final LongPredicate running;
    private final Guesses guesses;
    private final Races races;

    // Where the strip in hand lies, for reports too.
    private BlockState now;
    private Allocation allocation;
    private long pageStart;
    private int pc;
    private int group;

    /** @param running whether a block has not ended yet */
    Strips(Groups groups, Instructions instructions, Syncs syncs, LaunchPages pages, CellPool pool, LaunchReports reports,
            LongPredicate running) {
        this.groups = groups;
        this.instructions = instructions;
        this.pages = pages;
        this.pool = pool;
        this.reports = reports;
        this.running = running;
        guesses = new Guesses(reports);
        races = new Races(groups, instructions, syncs, pool, this::race);
    }

    /**
     * Says whose accesses come next, and to what.
     *
     * @param of       the memory, or null for shared memory
     * @param with     the group they belong to; 0 if races are not looked for any more
     * @param together whether blocks run at the same time, so that their groups are mixed
     */
    void begin(BlockState block, int instruction, Allocation of, int with, boolean together) {
        now = block;
        pc = instruction;
        allocation = of;
        group = with;
        races.begin(now, pc, group, allocation == null, together);
    }

    /** Lanes' accesses, each of so many bytes. */
    void lanes(Access access, long[] offsets, long[] active, int bytes) {
        int threads = now.threads();
        for (int lane = Lanes.next(active, 0, threads); lane < threads;) {
            int end = Lanes.end(active, lane, threads);
            while (lane < end) {
                lane = strip(access, offsets, lane, end, bytes);
            }
            lane = Lanes.next(active, end, threads);
        }
        if (guesses.any() && instructions.swaps[pc]) {
            for (int lane = Lanes.next(active, 0, threads); lane < threads; lane = Lanes.next(active, lane + 1, threads)) {
                guesses.swapped(allocation, offsets[lane], bytes, now.block(), lane);
            }
        }
    }

    boolean anyGuess() {
        return guesses.any();
    }

    void blockEnds() {
        if (guesses.any()) {
            guesses.end(now.block());
        }
    }

    /**
     * Any number of bytes that one thread accesses.
     *
     * @param access null for what a bulk copy, which is no thread, has written
     */
    void stretch(Access access, long start, int bytes, int thread) {
        for (int done = 0; done < bytes;) {
            Page page = page(start + done);
            int in = (int) (start + done - pageStart);
            int part = Math.min(bytes - done, Page.BYTES - in);
            if (access != null) {
                touch(access, page, in, 1, part, part, thread);
            } else if (group != 0) {
                races.strip(page, in >> page.shift, 1, part >> page.shift, part >> page.shift, thread);
                races.copied();
            }
            done += part;
        }
    }

    /** Of shared memory: notes that lanes wrote there. */
    void written(BlockState block, long[] offsets, long[] active, int bytes) {
        int threads = block.threads();
        for (int lane = Lanes.next(active, 0, threads); lane < threads; lane = Lanes.next(active, lane + 1, threads)) {
            int in = (int) offsets[lane] & Page.BYTES - 1;
            block.shared((int) offsets[lane]).setWritten(in, in + bytes);
        }
    }

    /** Takes lanes whose addresses are evenly spaced, as far as they lie in one page; returns the first lane that is left. */
    private int strip(Access access, long[] offsets, int lane, int end, int bytes) {
        long first = offsets[lane];
        int next = lane + 1;
        long apart = bytes;
        if (next < end) {
            apart = offsets[next] - first;
            if (apart >= -Page.BYTES && apart <= Page.BYTES && apart % bytes == 0) {
                long expected = first + apart;
                while (next < end && offsets[next] == expected) {
                    next++;
                    expected += apart;
                }
            } else {
                apart = bytes;
            }
        }
        Page page = page(first);
        int in = (int) (first - pageStart);
        int room = apart > 0 ? (int) ((Page.BYTES - 1 - in) / apart) + 1 : apart < 0 ? (int) (in / -apart) + 1 : next - lane;
        int lanes = Math.min(next - lane, room);
        touch(access, page, in, lanes, (int) apart, bytes, lane);
        return lane + lanes;
    }

    /** The page where bytes lie that are touched next. */
    private Page page(long offset) {
        pageStart = offset & -Page.BYTES;
        if (allocation == null) {
            return now.shared((int) offset);
        }
        Page page = allocation.shadow().page(offset);
        pages.enter(page);
        return page;
    }

    private void touch(Access access, Page page, int in, int lanes, int apart, int bytes, int thread) {
        int low = Math.min(in, in + (lanes - 1) * apart);
        int high = Math.max(in, in + (lanes - 1) * apart) + bytes;
        if (allocation != null && page.unordered) {
            checkOrder(access, page, in, lanes, apart, bytes, thread);
        }
        if (access != Access.STORE && !instructions.initialises[pc] && page.unwritten(low, high) >= 0) {
            checkWritten(page, in, lanes, apart, bytes, thread);
        }
        if (group != 0) {
            if (bytes < 1 << page.shift) {
                int finer = bytes == 1 ? 0 : 1;
                int times = refine(page, finer);
                if (allocation != null) {
                    pool.grown(page, times);
                }
            }
            races.strip(page, in >> page.shift, lanes, apart >> page.shift, bytes >> page.shift, thread);
            if (access == Access.LOAD) {
                races.read();
            } else if (access == Access.STORE) {
                races.write();
            } else {
                races.change();
            }
        }
        if (access != Access.LOAD && page.unwritten(low, high) >= 0) {
            setWritten(page, in, lanes, apart, bytes);
        }
    }

    private static void setWritten(Page page, int in, int lanes, int apart, int bytes) {
        if (apart == bytes) {
            page.setWritten(in, in + lanes * bytes);
            return;
        }
        for (int k = 0; k < lanes; k++) {
            page.setWritten(in + k * apart, in + k * apart + bytes);
        }
    }

    private static int refine(Page page, int finer) {
        int times = 1 << page.shift - finer;
        page.refine(finer);
        return times;
    }

    private void checkWritten(Page page, int in, int lanes, int apart, int bytes, int thread) {
        for (int k = 0; k < lanes; k++) {
            int missing = page.unwritten(in + k * apart, in + k * apart + bytes);
            if (missing >= 0) {
                reports.uninitialised(allocation, pageStart + missing, pc, now.block(), thread + k);
            }
        }
    }

    private void checkOrder(Access access, Page page, int in, int lanes, int apart, int bytes, int thread) {
        for (int k = 0; k < lanes; k++) {
            int from = in + k * apart;
            int turn = page.conflict(pages.order(), from, from + bytes, access != Access.LOAD);
            if (turn != 0) {
                reports.unordered(allocation, pageStart + from, pc, now.block(), thread + k, turn);
                return;
            }
        }
    }

    private void race(Page page, int cell, int thread, int other) {
        int otherGroup = other >>> Groups.THREAD_BITS;
        int otherPc = groups.pc(otherGroup);
        long otherBlock = groups.block(otherGroup);
        int otherThread = other & Groups.THREAD;
        long offset = pageStart + ((long) cell << page.shift);
        LaunchReports.Race race = new LaunchReports.Race(allocation, offset, pc, now.block(), thread, otherPc, otherBlock, otherThread);
        if (instructions.mayGuess[pc] && instructions.changes[otherPc]) {
            guesses.keep(race, now.block(), thread);
        } else if (instructions.mayGuess[otherPc] && instructions.changes[pc] && running.test(otherBlock)) {
            guesses.keep(race, otherBlock, otherThread);
        } else {
            reports.race(race);
        }
    }
}

package org.jengine.softcuda.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.memory.Page;
import org.jengine.softcuda.memory.Shadow;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.simt.Watch;

/**
 * Watches one launch. Cuts what lanes do into strips of evenly spaced addresses within a page and asks, for each: was it written, are other
 * turns' accesses over, and do {@link Races} find a conflict.
 *
 * <p>The rules. Two threads race if they touch the same byte, at least one writes, at least one is not strong (atomic, volatile, relaxed,
 * acquire, release), and nothing orders them: no barrier that both pass, no warp barrier between lanes of a warp, and no chain of fence,
 * strong write and strong read of the same cell. Lanes of one warp are two threads like any others, even in one instruction, except that
 * plain stores of one constant do not race. Where order is hard to tell, as after very many releases, no race is reported.
 */
final class RaceWatch implements Watch {
    /** Stands for the cell by which the grid's barrier waits. */
    private static final long GRID = -1;

    private final Instructions instructions;
    private final LaunchPages pages;
    private final CellPool pool;
    private final LaunchReports reports;
    private final Groups groups = new Groups();
    private final Syncs syncs = new Syncs();
    private final Races races;
    private final int instructionCount;
    private final List<BlockState.Room> rooms = new ArrayList<>();
    private final Map<Long, BlockState> blocks = new HashMap<>();
    private long[] wide = new long[0];

    private final long blocksOfGrid;
    private BlockState now;
    private boolean together;
    private boolean silent;

    // Where the strip in hand lies, for reports.
    private Allocation allocation;
    private long pageStart;
    private int pc;

    RaceWatch(Launch launch, Instructions instructions, LaunchPages pages, CellPool pool, LaunchReports reports) {
        blocksOfGrid = launch.blocks();
        this.instructions = instructions;
        this.pages = pages;
        this.pool = pool;
        this.reports = reports;
        instructionCount = instructions.strong.length;
        races = new Races(groups, instructions, syncs, pool, this::race);
    }

    @Override
    public void blockStarts(long block, int threads) {
        // One that has not ended waits for others: from now on blocks' groups are mixed.
        together |= now != null;
        BlockState.Room room = rooms.isEmpty() ? new BlockState.Room(instructionCount) : rooms.remove(rooms.size() - 1);
        now = new BlockState(block, threads, groups.next(), room);
        blocks.put(block, now);
        if (groups.scarce() && !together) {
            renew();
        }
    }

    @Override
    public void blockContinues(long block) {
        together = true;
        now = blocks.get(block);
    }

    @Override
    public void blockEnds() {
        rooms.add(now.room());
        blocks.remove(now.block());
        now = null;
    }

    @Override
    public void barrier(int at, long[] active) {
        if (instructions.partial[at]) {
            now.passBarrier(groups.next(), warps(active));
            return;
        }
        now.passBarrier(groups.next());
        if (groups.scarce() && !together) {
            renew();
        }
    }

    @Override
    public void warpBarrier(int at, long[] active) {
        now.passWarpBarrier(groups.next(), warps(active));
    }

    @Override
    public void executes(int at, long[] active, boolean parted) {
        if (instructions.fence[at]) {
            now.passFence(groups.next(), warps(active));
        }
    }

    private void passRelease(int at, long[] active) {
        if (instructions.releases[at]) {
            now.passFence(groups.next(), warps(active));
        }
    }

    private static int warps(long[] active) {
        int warps = 0;
        for (int i = 0; i < active.length; i++) {
            warps |= ((int) active[i] != 0 ? 1 : 0) << 2 * i;
            warps |= (active[i] >>> Integer.SIZE != 0 ? 1 : 0) << 2 * i + 1;
        }
        return warps;
    }

    /** The block has passed a barrier or has just started: numbers of groups start anew. */
    private void renew() {
        int[] renewed = groups.renew(now.block(), instructionCount);
        renew(pages.touched(), renewed);
        renew(now.room().shared(), renewed);
        syncs.renew();
        now.renew(groups.next());
    }

    private static void renew(List<Page> pages, int[] renewed) {
        for (Page page : pages) {
            renew(page.writes, renewed);
            renew(page.reads, renewed);
            renew(page.others, renewed);
        }
    }

    private static void renew(int[] cells, int[] renewed) {
        for (int i = 0; cells != null && i < cells.length; i++) {
            cells[i] = cells[i] == 0 ? 0 : renewed[cells[i] >>> Groups.THREAD_BITS] << Groups.THREAD_BITS | cells[i] & Groups.THREAD;
        }
    }

    @Override
    public void global(int at, Access access, Allocation of, long[] offsets, long[] active, int bytes) {
        if (of.kind() == Allocation.Kind.MACHINE) {
            gridBarrier(at, access, active);
            return;
        }
        allocation = of;
        accesses(at, access, offsets, active, bytes);
    }

    @Override
    public void shared(int at, Access access, int[] addresses, long[] active, int bytes) {
        if (now.underway().any()) {
            checkUnderway(at, addresses, active, bytes);
        }
        ofShared(at, access, addresses, active, bytes);
        if (instructions.copies[at]) {
            now.underway().asked(at, addresses, active, bytes, now.threads());
        }
    }

    /** The bytes are written at some time between the request and now: who reads them has to be ordered after both. */
    @Override
    public void arrives(int at, int[] addresses, long[] active, int bytes) {
        now.underway().arrived(at, addresses, active, bytes, now.threads());
        ofShared(at, Access.STORE, addresses, active, bytes);
    }

    private void checkUnderway(int at, int[] addresses, long[] active, int bytes) {
        int threads = now.threads();
        for (int lane = Lanes.next(active, 0, threads); lane < threads; lane = Lanes.next(active, lane + 1, threads)) {
            long copy = now.underway().at(addresses[lane], bytes);
            if (copy != 0) {
                reports.tooEarly(addresses[lane], at, now.block(), lane, Underway.pc(copy), Underway.thread(copy));
                return;
            }
        }
    }

    private void ofShared(int at, Access access, int[] addresses, long[] active, int bytes) {
        allocation = null;
        if (wide.length < addresses.length) {
            wide = new long[addresses.length];
        }
        for (int i = 0; i < addresses.length; i++) {
            wide[i] = addresses[i];
        }
        accesses(at, access, wide, active, bytes);
    }

    private void accesses(int at, Access access, long[] offsets, long[] active, int bytes) {
        pc = at;
        passRelease(at, active);
        int group = silent ? 0 : now.group(groups, at);
        // Without numbers there are no more races to be found in this launch; the other rules go on.
        silent = group == 0;
        races.begin(now, at, group, allocation == null, together);
        int threads = now.threads();
        for (int lane = Lanes.next(active, 0, threads); lane < threads;) {
            int end = Lanes.end(active, lane, threads);
            while (lane < end) {
                lane = strip(access, offsets, lane, end, bytes);
            }
            lane = Lanes.next(active, end, threads);
        }
        if (instructions.strong[at] && !silent) {
            synchronise(access, offsets, active, group);
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
        pageStart = first & -Page.BYTES;
        int in = (int) (first - pageStart);
        int room = apart > 0 ? (int) ((Page.BYTES - 1 - in) / apart) + 1 : apart < 0 ? (int) (in / -apart) + 1 : next - lane;
        int lanes = Math.min(next - lane, room);
        Page page;
        if (allocation == null) {
            page = now.shared((int) first);
        } else {
            page = allocation.shadow().page(first);
            pages.enter(page);
        }
        touch(access, page, in, lanes, (int) apart, bytes, lane);
        return lane + lanes;
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
        if (!silent) {
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

    /** Strong accesses carry order from thread to thread. */
    private void synchronise(Access access, long[] offsets, long[] active, int group) {
        int threads = now.threads();
        for (int lane = Lanes.next(active, 0, threads); lane < threads; lane = Lanes.next(active, lane + 1, threads)) {
            Syncs through = allocation == null ? now.local() : syncs;
            long key = allocation == null ? offsets[lane] : allocation.base() + offsets[lane];
            int warp = lane >> 5;
            if (access != Access.STORE && !instructions.arrives[pc]) {
                through.acquire(key, now, warp, groups.next());
            }
            int mark = now.fence(warp);
            if (access != Access.LOAD && mark > 0) {
                through.release(key, now, warp, mark, group);
            }
        }
    }

    /**
     * Blocks arrive at the grid's barrier by an atomic and look by loads whether all have. Who looks late may see arrivals at the next
     * barrier already, which it did not wait for: it comes after as many arrivals as its own ones waited for.
     */
    private void gridBarrier(int at, Access access, long[] active) {
        passRelease(at, active);
        // Takes a number, so that what is seen now has one after the last barrier's and before the next one's.
        int group = now.group(groups, at);
        int warp = Lanes.next(active, 0, now.threads()) >> 5;
        if (access == Access.ATOMIC) {
            now.arrive();
            syncs.release(GRID, now, warp, now.fence(warp), group);
        } else {
            syncs.acquire(GRID, now, warp, groups.next(), (int) Math.min(Integer.MAX_VALUE, now.arrivals() * blocksOfGrid));
        }
    }

    private void race(Page page, int cell, int thread, int other) {
        int group = other >>> Groups.THREAD_BITS;
        reports.race(allocation, pageStart + ((long) cell << page.shift), pc, now.block(), thread, groups.pc(group), groups.block(group),
                other & Groups.THREAD);
    }
}

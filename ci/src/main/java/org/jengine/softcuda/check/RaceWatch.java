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
 *
 * <p>A cooperative launch's interpreter calls {@link #blockStarts} again whenever it goes on with a block.
 */
final class RaceWatch implements Watch {
    private final boolean together;
    private final Instructions instructions;
    private final LaunchPages pages;
    private final CellPool pool;
    private final LaunchReports reports;
    private final Groups groups = new Groups();
    private final Syncs syncs = new Syncs();
    private final Races races;
    private final int[] groupOf;
    private final List<Page> sharedPages = new ArrayList<>();
    private final Map<Long, BlockState> blocks = new HashMap<>();
    private long[] wide = new long[0];

    private BlockState now;
    private boolean silent;

    // Where the strip in hand lies, for reports.
    private Allocation allocation;
    private long pageStart;
    private int pc;

    RaceWatch(Launch launch, Instructions instructions, LaunchPages pages, CellPool pool, LaunchReports reports) {
        together = launch.cooperative();
        this.instructions = instructions;
        this.pages = pages;
        this.pool = pool;
        this.reports = reports;
        groupOf = new int[instructions.strong.length];
        races = new Races(groups, instructions, syncs, pool, this::race);
    }

    @Override
    public void blockStarts(long block, int threads) {
        if (together) {
            now = blocks.computeIfAbsent(block, b -> new BlockState(b, threads, groups.next(), new int[groupOf.length], new ArrayList<>()));
            return;
        }
        for (Page page : sharedPages) {
            page.forget();
        }
        now = new BlockState(block, threads, groups.next(), groupOf, sharedPages);
        if (groups.scarce()) {
            renew();
        }
    }

    @Override
    public void blockEnds() {
        if (!together) {
            now = null;
        }
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
        int[] renewed = groups.renew(now.block(), groupOf.length);
        for (Page page : pages.touched()) {
            renew(page.writes, renewed);
            renew(page.reads, renewed);
            renew(page.others, renewed);
        }
        for (Page page : sharedPages) {
            renew(page.writes, renewed);
            renew(page.reads, renewed);
            renew(page.others, renewed);
        }
        syncs.renew();
        BlockState old = now;
        now = new BlockState(old.block(), old.threads(), 1, groupOf, sharedPages);
        now.renew(groups.next());
    }

    private static void renew(int[] cells, int[] renewed) {
        for (int i = 0; cells != null && i < cells.length; i++) {
            cells[i] = cells[i] == 0 ? 0 : renewed[cells[i] >>> Groups.THREAD_BITS] << Groups.THREAD_BITS | cells[i] & Groups.THREAD;
        }
    }

    @Override
    public void global(int at, Access access, Allocation of, long[] offsets, long[] active, int bytes) {
        allocation = of;
        accesses(at, access, offsets, active, bytes);
    }

    @Override
    public void shared(int at, Access access, int[] addresses, long[] active, int bytes) {
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
        if (instructions.releases[at]) {
            now.passFence(groups.next(), warps(active));
        }
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
            synchronise(access, offsets, active);
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
        if (access != Access.STORE && page.unwritten(low, high) >= 0) {
            checkWritten(page, in, lanes, apart, bytes, thread);
        }
        if (!silent) {
            if (bytes < 1 << page.shift) {
                int finer = bytes == 1 ? 0 : 1;
                pool.grown(page, refine(page, finer));
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
    private void synchronise(Access access, long[] offsets, long[] active) {
        int threads = now.threads();
        for (int lane = Lanes.next(active, 0, threads); lane < threads; lane = Lanes.next(active, lane + 1, threads)) {
            Syncs through = allocation == null ? now.local() : syncs;
            long key = allocation == null ? offsets[lane] : allocation.base() + offsets[lane];
            int warp = lane >> 5;
            if (access != Access.STORE) {
                through.acquire(key, now, warp, groups.next());
            }
            int mark = now.fence(warp);
            if (access != Access.LOAD && mark > 0) {
                through.release(key, now, warp, mark);
            }
        }
    }

    private void race(Page page, int cell, int thread, int other) {
        int group = other >>> Groups.THREAD_BITS;
        reports.race(allocation, pageStart + ((long) cell << page.shift), pc, now.block(), thread, groups.pc(group), groups.block(group),
                other & Groups.THREAD);
    }
}

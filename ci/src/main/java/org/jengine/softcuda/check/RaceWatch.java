package org.jengine.softcuda.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jengine.softcuda.memory.Allocation;
import org.jengine.softcuda.memory.Page;
import org.jengine.softcuda.simt.BulkCopy;
import org.jengine.softcuda.simt.Launch;
import org.jengine.softcuda.simt.Watch;

/**
 * Watches one launch: knows what orders what, and has {@link Strips} look at what lanes do with it.
 *
 * <p>The rules. Two threads race if they touch the same byte, at least one writes, at least one is not strong (atomic, volatile, relaxed,
 * acquire, release), and nothing orders them: no barrier that both pass, no warp barrier between lanes of a warp, and no chain of fence,
 * strong write and strong read of the same cell. Lanes of one warp are two threads like any others, even in one instruction, except that
 * plain stores of one constant do not race. A bulk copy counts as its thread's until it has come, and what it wrote then as nobody's, who
 * is known to those that waited for it. Where order is hard to tell, as after very many releases, no race is reported.
 */
final class RaceWatch implements Watch {
    /** Stands for the cell by which the grid's barrier waits. */
    private static final long GRID = -1;

    private final Instructions instructions;
    private final LaunchPages pages;
    private final LaunchReports reports;
    private final Groups groups = new Groups();
    private final Syncs syncs = new Syncs();
    private final Strips strips;
    private final Repeats repeats;
    private final int instructionCount;
    private final List<BlockState.Room> rooms = new ArrayList<>();
    private final Map<Long, BlockState> blocks = new HashMap<>();
    private long[] wide = new long[0];

    private final long blocksOfGrid;
    private BlockState now;
    private boolean together;
    private boolean silent;

    RaceWatch(Launch launch, Instructions instructions, Phases phases, LaunchPages pages, CellPool pool, LaunchReports reports) {
        blocksOfGrid = launch.blocks();
        this.instructions = instructions;
        this.pages = pages;
        this.reports = reports;
        instructionCount = instructions.strong.length;
        strips = new Strips(groups, instructions, syncs, pages, pool, reports, blocks::containsKey);
        repeats = new Repeats(phases, new Repeats.Look() {
            @Override
            public void written(Phases.Touch store) {
                widen(store.addresses());
                strips.written(now, wide, store.active(), store.bytes());
            }

            @Override
            public void again(Phases.Touch touch) {
                sharedAccesses(touch.pc(), touch.access(), touch.addresses(), touch.active(), touch.bytes());
            }
        });
    }

    @Override
    public void blockStarts(long block, int threads) {
        if (now != null) {
            // It waits for others: from now on blocks' groups are mixed.
            repeats.stop();
            together = true;
        }
        BlockState.Room room = rooms.isEmpty() ? new BlockState.Room(instructionCount) : rooms.remove(rooms.size() - 1);
        now = new BlockState(block, threads, groups.next(), room);
        blocks.put(block, now);
        // What arrives is ordered by more than barriers.
        if (!together && !instructions.asynchronous) {
            repeats.start(threads);
        }
        if (groups.scarce() && !together) {
            renew();
        }
    }

    @Override
    public void blockContinues(long block) {
        repeats.stop();
        together = true;
        now = blocks.get(block);
    }

    @Override
    public void blockEnds() {
        repeats.phaseEnds(clean());
        BulkCopy left = now.underway().left();
        if (left != null) {
            reports.leftUnderway(now.block(), left.pc(), left.thread());
        }
        strips.blockEnds();
        rooms.add(now.room());
        blocks.remove(now.block());
        now = null;
    }

    @Override
    public void barrier(int at, long[] active) {
        if (instructions.partial[at]) {
            repeats.stop();
            now.passBarrier(groups.next(), warps(active));
            return;
        }
        repeats.phaseEnds(clean());
        now.passBarrier(groups.next());
        if (groups.scarce() && !together) {
            renew();
        }
    }

    @Override
    public void warpBarrier(int at, long[] active) {
        repeats.stop();
        now.passWarpBarrier(groups.next(), warps(active));
    }

    @Override
    public void executes(int at, long[] active, boolean parted) {
        if (instructions.fence[at]) {
            repeats.stop();
        }
        if (instructions.fence[at]) {
            now.passFence(groups.next(), warps(active));
        }
        if (instructions.proxies[at]) {
            now.passProxyFence(groups.next());
        }
    }

    private void passRelease(int at, long[] active) {
        if (instructions.releases[at]) {
            now.passFence(groups.next(), warps(active));
        }
    }

    /** Whether nothing was found in the launch so far, and nothing may come of what was. */
    private boolean clean() {
        return reports.none() && !strips.anyGuess();
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
        if (instructions.strong[at] || instructions.releases[at]) {
            repeats.stop();
        }
        if (of.kind() == Allocation.Kind.MACHINE) {
            gridBarrier(at, access, active);
            return;
        }
        if (now.underway().anyBulk()) {
            checkBulk(at, access, of, offsets, active, bytes);
        }
        accesses(at, access, of, offsets, active, bytes);
    }

    @Override
    public void shared(int at, Access access, int[] addresses, long[] active, int bytes) {
        if (instructions.strong[at] || instructions.releases[at]) {
            repeats.stop();
        }
        if (!repeats.passes(at, access, addresses, active, bytes)) {
            sharedAccesses(at, access, addresses, active, bytes);
        }
    }

    private void sharedAccesses(int at, Access access, int[] addresses, long[] active, int bytes) {
        if (now.underway().any()) {
            checkUnderway(at, addresses, active, bytes);
        }
        widen(addresses);
        if (now.underway().anyBulk()) {
            checkBulk(at, access, null, wide, active, bytes);
        }
        accesses(at, access, null, wide, active, bytes);
        if (instructions.copies[at]) {
            now.underway().asked(at, addresses, active, bytes, now.threads());
        }
    }

    /** The bytes are written at some time between the request and now: who reads them has to be ordered after both. */
    @Override
    public void arrives(int at, int[] addresses, long[] active, int bytes) {
        now.underway().arrived(at, addresses, active, bytes, now.threads());
        widen(addresses);
        accesses(at, Access.STORE, null, wide, active, bytes);
    }

    private void checkUnderway(int at, int[] addresses, long[] active, int bytes) {
        int threads = now.threads();
        for (int lane = Lanes.next(active, 0, threads); lane < threads; lane = Lanes.next(active, lane + 1, threads)) {
            long copy = now.underway().at(addresses[lane], bytes);
            if (copy != 0) {
                reports.tooEarly(null, addresses[lane], at, now.block(), lane, Underway.pc(copy), Underway.thread(copy), false);
                return;
            }
        }
    }

    private void checkBulk(int at, Access access, Allocation of, long[] offsets, long[] active, int bytes) {
        int threads = now.threads();
        for (int lane = Lanes.next(active, 0, threads); lane < threads; lane = Lanes.next(active, lane + 1, threads)) {
            if (meetsBulk(at, access, of, offsets[lane], bytes, lane)) {
                return;
            }
        }
    }

    private boolean meetsBulk(int at, Access access, Allocation of, long offset, int bytes, int thread) {
        BulkCopy copy = now.underway().meeting(of, offset, bytes, access != Access.LOAD);
        if (copy != null) {
            boolean taken = !copy.to().meets(of, offset, bytes);
            reports.tooEarly(of, offset, at, now.block(), thread, copy.pc(), copy.thread(), taken);
        }
        return copy != null;
    }

    @Override
    public void bulkAsked(BulkCopy copy) {
        if (copy.from().shared()) {
            checkFenced(copy);
        }
        bulk(Access.LOAD, copy, copy.from());
        bulk(Access.STORE, copy, copy.to());
        now.underway().asked(copy);
    }

    @Override
    public void bulkRead(BulkCopy copy) {
        now.underway().read(copy);
    }

    /** Who reads it has to learn of it by the barrier, the thread that asked too; if there is none, that thread knows. */
    @Override
    public void bulkArrived(BulkCopy copy, int barrier) {
        now.underway().arrived(copy);
        if (barrier < 0) {
            bulk(Access.STORE, copy, copy.to());
            return;
        }
        now.passArrival(groups.next());
        bulk(null, copy, copy.to());
        if (!silent) {
            now.local().release(barrier, now, Groups.COPIER_WARP, groups.next(), now.group(groups, copy.pc()));
        }
    }

    /** @param access what the copy's thread counts as doing; null for the copy itself, which writes */
    private void bulk(Access access, BulkCopy copy, BulkCopy.Span span) {
        int at = copy.pc();
        if (access != null) {
            boolean met = now.underway().anyBulk() && meetsBulk(at, access, span.allocation(), span.start(), span.bytes(), copy.thread());
            long other = span.shared() && !met ? now.underway().at((int) span.start(), span.bytes()) : 0;
            if (other != 0) {
                reports.tooEarly(null, span.start(), at, now.block(), copy.thread(), Underway.pc(other), Underway.thread(other), false);
            }
        }
        strips.begin(now, at, span.allocation(), group(at), together);
        strips.stretch(access, span.start(), span.bytes(), copy.thread());
    }

    /** What makes the copy sees what threads wrote only behind a fence of theirs. */
    private void checkFenced(BulkCopy copy) {
        for (long at = copy.from().start(); at < copy.from().start() + copy.from().bytes(); at++) {
            Page page = now.shared((int) at);
            int last = page.writes == null ? 0 : page.writes[(int) (at & Page.BYTES - 1) >> page.shift];
            int group = last >>> Groups.THREAD_BITS;
            if (group >= now.proxied() && !instructions.bulk[groups.pc(group)]) {
                reports.unfenced((int) at, copy.pc(), now.block(), copy.thread(), groups.pc(group), last & Groups.THREAD);
                return;
            }
        }
    }

    private void widen(int[] addresses) {
        if (wide.length < addresses.length) {
            wide = new long[addresses.length];
        }
        for (int i = 0; i < addresses.length; i++) {
            wide[i] = addresses[i];
        }
    }

    /** @param of null for shared memory */
    private void accesses(int at, Access access, Allocation of, long[] offsets, long[] active, int bytes) {
        passRelease(at, active);
        int group = group(at);
        strips.begin(now, at, of, group, together);
        strips.lanes(access, offsets, active, bytes);
        if (instructions.strong[at] && !silent) {
            synchronise(at, access, of, offsets, active, group);
        }
    }

    /** The number of the group; without numbers there are no more races to be found in this launch, and the other rules go on. */
    private int group(int at) {
        int group = silent ? 0 : now.group(groups, at);
        silent = group == 0;
        return group;
    }

    /** Strong accesses carry order from thread to thread. */
    private void synchronise(int at, Access access, Allocation of, long[] offsets, long[] active, int group) {
        int threads = now.threads();
        for (int lane = Lanes.next(active, 0, threads); lane < threads; lane = Lanes.next(active, lane + 1, threads)) {
            Syncs through = of == null ? now.local() : syncs;
            long key = of == null ? offsets[lane] : of.base() + offsets[lane];
            int warp = lane >> 5;
            if (access != Access.STORE && !instructions.arrives[at]) {
                through.acquire(key, now, warp, groups.next());
            }
            int mark = now.fence(warp);
            if (access != Access.LOAD && mark > 0 && !instructions.mute[at]) {
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
}

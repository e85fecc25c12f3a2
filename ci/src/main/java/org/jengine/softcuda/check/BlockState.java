package org.jengine.softcuda.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jengine.softcuda.memory.Page;

/** What the rules for races know of a block that runs: what is ordered before what its warps do next. */
final class BlockState {
    private static final int WARPS = 32;

    /** What a block leaves to the next. */
    static final class Room {
        private final int[] groupOf;
        private final List<Page> shared = new ArrayList<>();

        /** @param instructions how many the kernel has */
        Room(int instructions) {
            groupOf = new int[instructions];
        }

        List<Page> shared() {
            return shared;
        }
    }

    private final long block;
    private final int threads;
    private final Room room;
    private final int[] fences = new int[WARPS];
    private final List<Syncs.Acquire> acquired = new ArrayList<>(0);
    private final Syncs local = new Syncs();
    private final Underway underway = new Underway();
    private int first;
    private int barrier;
    private int fresh;
    private int arrivals;
    private int proxied;
    private final int[][] known = new int[WARPS][];
    private final boolean[] told = new boolean[WARPS];

    /**
     * @param first the number that the next group gets
     * @param room  nobody else's while the block runs; its shared memory starts anew
     */
    BlockState(long block, int threads, int first, Room room) {
        this.block = block;
        this.threads = threads;
        this.first = first;
        this.room = room;
        room.shared.forEach(Page::forget);
        barrier = first;
        fresh = first;
        proxied = first;
    }

    long block() {
        return block;
    }

    int threads() {
        return threads;
    }

    /** No other block's group is between this one and the barrier. */
    int first() {
        return first;
    }

    /** All that the block did in groups below is ordered before what any of its threads does next. */
    int barrier() {
        return barrier;
    }

    List<Syncs.Acquire> acquired() {
        return acquired;
    }

    /** Order through cells of the block's shared memory. */
    Syncs local() {
        return local;
    }

    /** Asynchronous copies that the block has not waited for. */
    Underway underway() {
        return underway;
    }

    /** Counts the block's arrivals at the grid's barrier; returns how many there are. */
    int arrive() {
        return ++arrivals;
    }

    int arrivals() {
        return arrivals;
    }

    /** The page of shared memory at an address, made when first asked for. */
    Page shared(int address) {
        int number = address / Page.BYTES;
        while (room.shared.size() <= number) {
            room.shared.add(new Page(Page.BYTES, false));
        }
        return room.shared.get(number);
    }

    Room room() {
        return room;
    }

    /** The number of the group that an instruction's accesses belong to now; 0 if numbers have run out. */
    int group(Groups groups, int pc) {
        int group = room.groupOf[pc];
        if (group < fresh) {
            group = groups.add(block, pc);
            room.groupOf[pc] = group;
        }
        return group;
    }

    /** Numbers start anew, and a barrier has just ordered all that the block did. */
    void renew(int next) {
        Arrays.fill(room.groupOf, 0);
        Arrays.fill(fences, 0);
        Arrays.fill(known, null);
        first = next;
        proxied = next;
        passBarrier(next);
    }

    void passBarrier(int next) {
        barrier = next;
        fresh = next;
    }

    /** A barrier of some warps only, one bit each. */
    void passBarrier(int next, int warps) {
        for (int of = 0; of <= Groups.COPIER_WARP; of++) {
            int most = (warps >>> of & 1) != 0 ? next : 0;
            for (int w = 0; w < WARPS; w++) {
                most = (warps >>> w & 1) != 0 ? Math.max(most, known(w, of)) : most;
            }
            for (int w = 0; w < WARPS; w++) {
                if ((warps >>> w & 1) != 0) {
                    learn(w, of, most);
                }
            }
        }
        fresh = next;
    }

    /** Lanes of these warps wait for one another. */
    void passWarpBarrier(int next, int warps) {
        for (int left = warps; left != 0; left &= left - 1) {
            int warp = Integer.numberOfTrailingZeros(left);
            learn(warp, warp, next);
        }
        fresh = next;
    }

    /** Warps pass a fence. */
    void passFence(int next, int warps) {
        for (int left = warps; left != 0; left &= left - 1) {
            fences[Integer.numberOfTrailingZeros(left)] = next;
        }
        fresh = next;
    }

    /** The groups below are ordered before whatever a strong write of the warp makes known; 0 if it passed no fence. */
    int fence(int warp) {
        return fences[warp];
    }

    /** Some warp tells what is copied in bulk, asynchronously to all threads, of what threads wrote. */
    void passProxyFence(int next) {
        proxied = next;
        fresh = next;
    }

    /** What was written in groups below is known to bulk copies. */
    int proxied() {
        return proxied;
    }

    /** A bulk copy comes; its group is later than all that anybody has learned. */
    void passArrival(int next) {
        fresh = next;
    }

    /** Groups of the other warp below the mark are ordered before what the warp does next. */
    void learn(int warp, int other, int mark) {
        if (mark <= known(warp, other)) {
            return;
        }
        if (known[warp] == null) {
            known[warp] = new int[Groups.COPIER_WARP + 1];
        } else if (told[warp]) {
            known[warp] = known[warp].clone();
        }
        told[warp] = false;
        known[warp][other] = mark;
    }

    int known(int warp, int other) {
        return known[warp] == null ? 0 : known[warp][other];
    }

    /** All that the warp has learned so far, which does not change any more; null for nothing. */
    int[] known(int warp) {
        told[warp] = true;
        return known[warp];
    }
}

package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.List;

/** Lanes that wait at an instruction of their warp until the other lanes that it names have come. */
final class WarpWaits {
    private final Block block;
    private final List<Group> waiting = new ArrayList<>();

    WarpWaits(Block block) {
        this.block = block;
    }

    void clear() {
        waiting.clear();
    }

    boolean empty() {
        return waiting.isEmpty();
    }

    List<Group> waiting() {
        return waiting;
    }

    void park(Group group) {
        waiting.add(group);
    }

    /** The group takes along who waits where it is; returns those lanes, or null if there are none. */
    Mask absorb(Group group) {
        Mask found = null;
        for (int k = waiting.size() - 1; k >= 0; k--) {
            Group other = waiting.get(k);
            if (other.together(group)) {
                found = found == null ? other.mask() : found.or(other.mask());
                group.join(other);
                waiting.remove(k);
            }
        }
        return found;
    }

    /** Lets go who need not wait any longer, since others have ended or wait at another barrier of the same warp. */
    boolean release() {
        boolean released = false;
        for (Group group : List.copyOf(waiting)) {
            if (!step(group).complete(block, group.frame(), group.mask()).empty()) {
                waiting.remove(group);
                block.push(group);
                released = true;
            }
        }
        return released || releaseBarriers();
    }

    private boolean releaseBarriers() {
        List<Group> those = waiting.stream().filter(g -> step(g).barrier()).toList();
        boolean released = false;
        for (int w = 0; w < block.lanes() / Warps.SIZE; w++) {
            int come = 0;
            int named = 0;
            for (Group group : those) {
                come |= group.mask().warp(w);
                named |= step(group).named(group.frame(), group.mask(), w);
            }
            if (come != 0 && (named & block.live().warp(w) & ~come) == 0) {
                pass(those, w);
                released = true;
            }
        }
        return released;
    }

    private void pass(List<Group> those, int warp) {
        long[] words = new long[block.all().words().length];
        words[warp / 2] = 0xffffffffL << warp % 2 * Integer.SIZE;
        Mask whole = new Mask(words);
        for (Group group : those) {
            Mask passing = group.mask().and(whole);
            if (!passing.empty()) {
                block.run().warpBarrier(block.pc(group.frame(), step(group)), passing);
                block.push(group.at(group.at() + 1, passing));
                Mask rest = group.mask().minus(whole);
                waiting.remove(group);
                if (!rest.empty()) {
                    waiting.add(group.with(rest));
                }
            }
        }
    }

    private static WarpStep step(Group group) {
        return (WarpStep) group.frame().code().steps()[group.at()];
    }
}

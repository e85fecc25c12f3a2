package org.jengine.softcuda.simt;

/** A step that lanes of a warp do together: it waits until all live lanes that the instruction names have come. */
abstract class WarpStep extends Jump {
    private final int members;

    /** @param members the slot of the mask of the lanes that take part, or -1 for all of the warp */
    WarpStep(int pc, int members) {
        super(pc);
        this.members = members;
    }

    /** Does it; of every warp either all lanes that it needs are in the mask, or none. */
    abstract void perform(Block block, Frame frame, Mask active);

    /** Whether it does nothing but wait. */
    boolean barrier() {
        return false;
    }

    @Override
    final int go(Block block, Group group, Mask lanes) {
        Mask waited = block.warpWaits().empty() ? null : block.warpWaits().absorb(group);
        Mask active = waited == null ? lanes : lanes.or(waited);
        Mask complete = active.count() == block.live().count() ? active : complete(block, group.frame(), active);
        if (!complete.empty()) {
            perform(block, group.frame(), complete);
        }
        if (complete.count() == group.mask().count()) {
            return group.at() + 1;
        }
        Mask others = group.mask().minus(active).or(complete);
        if (!others.empty()) {
            block.push(group.at(group.at() + 1, others));
        }
        Mask early = active.minus(complete);
        if (!early.empty()) {
            block.warpWaits().park(group.with(early));
        }
        return ELSEWHERE;
    }

    /** The lanes of the mask that name no live lane which is not in it. */
    final Mask complete(Block block, Frame frame, Mask active) {
        long[] words = active.words().clone();
        for (int lane = active.first(); lane < active.end(); lane++) {
            int warp = lane / Warps.SIZE;
            int named = members < 0 ? -1 : frame.register(members).i[lane];
            if (active.has(lane) && (named & block.live().warp(warp) & ~active.warp(warp)) != 0) {
                words[lane / Long.SIZE] &= ~(1L << lane);
            }
        }
        return new Mask(words);
    }

    /** The lanes of a warp that the lanes of the mask name. */
    final int named(Frame frame, Mask active, int warp) {
        int named = 0;
        for (int come = active.warp(warp); come != 0; come &= come - 1) {
            named |= members < 0 ? -1 : frame.register(members).i[warp * Warps.SIZE + Integer.numberOfTrailingZeros(come)];
        }
        return named;
    }
}

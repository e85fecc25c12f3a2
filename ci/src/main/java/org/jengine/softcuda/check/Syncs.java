package org.jengine.softcuda.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Order that goes through atomics: a thread that wrote, passed a fence and then changed a variable atomically (or volatilely) is before
 * whoever sees the variable after. That is how grids wait for one another and how the last block knows that it is the last.
 */
final class Syncs {
    /** More releases than that are not kept: from there on everything counts as ordered. */
    private static final int MOST = 1 << 20;

    /** How far order is followed through other blocks' variables before it is taken for granted. */
    private static final int STEPS = 1 << 16;

    /**
     * A block's warp made known what it did: its own groups before the mark, and its block's before its last barrier.
     *
     * @param seen  what the warp knew of its block's other warps, or null
     * @param self  the group of the access that made it known: who sees it comes after it as far as the cell itself goes
     * @param known how many of the block's own acquisitions came before
     */
    record Release(BlockState block, int warp, int mark, int barrier, int[] seen, int self, int known) {
    }

    /** A warp of a block has seen a variable as it was after {@code length} releases; {@code group} is the number of its next group. */
    record Acquire(Variable variable, int length, int warp, int group) {
    }

    /** A cell that threads order themselves by. */
    static final class Variable {
        private final List<Release> releases = new ArrayList<>();
        private final Map<Long, int[]> byBlock = new HashMap<>();

        private void add(Release release) {
            releases.add(release);
            int[] places = byBlock.get(release.block().block());
            if (places == null) {
                places = new int[2];
            } else if (places[0] + 1 == places.length) {
                places = Arrays.copyOf(places, 2 * places.length);
            }
            places[++places[0]] = releases.size() - 1;
            byBlock.put(release.block().block(), places);
        }
    }

    private final Map<Long, Variable> variables = new HashMap<>();
    private int kept;

    /** Whether order can't be told any more. */
    boolean full() {
        return kept >= MOST;
    }

    /** A strong access sees the cell. */
    void acquire(long key, BlockState block, int warp, int next) {
        acquire(key, block, warp, next, Integer.MAX_VALUE);
    }

    /** @param most how many of the cell's releases it sees */
    void acquire(long key, BlockState block, int warp, int next, int most) {
        Variable variable = variables.isEmpty() ? null : variables.get(key);
        if (variable == null) {
            return;
        }
        int length = Math.min(most, variable.releases.size());
        List<Acquire> seen = block.acquired();
        if (!seen.isEmpty()) {
            Acquire last = seen.get(seen.size() - 1);
            if (last.variable() == variable && last.length() == length && last.warp() == warp) {
                return;
            }
        }
        seen.add(new Acquire(variable, length, warp, next));
        int[] own = variable.byBlock.get(block.block());
        for (int i = 1; own != null && i <= own[0]; i++) {
            Release release = variable.releases.get(own[i]);
            block.learn(warp, release.warp(), release.mark());
            for (int other = 0; release.seen() != null && other < release.seen().length; other++) {
                block.learn(warp, other, release.seen()[other]);
            }
        }
    }

    /** A strong access of a warp changes the cell, and whatever the warp's last fence covers becomes known with it. */
    void release(long key, BlockState block, int warp, int mark, int self) {
        if (full()) {
            return;
        }
        Variable variable = variables.computeIfAbsent(key, k -> new Variable());
        int count = variable.releases.size();
        int[] seen = warp == Groups.COPIER_WARP ? null : block.known(warp);
        Release made = new Release(block, warp, mark, block.barrier(), seen, self, block.acquired().size());
        if (count == 0 || !variable.releases.get(count - 1).equals(made)) {
            variable.add(made);
            kept++;
        }
    }

    /**
     * Whether what a thread of another block did in the group is ordered before what this block's warp does now.
     *
     * @param thread the other block's thread
     */
    boolean ordered(BlockState block, int warp, long otherBlock, int group, int thread) {
        if (full() || otherBlock < 0 && !block.acquired().isEmpty()) {
            return true;
        }
        Map<Variable, Integer> visited = new IdentityHashMap<>();
        int[] steps = {STEPS};
        return follow(block, warp, block.barrier(), block.acquired().size(), otherBlock, group, thread >> 5, visited, steps);
    }

    private boolean follow(BlockState block, int warp, int barrier, int known, long otherBlock, int group, int otherWarp,
            Map<Variable, Integer> visited, int[] steps) {
        for (int i = known - 1; i >= 0; i--) {
            Acquire acquire = block.acquired().get(i);
            if (acquire.warp() != warp && acquire.group() > barrier) {
                continue;
            }
            Variable variable = acquire.variable();
            int from = visited.getOrDefault(variable, 0);
            if (acquire.length() <= from) {
                continue;
            }
            visited.put(variable, acquire.length());
            if (direct(variable, from, acquire.length(), otherBlock, group, otherWarp)) {
                return true;
            }
            for (int r = from; r < acquire.length(); r++) {
                if (--steps[0] < 0) {
                    return true;
                }
                Release release = variable.releases.get(r);
                if (release.known() > 0 && follow(release.block(), release.warp(), release.barrier(), release.known(), otherBlock, group,
                        otherWarp, visited, steps)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean direct(Variable variable, int from, int to, long otherBlock, int group, int otherWarp) {
        int[] places = variable.byBlock.get(otherBlock);
        for (int i = 1; places != null && i <= places[0]; i++) {
            Release release = variable.releases.get(places[i]);
            boolean covers = group < (release.warp() == otherWarp ? release.mark() : release.barrier()) || group == release.self();
            if (places[i] >= from && places[i] < to && covers) {
                return true;
            }
        }
        return false;
    }

    /** Forgets cells of shared memory and the numbers of groups, which start anew: releases so far cover all that their blocks did. */
    void renew() {
        kept = kept == 0 ? 0 : MOST;
    }
}

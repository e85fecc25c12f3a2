package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.List;

/** The numbered barriers of a block, and who waits at them. */
final class Barriers {
    /** Barriers of a block. */
    static final int COUNT = 16;

    /**
     * Lanes that wait.
     *
     * @param expected how many threads have to come, or 0 for all of the block
     */
    record Waiting(Group group, int id, int expected, BarrierStep step) {
    }

    private final Block block;
    private final List<Waiting> waiting = new ArrayList<>();
    private final Mask[] arrived = new Mask[COUNT];

    Barriers(Block block) {
        this.block = block;
    }

    void clear() {
        waiting.clear();
        java.util.Arrays.fill(arrived, null);
    }

    boolean empty() {
        return waiting.isEmpty();
    }

    List<Waiting> waiting() {
        return waiting;
    }

    /** Whether these lanes complete a barrier at once, since nobody else has to do with any. */
    boolean passes(Mask lanes, int id, int expected) {
        return waiting.isEmpty() && arrived[id] == null && lanes.count() == (expected == 0 ? block.live().count() : expected);
    }

    void wait(Waiting lanes) {
        waiting.add(lanes);
        check(lanes.id(), lanes.expected());
    }

    /** Lanes have come and go on. */
    void arrive(Mask lanes, int id, int expected) {
        arrived[id] = arrived[id] == null ? lanes : arrived[id].or(lanes);
        check(id, expected);
    }

    /** Lanes have ended: who waits for all of the block waits for those that are left. */
    void left() {
        for (int k = 0; k < waiting.size(); k++) {
            Waiting some = waiting.get(k);
            int before = waiting.size();
            check(some.id(), some.expected());
            if (waiting.size() < before) {
                k = -1;
            }
        }
    }

    private void check(int id, int expected) {
        Mask come = arrived[id] == null ? new Mask(new long[block.all().words().length]) : arrived[id];
        for (Waiting some : waiting) {
            if (some.id() == id) {
                come = come.or(some.group().mask());
            }
        }
        // A count is one of whole warps, also where the block's last warp is not.
        int padding = expected != 0 && come.has(block.threads() - 1) ? block.lanes() - block.threads() : 0;
        if (expected == 0 ? block.live().minus(come).empty() : come.count() + padding >= expected) {
            release(id, come);
        }
    }

    private void release(int id, Mask come) {
        List<Waiting> those = waiting.stream().filter(w -> w.id() == id).toList();
        waiting.removeAll(those);
        arrived[id] = null;
        if (those.isEmpty()) {
            return;
        }
        for (Waiting one : those) {
            for (Waiting other : those) {
                if (one.step().aligned() && !one.group().together(other.group()) && sameWarp(one.group().mask(), other.group().mask())) {
                    throw block.run().faults().parted(block, one, other);
                }
            }
        }
        those.get(0).step().reduce(block, those);
        Waiting first = those.get(0);
        block.run().barrier(block.pc(first.group().frame(), first.step()), come);
        for (Waiting one : those) {
            one.group().moveTo(one.group().at() + 1);
            block.push(one.group());
        }
    }

    private boolean sameWarp(Mask one, Mask other) {
        for (int w = 0; w < block.lanes() / Warps.SIZE; w++) {
            if (one.warp(w) != 0 && other.warp(w) != 0) {
                return true;
            }
        }
        return false;
    }
}

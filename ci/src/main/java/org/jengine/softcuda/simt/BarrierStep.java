package org.jengine.softcuda.simt;

import java.util.List;

/** bar and barrier: waits for threads of the block, or says that lanes have come, or reduces a predicate over those who come. */
final class BarrierStep extends Jump {
    /** What the barrier does besides. */
    enum Action { SYNC, ARRIVE, POPC, AND, OR }

    private final Action action;
    private final boolean aligned;
    private final int id;
    private final int count;
    private final int result;
    private final int predicate;

    /**
     * @param id        the slot of the barrier's number
     * @param count     the slot of the number of threads, or -1 for all
     * @param result    the slot of what is reduced, or -1
     * @param predicate the slot of the predicate, or -1
     */
    BarrierStep(int pc, Action action, boolean aligned, int id, int count, int result, int predicate) {
        super(pc);
        this.action = action;
        this.aligned = aligned;
        this.id = id;
        this.count = count;
        this.result = result;
        this.predicate = predicate;
    }

    /** Whether all threads of a warp have to come to this very instruction. */
    boolean aligned() {
        return aligned;
    }

    @Override
    int go(Block block, Group group, Mask active) {
        int[] ids = group.frame().register(id).i;
        int[] counts = count < 0 ? null : group.frame().register(count).i;
        int number = number(block, group, active, ids);
        if (action != Action.ARRIVE && active == group.mask()
                && block.barriers().passes(active, number, counts == null ? 0 : counts[active.first()])) {
            reduce(block, List.of(new Barriers.Waiting(group, number, 0, this)));
            block.run().barrier(block.pc(group.frame(), this), active);
            return group.at() + 1;
        }
        if (active != group.mask()) {
            block.push(group.at(group.at() + 1, group.mask().minus(active)));
        }
        for (Mask rest = active; !rest.empty();) {
            number = number(block, group, rest, ids);
            Mask same = same(rest, ids);
            int expected = counts == null ? 0 : counts[rest.first()];
            if (action == Action.ARRIVE) {
                block.push(group.at(group.at() + 1, same));
                block.barriers().arrive(same, number, expected);
            } else {
                block.barriers().wait(new Barriers.Waiting(group.with(same), number, expected, this));
            }
            rest = rest.minus(same);
        }
        return ELSEWHERE;
    }

    private int number(Block block, Group group, Mask lanes, int[] ids) {
        int number = ids[lanes.first()];
        if (number < 0 || number >= Barriers.COUNT) {
            throw block.run().faults().illegal(block, group.frame(), this, lanes.first(), "there is no barrier " + number);
        }
        return number;
    }

    private static Mask same(Mask lanes, int[] ids) {
        boolean[] equal = new boolean[ids.length];
        for (int k = 0; k < ids.length; k++) {
            equal[k] = ids[k] == ids[lanes.first()];
        }
        return lanes.where(equal, false);
    }

    /** Gives all who came what their predicates make together. */
    void reduce(Block block, List<Barriers.Waiting> come) {
        if (result < 0) {
            return;
        }
        int holds = 0;
        int threads = 0;
        for (Barriers.Waiting one : come) {
            holds += one.group().mask().where(one.group().frame().register(one.step().predicate).p, false).count();
            threads += one.group().mask().count();
        }
        for (Barriers.Waiting one : come) {
            long bits = switch (one.step().action) {
                case AND -> holds == threads ? 1 : 0;
                case OR -> holds > 0 ? 1 : 0;
                default -> holds;
            };
            Lanes.fill(one.group().frame().register(one.step().result), one.group().mask(), bits);
        }
    }
}

package org.jengine.softcuda.simt;

import java.util.ArrayList;
import java.util.List;

/** Clusters of blocks, of which every block is one of its own here: there is no launch that makes larger ones. */
final class ClusterSteps {
    private ClusterSteps() {
    }

    /** Sees to it that a block of the cluster that is asked for is this one. */
    static final class Rank extends Step {
        private final int rank;

        Rank(int pc, int rank) {
            super(pc);
            this.rank = rank;
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            for (int k = mask.first(); k < mask.end(); k++) {
                int asked = frame.register(rank).i[k];
                if (mask.has(k) && asked != 0) {
                    throw block.run().faults().illegal(block, frame, this, k, "there is no block " + asked + " in a cluster of one");
                }
            }
        }
    }

    /** Says that lanes have come to the cluster's barrier. */
    static final class Arrive extends Step {
        Arrive(int pc) {
            super(pc);
        }

        @Override
        void run(Block block, Frame frame, Mask mask) {
            Barrier barrier = block.cluster();
            Mask twice = mask.and(barrier.come);
            if (!twice.empty()) {
                throw block.run().faults().illegal(block, frame, this, twice.first(),
                        "a thread arrives twice at the cluster's barrier, with no wait between");
            }
            barrier.come = barrier.come.or(mask);
            barrier.pc = block.pc(frame, this);
            barrier.check();
        }
    }

    /** Waits at the cluster's barrier for all who have not ended. */
    static final class Wait extends Jump {
        Wait(int pc) {
            super(pc);
        }

        @Override
        int go(Block block, Group group, Mask active) {
            Barrier barrier = block.cluster();
            Mask strange = active.minus(barrier.come).minus(barrier.through);
            if (!strange.empty()) {
                throw block.run().faults().illegal(block, group.frame(), this, strange.first(),
                        "a thread waits at the cluster's barrier where it has not arrived");
            }
            Mask early = active.and(barrier.come);
            barrier.through = barrier.through.minus(active);
            if (early.empty()) {
                return group.at() + 1;
            }
            Mask others = group.mask().minus(early);
            if (!others.empty()) {
                block.push(group.at(group.at() + 1, others));
            }
            barrier.waiting.add(group.with(early));
            return ELSEWHERE;
        }
    }

    /** Who has come, who may pass since all have, and who waits. */
    static final class Barrier {
        private final Block block;
        private final List<Group> waiting = new ArrayList<>();
        private Mask come;
        private Mask through;
        private int pc;

        Barrier(Block block) {
            this.block = block;
            clear();
        }

        void clear() {
            waiting.clear();
            come = block.all().minus(block.all());
            through = come;
        }

        List<Group> waiting() {
            return waiting;
        }

        /** Lets all pass, if all have come that have not ended. */
        void check() {
            if (come.empty() || !block.live().minus(come).empty()) {
                return;
            }
            block.run().barrier(pc, come.and(block.live()));
            through = come;
            come = come.minus(come);
            for (Group group : waiting) {
                through = through.minus(group.mask());
                group.moveTo(group.at() + 1);
                block.push(group);
            }
            waiting.clear();
        }
    }
}

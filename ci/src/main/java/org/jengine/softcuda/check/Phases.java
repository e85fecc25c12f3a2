package org.jengine.softcuda.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jengine.softcuda.simt.Watch.Access;

/**
 * What blocks of a kernel were seen to do to shared memory from one barrier to the next, all of it found clean. Whatever came before a
 * barrier is ordered before what comes after it, so what is found in such a phase hangs on two things alone: on the accesses in it, and on
 * which bytes the block has written before. A phase with the accesses of an earlier one of the same block is therefore clean too, since
 * bytes stay written; and so is one of a block that did the same as another ever since it started, in whatever launch. Kernels go through
 * their loops in few different ways, so that most of what they do needs no second look.
 */
final class Phases {
    /** Addresses that are kept of one kernel: 4 MB of them. */
    static final int MOST_ADDRESSES = 1 << 20;
    private static final int MOST_PHASES = 256;
    /** Ways through a kernel, counted in phases. */
    private static final int MOST_PLACES = 1 << 12;

    /**
     * What lanes did at once.
     *
     * @param addresses valid where the lane is active
     */
    record Touch(int pc, Access access, int[] addresses, long[] active, int bytes) {
        boolean is(int otherPc, int[] others, long[] lanes) {
            if (pc != otherPc || !Arrays.equals(active, lanes)) {
                return false;
            }
            int threads = addresses.length;
            for (int lane = Lanes.next(lanes, 0, threads); lane < threads;) {
                int end = Lanes.end(lanes, lane, threads);
                if (!Arrays.equals(addresses, lane, end, others, lane, end)) {
                    return false;
                }
                lane = Lanes.next(lanes, end, threads);
            }
            return true;
        }
    }

    /** Accesses, one after the other. No two phases that are kept have the same. */
    static final class Phase {
        private final List<Touch> touches;

        Phase(List<Touch> touches) {
            this.touches = touches;
        }

        List<Touch> touches() {
            return touches;
        }

        int size() {
            return touches.size();
        }

        boolean is(int at, int pc, int[] addresses, long[] active) {
            return at < touches.size() && touches.get(at).is(pc, addresses, active);
        }

        /** Whether it starts with so many accesses of the other. */
        boolean starts(Phase other, int count) {
            boolean same = true;
            for (int i = 0; same && i < count; i++) {
                Touch touch = other.touches.get(i);
                same = is(i, touch.pc, touch.addresses, touch.active);
            }
            return same;
        }
    }

    /** Where a block is that has gone through these phases since it started. */
    static final class Place {
        private final List<Phase> by = new ArrayList<>(1);
        private final List<Place> to = new ArrayList<>(1);

        /** The phases in which blocks have gone on from there. */
        List<Phase> phases() {
            return by;
        }
    }

    private final Place start = new Place();
    private final List<Phase> all = new ArrayList<>();
    private int kept;
    private int places;

    /** Where every block starts. */
    Place start() {
        return start;
    }

    /** Whether no more are taken. */
    boolean full() {
        return kept >= MOST_ADDRESSES || all.size() == MOST_PHASES;
    }

    /** Takes a phase that was found clean; returns the one that stands for all with its accesses. */
    Phase add(Phase made) {
        for (Phase known : all) {
            if (known.size() == made.size() && known.starts(made, made.size())) {
                return known;
            }
        }
        all.add(made);
        kept += made.touches.stream().mapToInt(touch -> touch.addresses.length).sum();
        return made;
    }

    /** Where a block comes to from there; null if that is not kept. */
    Place next(Place from, Phase by) {
        for (int way = 0; from != null && way < from.by.size(); way++) {
            if (from.by.get(way) == by) {
                return from.to.get(way);
            }
        }
        if (from == null || places == MOST_PLACES) {
            return null;
        }
        places++;
        Place made = new Place();
        from.by.add(by);
        from.to.add(made);
        return made;
    }
}

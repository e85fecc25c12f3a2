package org.jengine.softcuda.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jengine.softcuda.check.Phases.Phase;
import org.jengine.softcuda.check.Phases.Place;
import org.jengine.softcuda.check.Phases.Touch;
import org.jengine.softcuda.simt.Watch.Access;

/**
 * Goes along with a block as long as what it does to shared memory is one of the {@link Phases} that were found clean, so that nobody needs
 * to look at it. When the block leaves the known ways, what was passed over is made up for.
 */
final class Repeats {
    /** Looks at what was passed over. */
    interface Look {
        /** At a store of a phase that is over: its bytes are written. */
        void written(Touch store);

        /** At an access of the phase that is not over. */
        void again(Touch touch);
    }

    private static final Phase NONE = new Phase(List.of());

    private final Phases phases;
    private final Look look;
    private boolean off = true;
    private int threads;
    private Place place;
    /** What the block has gone through, and of that what nobody looked at. */
    private final Set<Phase> passed = new LinkedHashSet<>();
    private final List<Phase> unseen = new ArrayList<>();
    /** The phase that the block repeats, and how far it has come in it. */
    private Phase like = NONE;
    private int done;
    /** What the block does in a phase that is looked at; null if it repeats one. */
    private List<Touch> made;

    Repeats(Phases phases, Look look) {
        this.phases = phases;
        this.look = look;
    }

    /** A block of so many threads starts. */
    void start(int count) {
        off = false;
        threads = count;
        place = phases.start();
        passed.clear();
        unseen.clear();
        begin();
    }

    private void begin() {
        like = NONE;
        done = 0;
        made = null;
    }

    /** From now on, until another block starts, everything is looked at. */
    void stop() {
        if (!off) {
            leave();
            off = true;
        }
    }

    /** Whether the block's next access needs no look. */
    boolean passes(int pc, Access access, int[] addresses, long[] active, int bytes) {
        if (off) {
            fill();
            return false;
        }
        if (made == null) {
            if (like.is(done, pc, addresses, active) || turn(pc, addresses, active)) {
                done++;
                return true;
            }
            made = leave();
            fill();
        }
        if ((long) made.size() * threads >= Phases.MOST_ADDRESSES || phases.full()) {
            stop();
        } else {
            made.add(new Touch(pc, access, Arrays.copyOf(addresses, threads), active.clone(), bytes));
        }
        return false;
    }

    /** Finds a phase that has begun as this one did and goes on as it does. */
    private boolean turn(int pc, int[] addresses, long[] active) {
        Phase found = place == null ? null : find(place.phases(), pc, addresses, active);
        found = found == null ? find(passed, pc, addresses, active) : found;
        like = found == null ? like : found;
        return found != null;
    }

    private Phase find(Iterable<Phase> among, int pc, int[] addresses, long[] active) {
        for (Phase one : among) {
            if (one != like && one.is(done, pc, addresses, active) && one.starts(like, done)) {
                return one;
            }
        }
        return null;
    }

    /**
     * The block has come to a barrier of all its threads.
     *
     * @param clean whether nothing was found in the launch so far
     */
    void phaseEnds(boolean clean) {
        if (off) {
            return;
        }
        if (!clean) {
            stop();
            return;
        }
        if (made == null && done < like.size()) {
            made = leave();
        }
        if (made != null) {
            pass(phases.add(new Phase(made)));
        } else if (done > 0) {
            if (!passed.contains(like)) {
                unseen.add(like);
            }
            pass(like);
        }
        begin();
    }

    private void pass(Phase phase) {
        place = phases.next(place, phase);
        passed.add(phase);
    }

    /** Has the phase that is not over looked at; returns what belongs to it. */
    private List<Touch> leave() {
        List<Touch> repeated = new ArrayList<>(like.touches().subList(0, done));
        if (done > 0) {
            fill();
        }
        repeated.forEach(look::again);
        begin();
        return repeated;
    }

    /** Before anything is looked at: what the phases wrote that nobody looked at. */
    private void fill() {
        for (Phase phase : unseen) {
            phase.touches().stream().filter(touch -> touch.access() == Access.STORE).forEach(look::written);
        }
        unseen.clear();
    }
}

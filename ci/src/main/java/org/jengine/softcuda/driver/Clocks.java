package org.jengine.softcuda.driver;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * What comes before what, whatever order the streams run in: vector clocks. Work lies on chains; what is on one chain is ordered. A
 * stream is a chain, and so is each branch of a graph. A clock says for each chain up to which place it is ordered before.
 */
final class Clocks {
    static final int[] NOTHING = {};

    private final Deque<Integer> unused = new ArrayDeque<>();
    private int chains;
    /** The last place that was given out on each chain. */
    private int[] last = new int[16];
    /** What the program knows to have ended. */
    private int[] host = NOTHING;
    private int turns;
    private int[] chainOfTurn = new int[1024];
    private int[] placeOfTurn = new int[1024];
    private final Map<Integer, int[]> published = new HashMap<>();

    /** A chain of its own for a stream or a branch. */
    int open() {
        if (!unused.isEmpty()) {
            return unused.pop();
        }
        if (chains == last.length) {
            last = Arrays.copyOf(last, 2 * chains);
        }
        return chains++;
    }

    /** The chain may serve another stream: that one's work is then taken to come after this one's. */
    void close(int chain) {
        unused.push(chain);
    }

    /** The next place on a chain. */
    int place(int chain) {
        return ++last[chain];
    }

    int[] host() {
        return host;
    }

    /** The program has waited for work with this clock. */
    void hostWaited(int[] clock) {
        host = join(host, clock);
    }

    /** Whether the program knows that what is at this place has ended. */
    boolean hostKnows(int chain, int place) {
        return at(host, chain) >= place;
    }

    /** Work on a chain is performed: the number of its turn. */
    int turn(int chain, int place) {
        turns++;
        if (turns == chainOfTurn.length) {
            chainOfTurn = Arrays.copyOf(chainOfTurn, 2 * turns);
            placeOfTurn = Arrays.copyOf(placeOfTurn, 2 * turns);
        }
        chainOfTurn[turns] = chain;
        placeOfTurn[turns] = place;
        return turns;
    }

    /** What comes after this turn comes after all that the clock says. */
    void publish(int turn, int[] clock) {
        published.put(turn, clock);
    }

    /** The order of work that acts on a turn's value: that it published, else the turn alone with what was on its chain before. */
    int[] of(int turn) {
        int[] known = published.get(turn);
        return known != null ? known : turn == 0 ? NOTHING : with(NOTHING, chainOfTurn[turn], placeOfTurn[turn]);
    }

    /** Whether a turn is ordered before what has this clock. */
    boolean before(int turn, int[] clock) {
        return at(clock, chainOfTurn[turn]) >= placeOfTurn[turn];
    }

    /** The later of both in each chain; never changes its arguments, and may return one of them. */
    static int[] join(int[] a, int[] b) {
        int[] larger = a.length >= b.length ? a : b;
        int[] smaller = a.length >= b.length ? b : a;
        int[] joined = null;
        for (int i = 0; i < smaller.length; i++) {
            if (smaller[i] > larger[i]) {
                if (joined == null) {
                    joined = larger.clone();
                }
                joined[i] = smaller[i];
            }
        }
        return joined == null ? larger : joined;
    }

    /** The clock with one chain set. */
    static int[] with(int[] clock, int chain, int place) {
        int[] set = Arrays.copyOf(clock, Math.max(clock.length, chain + 1));
        set[chain] = place;
        return set;
    }

    private static int at(int[] clock, int chain) {
        return chain < clock.length ? clock[chain] : 0;
    }
}

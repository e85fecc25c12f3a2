package org.jengine.softcuda.memory;

import org.jengine.softcuda.work.Turn;

/** One turn's order against earlier ones; remembers the answers, since every page asks the same. */
public final class Ordered {
    private static final int SLOTS = 256;

    private final Turn turn;
    private final int[] asked = new int[SLOTS];
    private final boolean[] answers = new boolean[SLOTS];

    public Ordered(Turn turn) {
        this.turn = turn;
    }

    public Turn turn() {
        return turn;
    }

    int number() {
        return turn.number();
    }

    /** Whether the other turn was over before this one could start, or is this one. */
    boolean after(int earlier) {
        if (earlier == turn.number()) {
            return true;
        }
        int slot = earlier & SLOTS - 1;
        if (asked[slot] != earlier) {
            asked[slot] = earlier;
            answers[slot] = turn.order().after(earlier);
        }
        return answers[slot];
    }
}

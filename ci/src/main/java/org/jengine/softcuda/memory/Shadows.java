package org.jengine.softcuda.memory;

import org.jengine.softcuda.work.Turn;

/** What the checks of a device's memory share: the names of turns, and the launch whose accesses are still kept thread by thread. */
public final class Shadows {
    /** Names of so many turns are kept; older ones are told by their number alone. */
    private static final int KEPT = 1 << 16;

    private final String[] names = new String[KEPT];
    private final int[] numbers = new int[KEPT];
    private Runnable running;

    /** Remembers what a turn is called. */
    public void enter(Turn turn) {
        int slot = turn.number() & KEPT - 1;
        numbers[slot] = turn.number();
        names[slot] = turn.name() + " (turn " + turn.number() + ", " + turn.stream() + ")";
    }

    /** How reports name a turn. */
    public String name(int number) {
        int slot = number & KEPT - 1;
        return numbers[slot] == number ? names[slot] : "turn " + number;
    }

    /** Notes that a launch has begun; {@code end} turns what its threads did into marks of its turn. */
    public void begin(Runnable end) {
        settle();
        running = end;
    }

    /** Ends the launch before: whoever looks at marks, or starts the next launch, calls this first. */
    public void settle() {
        Runnable end = running;
        running = null;
        if (end != null) {
            end.run();
        }
    }
}

package org.jengine.nn;

import java.util.ArrayList;
import java.util.List;
import org.jengine.runtime.Event;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Stream;

/**
 * The launches of a step: one row, each after the one before it, and beside it what the row need not wait for. What is put beside waits for
 * the row as it is so far, and is done by the next {@link #join}.
 */
public final class Launches {
    private enum Kind { NEXT, BESIDE, JOIN }

    private record Item(Kind kind, Launch launch) {
    }

    /** Two streams and what orders them. The second is null on devices that gain nothing by it: then all is one row. */
    record Lanes(Stream row, Stream beside, Event fork, Event join) {
        /** One row. */
        static Lanes of(Stream row) {
            return new Lanes(row, null, null, null);
        }
    }

    private final List<Item> items = new ArrayList<>();
    private boolean open;

    /** Puts a launch at the end of the row. */
    public void add(Launch launch) {
        items.add(new Item(Kind.NEXT, launch));
    }

    public void addAll(List<Launch> launches) {
        launches.forEach(this::add);
    }

    /**
     * Puts a launch beside the row: after all that is in the row now, and after what was put beside before. Until it is joined the row must
     * not write what it reads, nor touch what it writes; so its scratch memory is that of {@link Site#libraryBeside}.
     */
    public void beside(Launch launch) {
        items.add(new Item(Kind.BESIDE, launch));
        open = true;
    }

    /** Has the row wait for what is beside it. */
    public void join() {
        if (open) {
            items.add(new Item(Kind.JOIN, null));
            open = false;
        }
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** Queues all. */
    void on(Lanes lanes) {
        if (open) {
            throw new IllegalStateException("what is beside the row was not joined");
        }
        boolean moved = true;
        for (Item item : items) {
            if (lanes.beside == null) {
                if (item.launch != null) {
                    item.launch.on(lanes.row);
                }
            } else if (item.kind == Kind.NEXT) {
                item.launch.on(lanes.row);
                moved = true;
            } else if (item.kind == Kind.BESIDE) {
                if (moved) {
                    order(lanes.row, lanes.fork, lanes.beside);
                    moved = false;
                }
                item.launch.on(lanes.beside);
            } else {
                order(lanes.beside, lanes.join, lanes.row);
            }
        }
    }

    private static void order(Stream first, Event event, Stream second) {
        first.record(event);
        second.await(event);
    }
}

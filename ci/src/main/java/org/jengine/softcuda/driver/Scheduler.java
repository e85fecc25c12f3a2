package org.jengine.softcuda.driver;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/**
 * Performs what was asked for, in any order that streams, events and graphs allow: the seed chooses. Some work is performed when it is
 * asked for, some when the program waits for it.
 */
final class Scheduler {
    /** Of how many choices one is to perform something at once. */
    private static final int EAGER = 3;

    private final Clocks clocks;
    private final Reports reports;
    private final Random random;
    /** Those that could be performed now, in the order of becoming so. */
    private final List<Task> ready = new ArrayList<>();
    /** Those that the program does not know to have ended. */
    private List<Task> unknown = new ArrayList<>();
    private final Counts counts;
    private final Consumer<Task> begun;
    private final Consumer<Task> ended;
    private int waiting;

    /**
     * @param counts is told of what was performed
     * @param begun is told of each task before anything comes of it
     * @param ended is told of each task that the program knows to have ended
     */
    Scheduler(Clocks clocks, Reports reports, long seed, Counts counts, Consumer<Task> begun, Consumer<Task> ended) {
        this.clocks = clocks;
        this.reports = reports;
        this.random = new Random(seed);
        this.counts = counts;
        this.begun = begun;
        this.ended = ended;
    }

    /**
     * Adds work on a chain.
     *
     * @param after what must have ended before it starts
     */
    Task add(Operation operation, Context context, String stream, int chain, Collection<Task> after) {
        int[] clock = clocks.host();
        for (Task earlier : after) {
            clock = Clocks.join(clock, earlier.clock());
        }
        int place = clocks.place(chain);
        Task task = new Task(operation, context, stream, chain, place, Clocks.with(clock, chain, place));
        for (Task earlier : after) {
            task.waitFor(earlier);
        }
        unknown.add(task);
        waiting++;
        begun.accept(task);
        if (task.ready()) {
            becomesReady(task);
        }
        return task;
    }

    /** After a call has added work: perhaps performs some. */
    void mayPerform() {
        while (waits() && random.nextInt(EAGER) == 0) {
            step();
        }
    }

    boolean waits() {
        return !ready.isEmpty();
    }

    /** How many tasks are not performed yet. */
    int waiting() {
        return waiting;
    }

    /** Performs one that is ready. */
    void step() {
        perform(ready.remove(random.nextInt(ready.size())));
    }

    /** Performs until the task has ended; the program knows that then. */
    void finish(Task task) {
        performUntil(task);
        know(task);
    }

    /** Performs until the task has ended, which the program does not get to know. */
    void performUntil(Task task) {
        while (!task.done()) {
            step();
        }
    }

    /** The program has seen that the task has ended. */
    void know(Task task) {
        clocks.hostWaited(task.clock());
        List<Task> still = new ArrayList<>();
        for (Task one : unknown) {
            if (clocks.hostKnows(one.chain(), one.place())) {
                ended.accept(one);
            } else {
                still.add(one);
            }
        }
        unknown = still;
    }

    /** What the program does not know to have ended. */
    List<Task> unknown() {
        return unknown;
    }

    /** The context is gone or broken: what it still had to do is never done. */
    void drop(Context context) {
        for (Task task : List.copyOf(unknown)) {
            if (task.context() == context && !task.done()) {
                ready.remove(task);
                end(task, 0);
            }
        }
    }

    private void perform(Task task) {
        Operation operation = task.operation();
        if (task.context().broken() != Status.SUCCESS) {
            end(task, 0);
            return;
        }
        int number = clocks.turn(task.chain(), task.place());
        try {
            Turn turn = new Turn(number, operation.name(), task.stream(), earlier -> clocks.before(earlier, task.clock()));
            operation.perform(turn);
            if (!(operation instanceof KernelOperation)) {
                counts.performed(operation, turn);
            }
            end(task, operation.seconds(task.context().device().profile()));
        } catch (Fault e) {
            Report report = e.report();
            reports.add(report, report.message());
            end(task, 0);
            task.context().breakWith(Status.of(report.rule()));
            drop(task.context());
        }
    }

    private void end(Task task, double seconds) {
        waiting--;
        task.finish(seconds).forEach(this::becomesReady);
    }

    /** Joins have nothing to do: they end as soon as they may. */
    private void becomesReady(Task task) {
        Deque<Task> joins = new ArrayDeque<>();
        if (task.operation() == null) {
            joins.add(task);
        } else {
            ready.add(task);
        }
        while (!joins.isEmpty()) {
            waiting--;
            for (Task next : joins.remove().finish(0)) {
                if (next.operation() == null) {
                    joins.add(next);
                } else {
                    ready.add(next);
                }
            }
        }
    }
}

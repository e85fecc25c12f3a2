package org.jengine.softcuda.driver;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jengine.softcuda.check.Fault;
import org.jengine.softcuda.check.Report;
import org.jengine.softcuda.check.Reports;
import org.jengine.softcuda.wire.AskAgain;
import org.jengine.softcuda.work.Operation;
import org.jengine.softcuda.work.Turn;

/**
 * Performs what was asked for, in any order that streams, events and graphs allow: the seed chooses. Some work is performed when it is
 * asked for, some when the program waits for it.
 */
final class Scheduler {
    /** Of how many choices one is to perform something at once. */
    private static final int EAGER = 3;

    /** Where nothing can go on, another thread of the program may still bring what is waited for: so long it has, in nanoseconds. */
    private static final long PATIENCE = 5_000_000_000L;
    private static final long NAP = 1_000_000;

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
    /** Those that wait for a value in memory, and for nothing else. */
    private final List<Task> held = new ArrayList<>();
    private int waiting;
    private long stuckSince;
    private boolean givesWay;

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
        if (ready.isEmpty() && !held.isEmpty()) {
            release();
        }
        return !ready.isEmpty();
    }

    /** Whether the program itself can write a value that is waited for. */
    boolean watches() {
        return held.stream().anyMatch(task -> task.operation() instanceof ValueOperation value && value.shared());
    }

    /** Lets go those whose value has come. */
    private void release() {
        for (Task task : List.copyOf(held)) {
            if (task.operation().ready()) {
                held.remove(task);
                ready.add(task);
            }
        }
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
            if (waits()) {
                step();
            } else {
                bePatient();
            }
        }
    }

    /** Waits for a whole call: where nothing can go on, other threads of the program may call meanwhile, and the call is asked again. */
    void givingWay(Runnable wait) {
        givesWay = true;
        try {
            wait.run();
        } finally {
            givesWay = false;
        }
    }

    /** Nothing can go on: gives those who hold all up some time, and ends their contexts if it was not enough. */
    private void bePatient() {
        stuckSince = stuckSince == 0 ? System.nanoTime() : stuckSince;
        if (System.nanoTime() - stuckSince >= PATIENCE) {
            end(held);
        } else if (givesWay) {
            throw new AskAgain();
        } else {
            LockSupport.parkNanos(NAP);
        }
    }

    /** Tells of work that waits for what never came, and ends its contexts. */
    private void end(List<Task> waiting) {
        for (Task task : List.copyOf(waiting)) {
            Report report = new Report(Report.Rule.STUCK, task.operation() + " never ends: nobody writes such a value", "in "
                    + task.stream());
            reports.add(report, report.message());
            task.context().breakWith(Status.of(report.rule()));
            drop(task.context());
        }
    }

    /** The program has ended: performs what is left. */
    void end() {
        while (waits()) {
            step();
        }
        end(held);
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
                held.remove(task);
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
        stuckSince = 0;
        try {
            Turn turn = new Turn(number, operation.name(), task.stream(), earlier -> clocks.before(earlier, task.clock()));
            operation.perform(turn);
            if (!(operation instanceof KernelOperation)) {
                counts.performed(operation, turn);
            }
            if (operation instanceof ValueOperation value) {
                exchange(task, value, number);
            }
            end(task, operation.seconds(task.context().device().profile()));
            if (!held.isEmpty()) {
                release();
            }
        } catch (Fault e) {
            Report report = e.report();
            reports.add(report, report.message());
            end(task, 0);
            task.context().breakWith(Status.of(report.rule()));
            drop(task.context());
        }
    }

    /** What a stream waited for is ordered before what it does next. The program may look at its own memory at any time. */
    private void exchange(Task task, ValueOperation operation, int turn) {
        if (operation instanceof ValueOperation.Wait wait) {
            task.learn(clocks.of(wait.writer()));
        } else if (operation instanceof ValueOperation.Write write) {
            clocks.publish(turn, write.barrier() ? task.clock() : Clocks.NOTHING);
            if (write.shared() && write.barrier()) {
                know(task);
            }
        }
    }

    private void end(Task task, double seconds) {
        waiting--;
        task.finish(seconds).forEach(this::becomesReady);
    }

    /** Joins have nothing to do: they end as soon as they may. */
    private void becomesReady(Task task) {
        Deque<Task> due = new ArrayDeque<>(List.of(task));
        while (!due.isEmpty()) {
            Task next = due.remove();
            if (next.operation() == null) {
                waiting--;
                due.addAll(next.finish(0));
            } else {
                (next.operation().ready() ? ready : held).add(next);
            }
        }
    }
}

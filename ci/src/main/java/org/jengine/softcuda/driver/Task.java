package org.jengine.softcuda.driver;

import java.util.ArrayList;
import java.util.List;
import org.jengine.softcuda.work.Operation;

/** An operation's place among others: what it waits for, what waits for it, and its clock. Without an operation it only joins others. */
final class Task {
    private final Operation operation;
    private final Context context;
    private final String stream;
    private final int chain;
    private final int place;
    private int[] clock;
    private final List<Task> followers = new ArrayList<>(2);
    private int missing;
    private boolean done;
    private boolean learned;
    private double end;

    Task(Operation operation, Context context, String stream, int chain, int place, int[] clock) {
        this.operation = operation;
        this.context = context;
        this.stream = stream;
        this.chain = chain;
        this.place = place;
        this.clock = clock;
    }

    Operation operation() {
        return operation;
    }

    Context context() {
        return context;
    }

    /** The stream's name, as reports have it. */
    String stream() {
        return stream;
    }

    int chain() {
        return chain;
    }

    int place() {
        return place;
    }

    int[] clock() {
        return clock;
    }

    /** A value that came while it waited puts it, and what follows it, behind more than was known when it was asked for. */
    void learn(int[] more) {
        clock = Clocks.join(clock, more);
        learned = true;
    }

    boolean done() {
        return done;
    }

    boolean ready() {
        return missing == 0 && !done;
    }

    /** Seconds since the start, in the time of the cost model, at which it has ended; before that, at which it may start. */
    double end() {
        return end;
    }

    void waitFor(Task earlier) {
        end = Math.max(end, earlier.end);
        if (!earlier.done) {
            earlier.followers.add(this);
            missing++;
        }
    }

    /** It has been performed, or never will be; returns those that nothing keeps waiting any more. */
    List<Task> finish(double seconds) {
        done = true;
        end += seconds;
        List<Task> freed = new ArrayList<>(followers.size());
        for (Task follower : followers) {
            follower.end = Math.max(follower.end, end);
            if (learned) {
                follower.learn(clock);
            }
            if (--follower.missing == 0 && !follower.done) {
                freed.add(follower);
            }
        }
        followers.clear();
        return freed;
    }

    @Override
    public String toString() {
        return (operation == null ? "a join" : operation.name()) + " in " + stream;
    }
}

package org.jengine.runtime.host;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jengine.runtime.DeviceException;

/**
 * The device's threads. Whoever runs a {@link Work} is the first lane; the helpers are the others. Parts are dealt out one by one, so
 * that a lane which the system holds up delays no more than the part it has.
 */
final class Lanes implements AutoCloseable {
    /** How long an idle helper looks for work before it sleeps: longer than the gaps within a step, shorter than an evaluation. */
    private static final long SPIN_NANOS = 100_000;

    private final Lane[] lanes;
    private final Helper[] helpers;
    private final ReentrantLock turn = new ReentrantLock();

    /**
     * Ticket of the next part: round in the upper half, then the number of parts, then the next part. One word, so that a helper which
     * wakes up late can never take a part of another round than the one whose work it has read.
     */
    private final AtomicLong tickets = new AtomicLong();
    private final AtomicInteger done = new AtomicInteger();
    private volatile Work current;
    private volatile RuntimeException failure;
    private volatile boolean closed;
    private int round;

    Lanes(int count, Dnnl dnnl) {
        lanes = new Lane[count];
        for (int i = 0; i < count; i++) {
            lanes[i] = new Lane(i, dnnl);
        }
        helpers = new Helper[count - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(lanes[i + 1], dnnl);
            helpers[i].start();
        }
    }

    int count() {
        return lanes.length;
    }

    /** Runs all parts and returns when the last is done. Throws what a part threw. */
    void run(Work work) {
        turn.lock();
        try {
            if (helpers.length == 0 || work.parts() == 1) {
                for (int part = 0; part < work.parts(); part++) {
                    work.run(part, lanes[0]);
                }
                return;
            }
            share(work);
        } finally {
            turn.unlock();
        }
    }

    private void share(Work work) {
        done.set(0);
        current = work;
        round++;
        tickets.set((long) round << 32 | (long) work.parts() << 16);
        for (Helper h : helpers) {
            h.wake();
        }
        takeParts(lanes[0]);
        while (done.get() < work.parts()) {
            Thread.onSpinWait();
        }
        current = null;
        RuntimeException thrown = failure;
        if (thrown != null) {
            failure = null;
            throw thrown;
        }
    }

    private void takeParts(Lane lane) {
        while (true) {
            long ticket = tickets.get();
            int part = (int) (ticket & 0xffff);
            if (part >= (ticket >>> 16 & 0xffff)) {
                return;
            }
            Work work = current;
            if (tickets.compareAndSet(ticket, ticket + 1)) {
                try {
                    work.run(part, lane);
                } catch (RuntimeException e) {
                    failure = e;
                } catch (Error e) {
                    failure = new DeviceException("host: " + e + " on lane " + lane.index, e);
                }
                done.incrementAndGet();
            }
        }
    }

    private boolean nothingToTake() {
        long ticket = tickets.get();
        return (ticket & 0xffff) >= (ticket >>> 16 & 0xffff);
    }

    @Override
    public void close() {
        closed = true;
        for (Helper h : helpers) {
            LockSupport.unpark(h);
        }
        for (Helper h : helpers) {
            boolean interrupted = false;
            while (h.isAlive()) {
                try {
                    h.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final class Helper extends Thread {
        private final Lane lane;
        private final Dnnl dnnl;
        private volatile boolean asleep;

        Helper(Lane lane, Dnnl dnnl) {
            super("jengine-host-lane-" + lane.index);
            this.lane = lane;
            this.dnnl = dnnl;
            setDaemon(true);
        }

        void wake() {
            if (asleep) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            dnnl.useOneThread();
            long idleSince = System.nanoTime();
            while (!closed) {
                if (!nothingToTake()) {
                    takeParts(lane);
                    idleSince = System.nanoTime();
                } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    asleep = true;
                    // Work published before the flag was seen set would wake nobody, so look once more before sleeping.
                    if (nothingToTake() && !closed) {
                        LockSupport.park(Lanes.this);
                    }
                    asleep = false;
                    idleSince = System.nanoTime();
                }
            }
        }
    }
}

package org.jengine.runtime.host;

import org.jengine.runtime.Event;

/** Counts how often it was queued and passed; waiting means waiting for the count it had then. */
final class HostEvent implements Event {
    private final HostDevice device;
    private final HostStream.Command pass = (lanes, failed) -> passed();
    private long queued;
    private long passed;
    private long nanos;

    HostEvent(HostDevice device) {
        this.device = device;
    }

    static HostEvent of(Event event) {
        if (event instanceof HostEvent e) {
            return e;
        }
        throw new IllegalArgumentException("an event of another device cannot be used on host");
    }

    synchronized HostStream.Command queued() {
        queued++;
        return pass;
    }

    private synchronized void passed() {
        passed++;
        nanos = System.nanoTime();
        notifyAll();
    }

    synchronized HostStream.Command waiting() {
        long target = queued;
        return (lanes, failed) -> waitFor(target);
    }

    private void waitFor(long target) {
        boolean interrupted = false;
        synchronized (this) {
            while (passed < target) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized boolean done() {
        return passed == queued;
    }

    @Override
    public void synchronize() {
        long target;
        synchronized (this) {
            target = queued;
        }
        waitFor(target);
    }

    @Override
    public double secondsSince(Event earlier) {
        return (nanos() - of(earlier).nanos()) * 1e-9;
    }

    private synchronized long nanos() {
        if (passed == 0 || passed < queued) {
            throw new IllegalStateException("an event has no time before it is recorded and passed");
        }
        return nanos;
    }

    @Override
    public void close() {
        device.forget(this);
    }
}

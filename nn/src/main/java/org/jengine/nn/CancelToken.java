package org.jengine.nn;

/** Ends a run from another thread: the trainer stops after the steps it has queued, some tenths of a second, and returns what it has. */
public final class CancelToken {
    private volatile boolean cancelled;

    public void cancel() {
        cancelled = true;
    }

    public boolean isCancelled() {
        return cancelled;
    }
}

package org.jengine.cifar.data;

/** A data set could not be fetched; the message says why, how far it came, and what to do. */
public final class DataUnavailable extends RuntimeException {
    private final Reason reason;
    private final String why;

    public DataUnavailable(Reason reason, String message) {
        super(message);
        this.reason = reason;
        why = message;
    }

    /** The message is {@code why; remedy}. */
    public DataUnavailable(Reason reason, String why, String remedy, Throwable cause) {
        super(why + "; " + remedy, cause);
        this.reason = reason;
        this.why = why;
    }

    public Reason reason() {
        return reason;
    }

    /** The message without the remedy. */
    public String why() {
        return why;
    }

    /** What stood in the way. */
    public enum Reason {
        /** The server was not reached, refused, or broke off too often. */
        NETWORK,
        /** The file could not be written here. */
        DISK,
        /** Another process is fetching the same file. */
        BUSY,
        /** The thread was interrupted. */
        INTERRUPTED
    }
}

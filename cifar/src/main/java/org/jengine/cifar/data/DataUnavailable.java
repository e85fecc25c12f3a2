package org.jengine.cifar.data;

/** A data set could not be fetched; the message says why, how far it came, and where to put the file by hand. */
public final class DataUnavailable extends RuntimeException {
    private final Reason reason;

    public DataUnavailable(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public DataUnavailable(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
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
